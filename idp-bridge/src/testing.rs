//! What the unit tests of this crate stand on: a registry folder of its own, real
//! stores, and identity providers with keys of their own.

#[path = "../../tests/harness/authenticator.rs"]
#[expect(unreachable_pub, reason = "made for the tests of several rooms")]
pub(crate) mod authenticator;

use crate::{
    Ask, At, Begun, CasConnector, CentralConnector, Claimed, Connector, Finished, SamlConnector,
};
use accounts::{Accounts, NewAccount};
use metadata::{
    Bundle, CertNames, HttpClient, HttpSettings, KeyRing, MasterKey, PublicUrl, Snapshot,
};
use model::{
    ConnectorEntry, ConnectorId, Entropy, Handle, Inbound, LangTag, LoginCode, Member, MemberId,
    Method, Moment, Next, Params, Profile, Random, Refusal, Service, ServiceId, Text, Timestamp,
    encode_component,
};
use saml::{
    AttrValues, AttributeOut, IdpSelf, NameId, ResponseOut, Sign, SigningKey, name_format,
    name_id_format, write_idp_metadata, write_response,
};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use store::{Durable, Shared, StoreConfig};
use zeroize::Zeroizing;

pub(crate) const NOON: Timestamp = Timestamp::from_unix_s(1_795_262_400);
pub(crate) const HUB: &str = "https://hub.test";
pub(crate) const SP: &str = "https://hub.test/saml/sp/metadata";
pub(crate) const ACS: &str = "https://hub.test/saml/sp/acs";
pub(crate) const NJU_IDP: &str = "https://idp.nju.test/metadata";
pub(crate) const PKU_IDP: &str = "https://idp.pku.test/metadata";

/// A seeded generator: xorshift, good enough to be distinct.
struct Seeded(AtomicU64);

impl Random for Seeded {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            let mut x = self.0.load(Ordering::Relaxed);
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            self.0.store(x, Ordering::Relaxed);
            *byte = x.to_be_bytes()[3];
        }
    }
}

pub(crate) fn entropy(seed: u64) -> Entropy {
    Entropy::new(Arc::new(Seeded(AtomicU64::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1))))
}

/// The key of an identity provider, made once for all tests.
fn new_key(name: &str) -> SigningKey {
    let pair = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048);
    let pair = pair.expect("a key");
    let params = rcgen::CertificateParams::new(vec![name.to_owned()]).expect("parameters");
    let cert = params.self_signed(&pair).expect("a certificate");
    SigningKey::from_pkcs8(&pair.serialize_der(), cert.der()).expect("a signing key")
}

pub(crate) static NJU_KEY: LazyLock<SigningKey> = LazyLock::new(|| new_key("idp.nju.test"));
pub(crate) static PKU_KEY: LazyLock<SigningKey> = LazyLock::new(|| new_key("idp.pku.test"));

/// One hub with two universities and one service.
pub(crate) struct World {
    pub(crate) snapshot: Snapshot,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) accounts: Accounts,
    pub(crate) durable: Durable,
    pub(crate) saml: SamlConnector,
    pub(crate) central: CentralConnector,
    pub(crate) staff: CentralConnector,
    pub(crate) cas: CasConnector,
    pub(crate) moment: Moment,
    _shared: Shared,
    folder: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Where one login stands: what `login` would hold.
pub(crate) struct Place {
    pub(crate) member: Member,
    pub(crate) entry: ConnectorEntry,
    pub(crate) connector: ConnectorId,
    pub(crate) service: Service,
    pub(crate) handle: Handle,
    pub(crate) code: LoginCode,
    pub(crate) force: bool,
    pub(crate) passive: bool,
    pub(crate) max_age_s: Option<u32>,
}

pub(crate) async fn world() -> World {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("idp-bridge-test-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let moment = Moment { now: NOON, entropy: entropy(number) };
    let public_url = PublicUrl::parse(HUB).expect("an origin");
    write_registry(&folder.join("registry"));
    let bundle = Bundle::read(&folder.join("registry"), NOON).expect("a registry");
    let snapshot = Snapshot::from_bundle(&bundle, 1, &public_url).expect("a snapshot");
    let config = StoreConfig { data_dir: folder.join("data"), durable: None, shared: None };
    let (durable, shared) = store::open(&config).await.expect("a store");
    let master = MasterKey::load_or_create(&folder.join("master.key"), &moment.entropy);
    let master = master.expect("a master key");
    let names = CertNames::of(&public_url);
    let keys = KeyRing::open(&durable, &master, &moment, &names).await.expect("keys");
    let keys = Arc::new(keys);
    let loopback = HttpSettings { hub_on_loopback: true, ..HttpSettings::default() };
    let http = HttpClient::new(&loopback).expect("a client");
    let accounts =
        Accounts::new(Arc::clone(&durable), Arc::clone(&shared), [7; 32]).with_passkeys(HUB);
    World {
        snapshot,
        saml: SamlConnector::new(&public_url, Arc::clone(&keys), None),
        central: CentralConnector::new(accounts.clone()),
        staff: CentralConnector::staff(accounts.clone()),
        cas: CasConnector::new(&public_url, http),
        keys,
        accounts,
        durable,
        moment,
        _shared: shared,
        folder,
    }
}

fn write_registry(dir: &Path) {
    let write = |name: &str, text: &str| {
        let path = dir.join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    write("consortium.toml", "name = { zh = \"联盟\", en = \"Consortium\" }\n");
    write("members/nju.toml", &member_toml("nju", "南京大学图书馆", "unsolicited = [\"ill\"]"));
    write("members/pku.toml", &member_toml("pku", "北京大学图书馆", ""));
    write("members/zju.toml", ZJU);
    write("members/nju-idp.xml", &idp_metadata(NJU_IDP, "https://idp.nju.test", &NJU_KEY));
    write("members/pku-idp.xml", &idp_metadata(PKU_IDP, "https://idp.pku.test", &PKU_KEY));
    for id in ["ill", "ccc"] {
        write(
            &format!("services/{id}.toml"),
            &format!(
                "id = \"{id}\"\nname = {{ zh = \"{id}\", en = \"{id}\" }}\n[oidc]\nclient_id = \"{id}\"\n\
             redirect_uris = [\"https://{id}.test/callback\"]\n"
            ),
        );
    }
}

/// A university by CAS; a test says where its server is.
const ZJU: &str = "id = \"zju\"\nname = { zh = \"浙江大学图书馆\", en = \"zju\" }\nclass = \"A\"\n\
    scopes = [\"zju.edu.cn\"]\nstatus = \"live\"\n\
    [[connector]]\nid = \"campus\"\nkind = \"cas\"\nserver = \"https://cas.zju.test/cas\"\n\
    reassignable = true\nattributes = { local_id = \"user\", name = \"XM\", affiliation = \"role\" }\n";

fn member_toml(id: &str, name: &str, unsolicited: &str) -> String {
    format!(
        "id = \"{id}\"\nname = {{ zh = \"{name}\", en = \"{id}\" }}\nclass = \"A\"\n\
         scopes = [\"{id}.edu.cn\"]\nstatus = \"live\"\n\
         [[connector]]\nid = \"campus\"\nkind = \"saml\"\nmetadata = \"{id}-idp.xml\"\n{unsolicited}\n\
         [[connector]]\nkind = \"central\"\n"
    )
}

fn idp_metadata(entity_id: &str, origin: &str, key: &SigningKey) -> String {
    write_idp_metadata(&IdpSelf {
        entity_id,
        sso_redirect: &format!("{origin}/sso"),
        sso_post: &format!("{origin}/sso-post"),
        certs: &[key.certificate()],
        name: &Text::new("校园", "Campus"),
        scopes: &[],
        want_authn_requests_signed: false,
    })
}

impl World {
    /// A login at `member` by `connector`, in a leg of its own.
    pub(crate) fn place(&self, member: &str, connector: &str) -> Place {
        let member = self.snapshot.member(&MemberId::parse(member).expect("an id")).expect("is");
        let connector = ConnectorId::parse(connector).expect("an id");
        let service = ServiceId::parse("ill").expect("an id");
        Place {
            entry: member.connector(&connector).expect("is").clone(),
            member: member.clone(),
            connector,
            service: self.snapshot.service(&service).expect("is").clone(),
            handle: Handle::parse(&self.moment.entropy.short_token()).expect("a handle"),
            code: LoginCode::draw(&self.moment.entropy),
            force: false,
            passive: false,
            max_age_s: None,
        }
    }

    pub(crate) fn at<'a>(&'a self, place: &'a Place, moment: &'a Moment) -> At<'a> {
        At {
            snapshot: &self.snapshot,
            member: &place.member,
            entry: &place.entry,
            connector: &place.connector,
            moment,
            code: place.code,
            client: client(),
        }
    }

    pub(crate) fn later(&self, seconds: i64) -> Moment {
        Moment { now: NOON.plus_s(seconds), entropy: self.moment.entropy.clone() }
    }

    pub(crate) async fn begin(&self, by: &dyn Connector, place: &Place) -> Result<Begun, Refusal> {
        by.begin(&self.at(place, &self.moment), &place.ask()).await
    }

    /// An answer to a login in flight.
    pub(crate) async fn finish(
        &self,
        by: &dyn Connector,
        place: &Place,
        inbound: &Inbound,
        state: &[u8],
    ) -> Result<Finished, Refusal> {
        let moment = self.later(5);
        by.finish(&self.at(place, &moment), inbound, Some(state), Some(&place.ask())).await
    }

    pub(crate) async fn create_reader(
        &self,
        login: &str,
        password: Option<&str>,
    ) -> Option<String> {
        let account = NewAccount {
            member: MemberId::parse("nju").ok(),
            login: login.to_owned(),
            password: password.map(|p| Zeroizing::new(p.to_owned())),
            role: None,
            profile: Profile { name: Some("读者甲".to_owned()), ..Profile::default() },
            class: None,
            category: Some("graduate".to_owned()),
            affiliation: vec!["student".to_owned()],
            must_change: false,
            valid_until: None,
        };
        let created = self.accounts.create(account, &self.moment).await.expect("created");
        created.one_time_password.map(|p| p.to_string())
    }
}

impl Place {
    pub(crate) fn ask(&self) -> Ask<'_> {
        Ask {
            service: &self.service,
            handle: &self.handle,
            force: self.force,
            passive: self.passive,
            max_age_s: self.max_age_s,
            login_hint: None,
            requester: "https://hub.test/services/ill",
            lang: LangTag::En,
        }
    }
}

fn client() -> IpAddr {
    "192.0.2.1".parse().expect("an address")
}

/// A form as a browser posts it.
pub(crate) fn post(path: &str, fields: &[(&str, &str)]) -> Inbound {
    let pairs: Vec<_> = fields
        .iter()
        .map(|(n, v)| format!("{}={}", encode_component(n), encode_component(v)))
        .collect();
    Inbound {
        method: Method::Post,
        path: path.to_owned(),
        query: String::new(),
        headers: vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())],
        body: pairs.join("&").into_bytes(),
        client: client(),
    }
}

/// The id of the AuthnRequest that a `begin` of `saml` remembers.
pub(crate) fn request_id(begun: &Begun) -> String {
    let state: serde_json::Value = serde_json::from_slice(&begun.state).expect("JSON");
    state["id"].as_str().expect("an id").to_owned()
}

/// The parameters of a redirect.
pub(crate) fn query_of(next: &Next) -> Params {
    let Next::Redirect(url) = next else { panic!("no redirect: {next:?}") };
    Params::parse(url.split_once('?').expect("a query").1.as_bytes()).expect("parameters")
}

/// A good answer of nju to `request`; tests spoil it.
pub(crate) fn answer(request: Option<&str>) -> ResponseOut {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    ResponseOut {
        response_id: format!("_response{number}"),
        assertion_id: format!("_assertion{number}"),
        issuer: NJU_IDP.to_owned(),
        destination: ACS.to_owned(),
        in_response_to: request.map(str::to_owned),
        audience: SP.to_owned(),
        issue_instant: NOON.plus_s(4),
        name_id: name_id(name_id_format::TRANSIENT, "_t1"),
        attributes: vec![
            attribute(saml::attr::PAIRWISE_ID, &["Q7KX2@nju.edu.cn"]),
            attribute(saml::attr::SCOPED_AFFILIATION, &["Student@nju.edu.cn", "member@nju.edu.cn"]),
            attribute(saml::attr::DISPLAY_NAME, &[" 读者甲 "]),
            attribute(saml::attr::MAIL, &["reader@example.org"]),
        ],
        authn_instant: NOON.plus_s(3),
        authn_context: "urn:oasis:names:tc:SAML:2.0:ac:classes:Password".to_owned(),
        session_index: "_s1".to_owned(),
        session_not_on_or_after: None,
        authenticating_authorities: vec![],
        lifetime_s: 300,
    }
}

pub(crate) fn name_id(format: &str, value: &str) -> NameId {
    NameId {
        format: Some(format.to_owned()),
        value: value.to_owned(),
        name_qualifier: None,
        sp_name_qualifier: None,
    }
}

pub(crate) fn attribute(name: &str, values: &[&str]) -> AttributeOut {
    let format = if name.starts_with("urn:") { name_format::URI } else { name_format::BASIC };
    AttributeOut {
        name: name.to_owned(),
        name_format: format.to_owned(),
        friendly_name: None,
        values: AttrValues::Text(values.iter().map(|v| (*v).to_owned()).collect()),
    }
}

/// The browser's post of a signed answer.
pub(crate) fn posted(out: &ResponseOut, key: &SigningKey, relay_state: &str) -> Inbound {
    let xml = write_response(out, key, Sign::Assertion).expect("written");
    posted_xml(&xml, relay_state)
}

pub(crate) fn posted_xml(xml: &str, relay_state: &str) -> Inbound {
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(xml);
    post("/saml/sp/acs", &[("SAMLResponse", &encoded), ("RelayState", relay_state)])
}

pub(crate) fn claimed(finished: Result<Finished, Refusal>) -> Claimed {
    match finished {
        Ok(Finished::Claimed(claimed)) => *claimed,
        other => panic!("not claimed: {other:?}"),
    }
}

pub(crate) fn refused(finished: Result<Finished, Refusal>) -> Refusal {
    match finished {
        Err(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}
