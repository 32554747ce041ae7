//! What the unit tests of this crate stand on: folders, a store, keys and metadata of their own.

use crate::{CertNames, KeyRing, MasterKey, PublicUrl};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Entropy, Moment, Random, Timestamp};
use saml::SigningKey;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use store::{Durable, StoreConfig};

pub(crate) const NOON: Timestamp = Timestamp::from_unix_s(1_795_262_400);
pub(crate) const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// A seeded generator (splitmix64).
struct Seeded(AtomicU64);

impl Random for Seeded {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            let mut x = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (x >> 56) as u8;
        }
    }
}

pub(crate) fn entropy(seed: u64) -> Entropy {
    Entropy::new(Arc::new(Seeded(AtomicU64::new(seed))))
}

pub(crate) fn moment(seed: u64) -> Moment {
    Moment { now: NOON, entropy: entropy(seed) }
}

pub(crate) fn hub() -> PublicUrl {
    PublicUrl::parse("https://hub.test").expect("origin")
}

/// A folder that goes with its owner.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("metadata-test-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("folder");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("parent")).expect("folder");
        fs::write(&path, text).expect("file");
        // Secrets among them are their owner's alone, and nothing is warned of.
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .expect("mode");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).expect(name)
    }

    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.0.join(name)).expect(name);
    }

    /// Replaces a part of a file that must be there.
    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name} has no {from}");
        self.write(name, &text.replacen(from, to, 1));
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) async fn durable(folder: &Folder) -> Durable {
    let config = StoreConfig { data_dir: folder.path().join("data"), durable: None, shared: None };
    store::open(&config).await.expect("store").0
}

pub(crate) async fn keys(folder: &Folder, durable: &Durable) -> KeyRing {
    let master = MasterKey::load_or_create(&folder.path().join("master.key"), &entropy(1));
    let master = master.expect("master key");
    KeyRing::open(durable, &master, &moment(2), &CertNames::of(&hub())).await.expect("keys")
}

/// A signing key with its certificate, made once for all tests.
pub(crate) static SIGNER: LazyLock<SigningKey> = LazyLock::new(|| signing_key("signer.test"));
pub(crate) static OTHER: LazyLock<SigningKey> = LazyLock::new(|| signing_key("other.test"));

fn signing_key(name: &str) -> SigningKey {
    let pair = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048);
    let pair = pair.expect("key");
    let params = rcgen::CertificateParams::new(vec![name.to_owned()]).expect("parameters");
    let certificate = params.self_signed(&pair).expect("certificate");
    SigningKey::from_pkcs8(&pair.serialize_der(), certificate.der()).expect("signing key")
}

pub(crate) fn pem(key: &SigningKey) -> String {
    let body = STANDARD.encode(key.certificate());
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).filter_map(|l| std::str::from_utf8(l).ok()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// Metadata of an identity provider, in canonical form.
pub(crate) fn idp_xml(entity_id: &str, valid_until: Option<Timestamp>) -> String {
    let until =
        valid_until.map(|u| format!(r#" validUntil="{}""#, u.rfc3339())).unwrap_or_default();
    let certificate = STANDARD.encode(SIGNER.certificate());
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_doc" entityID="{entity_id}"{until}><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.test/sso"></md:SingleSignOnService></md:IDPSSODescriptor></md:EntityDescriptor>"#
    )
}

/// Metadata of a service provider.
pub(crate) fn sp_xml(entity_id: &str) -> String {
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity_id}"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.test/acs" index="0"/></md:SPSSODescriptor></md:EntityDescriptor>"#
    )
}

/// Signs a document that [`idp_xml`] wrote: enveloped, exclusive canonicalization, RSA-SHA256.
pub(crate) fn signed(xml: &str, key: &SigningKey) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, xml.as_bytes());
    let digest = STANDARD.encode(digest);
    let info = format!(
        r##"<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod><ds:Reference URI="#_doc"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"##
    );
    let value = STANDARD.encode(key.sign(info.as_bytes()).expect("signature"));
    let signature = format!(
        r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{info}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"#
    );
    let at = xml.find("<md:IDPSSODescriptor").expect("role");
    let (head, tail) = xml.split_at(at);
    format!("{head}{signature}{tail}")
}

/// A registry folder without fault: two members, two services, a policy.
pub(crate) fn registry() -> Folder {
    let folder = Folder::new();
    folder.write("consortium.toml", "name = { zh = \"联盟\", en = \"Consortium\" }\n");
    folder.write(
        "members/nju.toml",
        r#"id = "nju"
codes = ["a210093", "NJU"]
name = { zh = "南京大学图书馆", en = "Nanjing University Library" }
aliases = ["南大"]
region = "江苏/南京"
class = "A"
scopes = ["nju.edu.cn"]
status = "live"
contact = { phone = "000", mail = "lib@nju.example" }
links = { opac = "http://opac.nju.example/", holdings = "https://opac.nju.example/{isbn}" }
ranges = ["192.0.2.0/24"]
reading_rooms = ["192.0.2.128/25"]
[[connector]]
id = "campus"
kind = "saml"
metadata = "nju-idp.xml"
attributes = { local_id = ["pairwise-id", "subject-id"], name = "displayName" }
unsolicited = ["ill"]
"#,
    );
    folder.write("members/nju-idp.xml", &idp_xml("https://idp.nju.test/metadata", None));
    folder.write(
        "members/union.toml",
        "id = \"union\"\nname = { zh = \"社会读者\" }\nclass = \"B\"\nstatus = \"live\"\n\
         scopes = [\"reader.example\"]\nranges = [\"198.51.100.0/24\"]\n[[connector]]\nkind = \"central\"\n",
    );
    folder.write(
        "services/ill.toml",
        "id = \"ill\"\nname = { zh = \"馆际互借\", en = \"Interlibrary loan\" }\n\
         launch_url = \"https://ill.test/\"\nentitlements = [\"ill:request\"]\n\
         release = [\"name\", \"mail\", \"member\"]\n[oidc]\nclient_id = \"ill\"\n\
         client_secret_file = \"ill.secret\"\nredirect_uris = [\"https://ill.test/callback\"]\n",
    );
    folder.write("services/ill.secret", &format!("{SECRET}\n"));
    folder.write(
        "services/ccc.toml",
        "id = \"ccc\"\nname = { zh = \"外文期刊\" }\nrelease = [\"member\"]\n\
         [saml]\nmetadata = \"ccc-sp.xml\"\nidp = \"shared\"\n",
    );
    folder.write("services/ccc-sp.xml", &sp_xml("https://sp.test/metadata"));
    folder.write("attributes.toml", "[service.ill]\nname = \"display_name\"\n");
    folder
}
