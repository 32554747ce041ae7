//! A small consortium in process: a hub, a library with a login of its own,
//! one whose keys the test holds, central readers, and two services.

use super::browser::{Browser, Net, Seen};
use super::clock::TestClock;
use super::folder::Folder;
use super::hub::{Person, TestHub};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml::{IdpSelf, SigningKey, SpSelf, write_idp_metadata, write_sp_metadata};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub const HUB: &str = "https://hub.test";
pub const NJU: &str = "https://nju.test";
pub const PASSWORD: &str = "tomato-harbour-41";
pub const ILL_SECRET: &str = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0";
pub const ILL_CALLBACK: &str = "https://ill.test/callback";
pub const SP_ENTITY: &str = "https://journals.test/metadata";
pub const SP_ACS: &str = "https://journals.test/acs";
/// A member whose identity provider is the test itself.
pub const ACME_IDP: &str = "https://acme.test/idp";

pub struct World {
    pub clock: Arc<TestClock>,
    pub hub: Box<TestHub>,
    pub nju: Box<TestHub>,
}

/// The key of the member `acme`, held by the test; made once.
pub fn acme_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(new_key)
}

/// A key that nobody registered.
pub fn stranger_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(new_key)
}

fn new_key() -> SigningKey {
    let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).expect("a key");
    let der = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&key)
        .expect("DER");
    let pair = rcgen::KeyPair::try_from(der.as_ref()).expect("a pair");
    let params = rcgen::CertificateParams::new(Vec::new()).expect("params");
    let cert = params.self_signed(&pair).expect("a certificate");
    SigningKey::from_pkcs8(der.as_ref(), cert.der()).expect("a signing key")
}

impl World {
    /// A consortium of the test's own: a copy of one that was made once, with its keys.
    pub async fn new() -> Self {
        let clock = TestClock::new();
        let hub = Box::pin(TestHub::open_in(HUB, &clock, copied("hub"), None)).await;
        let nju = Box::pin(TestHub::open_in(NJU, &clock, copied("nju"), None)).await;
        Self { clock, hub: Box::new(hub), nju: Box::new(nju) }
    }

    /// A consortium with keys of its own, which no other knows.
    pub async fn apart() -> Self {
        let clock = TestClock::new();
        let hub = Box::pin(TestHub::open(HUB, &clock)).await;
        let nju = Box::pin(TestHub::open(NJU, &clock)).await;
        let world = Self { clock, hub: Box::new(hub), nju: Box::new(nju) };
        Box::pin(world.introduce()).await;
        world
    }

    async fn introduce(&self) {
        let name = model::Text::new("名", "name");
        let hub_keys = self.hub.installation.keys.current();
        let hub_sp = write_sp_metadata(&SpSelf {
            entity_id: &self.hub.url("/saml/sp/metadata"),
            acs: &self.hub.url("/saml/sp/acs"),
            certs: &hub_keys.saml_certificates(),
            encryption_certs: &hub_keys.saml_encryption_certificates(),
            name: &name,
        });
        self.nju.apply(&nju_registry(hub_sp)).await;
        let nju_keys = self.nju.installation.keys.current();
        let nju_keys = nju_keys.saml_certificates();
        let nju_idp = idp_metadata(&self.nju.url("/saml/idp/metadata"), NJU, &nju_keys, "nju.test");
        self.hub.apply(&hub_registry(nju_idp)).await;
        for (hub, member, login, display, class) in [
            (&self.nju, "nju", "reader-jia", "读者甲", "A"),
            (&self.nju, "nju", "reader-two", "读者二", "A"),
            (&self.hub, "union", "reader-a", "Reader A", "B"),
            (&self.hub, "union", "reader-b", "Reader B", "B"),
        ] {
            hub.account(&Person {
                member,
                login,
                password: PASSWORD,
                name: display,
                class,
                valid_until: None,
            })
            .await;
        }
    }

    pub fn net(&self) -> Net {
        let mut net = Net::default();
        net.at(HUB, self.hub.router.clone());
        net.at(NJU, self.nju.router.clone());
        net
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.net())
    }
}

/// A copy of the folder of one hub of the consortium that was made once.
pub fn copied(name: &str) -> Arc<Folder> {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    let made = MADE.get_or_init(|| std::thread::spawn(make).join().expect("a consortium"));
    let folder = Folder::new(name);
    copy(&made.join(name), folder.path());
    Arc::new(folder)
}

/// Makes it with a runtime of its own, which ends with its stores: keys and password
/// hashes cost more than everything else that a test does.
fn make() -> PathBuf {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR"));
    forget_ended(kept);
    let made = kept.join(format!("consortium-{}", std::process::id()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let world = World::apart().await;
        for (hub, name) in [(&world.hub, "hub"), (&world.nju, "nju")] {
            copy(hub.folder.path(), &made.join(name));
        }
    });
    made
}

/// Copies of test runs that have ended.
fn forget_ended(kept: &Path) {
    for entry in std::fs::read_dir(kept).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let run = name.strip_prefix("consortium-");
        if run.is_some_and(|run| !Path::new("/proc").join(run).exists()) {
            // Another run may be at the same.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else if !entry.file_name().to_string_lossy().ends_with("-shm") {
            std::fs::copy(entry.path(), target).expect("a file");
        }
    }
}

/// Types login name and password into the form shown, at whichever hub shows it.
pub async fn sign_in(browser: &mut Browser, page: &Seen, login: &str, password: &str) -> Seen {
    let mut form = page.form("password");
    form.set("username", login);
    form.set("password", password);
    browser.submit(page, &form).await
}

pub fn idp_metadata(entity_id: &str, origin: &str, certs: &[&[u8]], scope: &str) -> String {
    write_idp_metadata(&IdpSelf {
        entity_id,
        sso_redirect: &format!("{origin}/saml/idp/sso"),
        sso_post: &format!("{origin}/saml/idp/sso"),
        certs,
        name: &model::Text::new("名", "name"),
        scopes: &[scope.to_owned()],
        want_authn_requests_signed: false,
    })
}

fn nju_registry(hub_sp: String) -> Vec<(&'static str, String)> {
    vec![
        ("consortium.toml", "name = { zh = \"南京大学\", en = \"NJU\" }\n".to_owned()),
        (
            "members/nju.toml",
            "id = \"nju\"\nname = { zh = \"南京大学图书馆\", en = \"Nanjing University Library\" }\n\
             class = \"A\"\nscopes = [\"nju.test\"]\nstatus = \"live\"\n[[connector]]\nkind = \"central\"\n"
                .to_owned(),
        ),
        (
            "services/hub.toml",
            "id = \"hub\"\nname = { zh = \"读者通\", en = \"Readerpass\" }\n\
             release = [\"name\", \"mail\", \"category\", \"affiliation\", \"valid_until\", \"standing\"]\n\
             [saml]\nmetadata = \"hub-sp.xml\"\n"
                .to_owned(),
        ),
        ("services/hub-sp.xml", hub_sp),
    ]
}

/// The registry of the hub, with the metadata of the library `nju`.
pub fn hub_registry(nju_idp: String) -> Vec<(&'static str, String)> {
    let acme =
        idp_metadata(ACME_IDP, "https://acme.test", &[acme_key().certificate()], "acme.test");
    vec![
        (
            "consortium.toml",
            "name = { zh = \"示例联合体\", en = \"Sample consortium\" }\n".to_owned(),
        ),
        ("members/nju.toml", NJU_MEMBER.to_owned()),
        ("members/nju-idp.xml", nju_idp),
        ("members/acme.toml", ACME_MEMBER.to_owned()),
        ("members/acme-idp.xml", acme),
        ("members/union.toml", UNION_MEMBER.to_owned()),
        ("services/ill.toml", ILL.to_owned()),
        ("services/ill.secret", ILL_SECRET.to_owned()),
        ("services/journals.toml", JOURNALS.to_owned()),
        ("services/journals-sp.xml", journals_metadata()),
    ]
}

/// A service provider of the outside world, whose metadata the test writes.
pub fn journals_metadata() -> String {
    let certificate = STANDARD.encode(acme_key().certificate());
    format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{SP_ENTITY}\">\
         <md:SPSSODescriptor WantAssertionsSigned=\"true\" \
         protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <md:KeyDescriptor use=\"signing\"><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\
         <ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
         <md:AssertionConsumerService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" \
         Location=\"{SP_ACS}\" index=\"0\" isDefault=\"true\"/></md:SPSSODescriptor></md:EntityDescriptor>"
    )
}

const NJU_MEMBER: &str = "\
id = \"nju\"
codes = [\"a210093\"]
name = { zh = \"南京大学图书馆\", en = \"Nanjing University Library\" }
aliases = [\"南大\"]
region = \"江苏/南京\"
class = \"A\"
scopes = [\"nju.test\"]
status = \"live\"
contact = { phone = \"000-0000-0001\" }
reading_rooms = [\"192.0.2.128/25\"]
links = { holdings = \"https://opac.nju.test/isbn/{isbn}\" }
[[connector]]
id = \"campus\"
kind = \"saml\"
metadata = \"nju-idp.xml\"
attributes = { local_id = [\"pairwise-id\"], affiliation = \"eduPersonScopedAffiliation\", name = \"displayName\", mail = \"mail\", category = \"category\", valid_until = \"valid_until\", standing = \"standing\" }
";

const ACME_MEMBER: &str = "\
id = \"acme\"
name = { zh = \"示例学院图书馆\", en = \"Acme College Library\" }
region = \"江苏/苏州\"
class = \"A\"
scopes = [\"acme.test\"]
status = \"live\"
[[connector]]
id = \"campus\"
kind = \"saml\"
metadata = \"acme-idp.xml\"
unsolicited = [\"ill\"]
attributes = { local_id = [\"pairwise-id\", \"NameID:persistent\"], affiliation = \"eduPersonScopedAffiliation\", name = \"displayName\", mail = \"mail\" }
";

pub const UNION_MEMBER: &str = "\
id = \"union\"
name = { zh = \"联合体读者服务中心\", en = \"Consortium reader service\" }
region = \"江苏\"
class = \"B\"
scopes = [\"union.test\"]
status = \"live\"
[[connector]]
kind = \"central\"
";

pub const ILL: &str = "\
id = \"ill\"
name = { zh = \"馆际互借\", en = \"Interlibrary loan\" }
launch_url = \"https://ill.test/login\"
release = [\"name\", \"mail\", \"member\", \"class\", \"category\", \"links\"]
[oidc]
client_id = \"ill\"
client_secret_file = \"ill.secret\"
redirect_uris = [\"https://ill.test/callback\"]
post_logout_redirect_uris = [\"https://ill.test/bye\"]
";

const JOURNALS: &str = "\
id = \"journals\"
name = { zh = \"外文期刊\", en = \"Foreign journals\" }
launch_url = \"https://journals.test/login\"
release = [\"name\", \"member\", \"affiliation\"]
[saml]
metadata = \"journals-sp.xml\"
";
