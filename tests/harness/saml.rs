//! The two SAML parties that the test plays: the service `journals`, and the
//! identity provider of the member `acme`, whose key it holds.

use super::browser::{Browser, Seen};
use super::clock::TestClock;
use super::world::{ACME_IDP, HUB, SP_ACS, SP_ENTITY, acme_key};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Clock as _;
use saml::{
    Assertion, AttrValues, AttributeOut, AuthnRequestOut, Expected, MessageKind, NameId,
    ResponseOut, Sign, SigningKey, Verified, attr, name_format, name_id_format, parse_metadata,
    redirect_url, verify_response, write_response,
};
use std::io::Read as _;
use std::sync::atomic::{AtomicU32, Ordering};

pub const REQUEST_ID: &str = "_request-of-this-test";

/// What `journals` asks; change a field to ask it otherwise.
pub struct Ask<'a> {
    pub id: &'a str,
    pub issuer: &'a str,
    pub acs: &'a str,
    pub destination: &'a str,
    pub force: bool,
    pub passive: bool,
    pub relay_state: Option<&'a str>,
}

impl Default for Ask<'_> {
    fn default() -> Self {
        Self {
            id: REQUEST_ID,
            issuer: SP_ENTITY,
            acs: SP_ACS,
            destination: "https://hub.test/saml/idp/sso",
            force: false,
            passive: false,
            relay_state: Some("relay-of-this-test"),
        }
    }
}

impl Ask<'_> {
    pub fn xml(&self, clock: &TestClock) -> String {
        AuthnRequestOut {
            id: self.id,
            destination: self.destination,
            issuer: self.issuer,
            acs_url: self.acs,
            force_authn: self.force,
            is_passive: self.passive,
            issue_instant: clock.now(),
            requester_ids: &[],
            provider_name: None,
            proxy_count: None,
        }
        .to_xml()
    }

    pub fn address(&self, clock: &TestClock) -> String {
        let sso = format!("{HUB}/saml/idp/sso");
        redirect_url(&sso, MessageKind::Request, &self.xml(clock), self.relay_state, None)
            .expect("an address")
    }
}

/// The XML that was posted to a service.
pub fn response_xml(seen: &Seen) -> Vec<u8> {
    let encoded = seen
        .posted("SAMLResponse")
        .unwrap_or_else(|| panic!("no SAMLResponse at {}:\n{}", seen.url, seen.body));
    STANDARD.decode(encoded).expect("base64")
}

/// Checks a Response of the hub with every check of a service on.
pub async fn accept(
    browser: &mut Browser,
    clock: &TestClock,
    seen: &Seen,
    in_response_to: &str,
) -> Verified<Assertion> {
    let metadata = browser.get(&format!("{HUB}/saml/idp/metadata")).await;
    let entities = parse_metadata(metadata.body.as_bytes()).expect("metadata");
    let idp = entities.into_iter().find_map(|e| e.idp).expect("an identity provider");
    verify_response(
        &response_xml(seen),
        &Expected {
            idp: &idp,
            audience: SP_ENTITY,
            recipient: SP_ACS,
            in_response_to: Some(in_response_to),
            now: clock.now(),
            skew_s: 60,
            force_authn_since: None,
        },
    )
    .unwrap_or_else(|e| panic!("{e}\n{}", String::from_utf8_lossy(&response_xml(seen))))
}

pub fn value<'a>(assertion: &'a Assertion, name: &str) -> Vec<&'a str> {
    assertion
        .attributes
        .iter()
        .filter(|a| a.name == name)
        .flat_map(|a| a.values.iter().map(String::as_str))
        .collect()
}

/// What the hub sent to `acme`: the id of its request, and the RelayState.
pub struct AskedOfAcme {
    pub id: String,
    pub relay_state: String,
    pub xml: String,
}

/// Reads the redirect at which the browser stopped.
pub fn asked_of_acme(seen: &Seen) -> AskedOfAcme {
    assert!(
        seen.outside && seen.url.host_str() == Some("acme.test"),
        "at {}: {}",
        seen.url,
        seen.body
    );
    let message = STANDARD.decode(seen.query("SAMLRequest").expect("a request")).expect("base64");
    let mut xml = String::new();
    flate2::read::DeflateDecoder::new(&message[..]).read_to_string(&mut xml).expect("deflate");
    let id = xml.split("ID=\"").nth(1).expect("an ID").split('"').next().expect("an ID").to_owned();
    AskedOfAcme { id, relay_state: seen.query("RelayState").expect("RelayState"), xml }
}

/// Answers so far: each has ids of its own.
static ANSWERS: AtomicU32 = AtomicU32::new(0);

/// A good answer of `acme`; change a field to make it bad.
pub fn acme_answer(clock: &TestClock, in_response_to: Option<&str>) -> ResponseOut {
    let text = |name: &str, value: &str| AttributeOut {
        name: name.to_owned(),
        name_format: name_format::URI.to_owned(),
        friendly_name: None,
        values: AttrValues::Text(vec![value.to_owned()]),
    };
    let n = ANSWERS.fetch_add(1, Ordering::SeqCst);
    ResponseOut {
        response_id: format!("_response-{n}"),
        assertion_id: format!("_assertion-{n}"),
        issuer: ACME_IDP.to_owned(),
        destination: format!("{HUB}/saml/sp/acs"),
        in_response_to: in_response_to.map(str::to_owned),
        audience: format!("{HUB}/saml/sp/metadata"),
        issue_instant: clock.now(),
        name_id: NameId {
            format: Some(name_id_format::TRANSIENT.to_owned()),
            value: format!("_transient-{n}"),
            name_qualifier: None,
            sp_name_qualifier: None,
        },
        attributes: vec![
            text(attr::PAIRWISE_ID, "reader0001@acme.test"),
            text(attr::DISPLAY_NAME, "读者丙"),
            text(attr::MAIL, "reader@acme.test"),
            text(attr::SCOPED_AFFILIATION, "student@acme.test"),
        ],
        authn_instant: clock.now(),
        authn_context: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
            .to_owned(),
        session_index: format!("_session-{n}"),
        session_not_on_or_after: None,
        authenticating_authorities: Vec::new(),
        lifetime_s: 300,
    }
}

pub fn signed(out: &ResponseOut, key: &SigningKey) -> String {
    write_response(out, key, Sign::Assertion).expect("an answer")
}

/// Posts XML to the hub's ACS as a page of `acme` would.
pub async fn post_to_acs(browser: &mut Browser, xml: &str, relay_state: Option<&str>) -> Seen {
    let encoded = STANDARD.encode(xml);
    let mut fields = vec![("SAMLResponse", encoded.as_str())];
    fields.extend(relay_state.map(|r| ("RelayState", r)));
    browser.post(&format!("{HUB}/saml/sp/acs"), &fields, "https://acme.test/").await
}

/// Signs the good answer with the registered key and posts it.
pub async fn answer_as_acme(browser: &mut Browser, clock: &TestClock, asked: &AskedOfAcme) -> Seen {
    let xml = signed(&acme_answer(clock, Some(&asked.id)), acme_key());
    post_to_acs(browser, &xml, Some(&asked.relay_state)).await
}
