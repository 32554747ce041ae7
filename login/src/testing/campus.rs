//! A campus with an identity provider of its own, by the `saml` connector.

use super::hub::{Browser, Hub, Outcome, PUBLIC, hub_with};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idp_bridge::{At, Claimed, Connector as _, Finished, SamlConnector};
use metadata::PublicUrl;
use model::{LoginCode, Method, Next, Params, Text, Timestamp, encode_component};
use saml::{
    AttrValues, AttributeOut, IdpSelf, NameId, ResponseOut, Sign, SigningKey, name_format,
    name_id_format, write_idp_metadata, write_response,
};
use std::io::Read as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

const ENTITY: &str = "https://idp.cc.test/metadata";

static KEY: LazyLock<SigningKey> = LazyLock::new(|| {
    let pair = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)
        .expect("a key");
    let params = rcgen::CertificateParams::new(vec!["idp.cc.test".to_owned()]).expect("parameters");
    let cert = params.self_signed(&pair).expect("a certificate");
    SigningKey::from_pkcs8(&pair.serialize_der(), cert.der()).expect("a signing key")
});

/// The sample hub with a third library, `cc`, that has a campus connector which may start
/// `ill` from outside.
pub(crate) async fn hub() -> Hub {
    hub_registering("unsolicited = [\"ill\"]").await
}

/// The same with other settings of the connector.
pub(crate) async fn hub_registering(settings: &str) -> Hub {
    let toml = member_toml(settings);
    let xml = write_idp_metadata(&IdpSelf {
        entity_id: ENTITY,
        sso_redirect: "https://idp.cc.test/sso",
        sso_post: "https://idp.cc.test/sso-post",
        certs: &[KEY.certificate()],
        name: &Text::new("校园", "Campus"),
        scopes: &[],
        want_authn_requests_signed: false,
    });
    hub_with(&[("members/cc.toml", &toml), ("members/cc-idp.xml", &xml)]).await
}

pub(crate) fn member_toml(settings: &str) -> String {
    format!(
        "id = \"cc\"\nname = {{ zh = \"丙大学\", en = \"University C\" }}\nclass = \"A\"\n\
         status = \"live\"\nscopes = [\"cc.test\"]\n[[connector]]\nid = \"campus\"\n\
         kind = \"saml\"\nmetadata = \"cc-idp.xml\"\n{settings}\n"
    )
}

/// What the hub asked the campus.
pub(crate) struct Asked {
    pub(crate) request: String,
    pub(crate) relay_state: String,
    pub(crate) xml: String,
}

impl Asked {
    /// Reads the redirect to the campus.
    pub(crate) fn of(outcome: Outcome) -> Self {
        let Next::Redirect(url) = outcome.reply().next else { panic!("not sent to the campus") };
        assert!(url.starts_with("https://idp.cc.test/sso?"), "{url}");
        let query = url.split_once('?').expect("a query").1;
        let params = Params::parse(query.as_bytes()).expect("parameters");
        let of = |name| params.one(name).expect("once").expect("there").to_owned();
        let deflated = STANDARD.decode(of("SAMLRequest")).expect("base64");
        let mut xml = String::new();
        flate2::read::DeflateDecoder::new(&deflated[..]).read_to_string(&mut xml).expect("XML");
        let id = xml.split(" ID=\"").nth(1).expect("an ID").split('"').next().expect("its end");
        Self { request: id.to_owned(), relay_state: of("RelayState"), xml }
    }
}

/// A good answer about `reader`.
pub(crate) fn answer(hub: &Hub, reader: &str, request: Option<&str>) -> ResponseOut {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let now: Timestamp = hub.moment().now;
    ResponseOut {
        response_id: format!("_r{number}"),
        assertion_id: format!("_a{number}"),
        issuer: ENTITY.to_owned(),
        destination: format!("{PUBLIC}/saml/sp/acs"),
        in_response_to: request.map(ToOwned::to_owned),
        audience: format!("{PUBLIC}/saml/sp/metadata"),
        issue_instant: now,
        name_id: NameId {
            format: Some(name_id_format::TRANSIENT.to_owned()),
            value: "_t1".to_owned(),
            name_qualifier: None,
            sp_name_qualifier: None,
        },
        attributes: vec![AttributeOut {
            name: saml::attr::PAIRWISE_ID.to_owned(),
            name_format: name_format::URI.to_owned(),
            friendly_name: None,
            values: AttrValues::Text(vec![format!("{reader}@cc.test")]),
        }],
        authn_instant: now,
        authn_context: "urn:oasis:names:tc:SAML:2.0:ac:classes:Password".to_owned(),
        session_index: "_s1".to_owned(),
        session_not_on_or_after: None,
        authenticating_authorities: vec![],
        lifetime_s: 300,
    }
}

/// What the campus's connector makes of an unsolicited answer that names `ill`.
pub(crate) async fn claim(hub: &Hub, out: &ResponseOut) -> Box<Claimed> {
    let snapshot = hub.registry.current();
    let member = snapshot.member(&super::requests::member("cc")).expect("a member");
    let entry = member.connectors.first().expect("a connector");
    let connector = entry.id().expect("an id");
    let moment = hub.moment();
    let at = At {
        snapshot: &snapshot,
        member,
        entry,
        connector: &connector,
        moment: &moment,
        code: LoginCode::draw(&moment.entropy),
        client: [198, 51, 100, 7].into(),
    };
    let mut inbound = hub.browser().inbound();
    inbound.method = Method::Post;
    let kind = "application/x-www-form-urlencoded".to_owned();
    inbound.headers.push(("content-type".to_owned(), kind));
    let xml = write_response(out, &*KEY, Sign::Assertion).expect("written");
    let encoded = encode_component(&STANDARD.encode(xml));
    inbound.body = format!("SAMLResponse={encoded}&RelayState=ill").into_bytes();
    let public_url = PublicUrl::parse(PUBLIC).expect("an address");
    let saml = SamlConnector::new(&public_url, Arc::clone(&hub.keys), None);
    match saml.finish(&at, &inbound, None, None).await {
        Ok(Finished::Claimed(claimed)) => claimed,
        other => panic!("not claimed: {other:?}"),
    }
}

impl Browser<'_> {
    /// The campus's page posts an answer across sites.
    pub(crate) async fn deliver(&mut self, out: &ResponseOut, relay_state: &str) -> Outcome {
        let xml = write_response(out, &*KEY, Sign::Assertion).expect("written");
        let encoded = STANDARD.encode(xml);
        let form = [("SAMLResponse", encoded.as_str()), ("RelayState", relay_state)];
        self.post_from("/saml/sp/acs", &form, "cross-site").await
    }
}
