//! The identity provider of a run, and its good answers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Text, Timestamp};
use saml::{
    AttrValues, AttributeOut, Expected, IdpMetadata, IdpSelf, NameId, ResponseOut, Sign,
    SigningKey, attr, name_format, name_id_format, parse_metadata, write_idp_metadata,
    write_response,
};
use std::sync::LazyLock;

pub(crate) const AUDIENCE: &str = "https://hub.test/saml/sp/metadata";
const ACS: &str = "https://hub.test/saml/sp/acs";
const IDP: &str = "https://idp.test/metadata";
const REQUEST_ID: &str = "_request";
/// 2026-11-21T10:31:05Z.
const NOW: Timestamp = Timestamp::from_unix_s(1_795_257_065);

pub(crate) struct Parties {
    idp: IdpMetadata,
    /// DER in base64.
    pub(crate) certificates: Vec<String>,
    /// PKCS#8, for xmlsec1.
    pub(crate) key: Vec<u8>,
    /// The good answer with a template where its signature will stand: of the Assertion, of
    /// the Response.
    pub(crate) templates: [String; 2],
}

/// A key on a curve: it signs twenty times as fast as RSA.
pub(crate) static PARTIES: LazyLock<Parties> = LazyLock::new(|| {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).expect("a key");
    let certificate = rcgen::CertificateParams::new(Vec::new())
        .and_then(|params| params.self_signed(&pair))
        .expect("a certificate");
    let key = pair.serialize_der();
    let signer = SigningKey::from_pkcs8(&key, certificate.der()).expect("a signing key");
    let written = |sign| template(&write_response(&answer(), &signer, sign).expect("an answer"));
    Parties {
        idp: idp(certificate.der()),
        certificates: vec![STANDARD.encode(certificate.der())],
        key,
        templates: [written(Sign::Assertion), written(Sign::Response)],
    }
});

pub(crate) fn expected() -> Expected<'static> {
    Expected {
        idp: &PARTIES.idp,
        audience: AUDIENCE,
        recipient: ACS,
        in_response_to: Some(REQUEST_ID),
        now: NOW,
        skew_s: 60,
        force_authn_since: None,
    }
}

fn idp(certificate: &[u8]) -> IdpMetadata {
    let xml = write_idp_metadata(&IdpSelf {
        entity_id: IDP,
        sso_redirect: "https://idp.test/sso",
        sso_post: "https://idp.test/sso",
        certs: &[certificate],
        name: &Text::new("示例", "Sample"),
        scopes: &[],
        want_authn_requests_signed: false,
    });
    let mut entities = parse_metadata(xml.as_bytes()).expect("metadata");
    entities.remove(0).idp.expect("an identity provider")
}

fn answer() -> ResponseOut {
    let text = |name: &str, value: &str| AttributeOut {
        name: name.to_owned(),
        name_format: name_format::URI.to_owned(),
        friendly_name: None,
        values: AttrValues::Text(vec![value.to_owned()]),
    };
    ResponseOut {
        response_id: "_response-1".to_owned(),
        assertion_id: "_assertion-1".to_owned(),
        issuer: IDP.to_owned(),
        destination: ACS.to_owned(),
        in_response_to: Some(REQUEST_ID.to_owned()),
        audience: AUDIENCE.to_owned(),
        issue_instant: NOW,
        name_id: NameId {
            format: Some(name_id_format::PERSISTENT.to_owned()),
            value: "reader-1".to_owned(),
            name_qualifier: None,
            sp_name_qualifier: None,
        },
        attributes: vec![
            text(attr::PAIRWISE_ID, "reader1@idp.test"),
            text(attr::DISPLAY_NAME, "读者甲"),
            text(attr::SCOPED_AFFILIATION, "student@idp.test"),
        ],
        authn_instant: NOW,
        authn_context: "urn:oasis:names:tc:SAML:2.0:ac:classes:Password".to_owned(),
        session_index: "_session-1".to_owned(),
        session_not_on_or_after: None,
        authenticating_authorities: Vec::new(),
        lifetime_s: 300,
    }
}

/// The signed answer without its digest, value and certificate, for xmlsec1 to fill.
fn template(signed: &str) -> String {
    let mut xml = signed.to_owned();
    for (name, stays) in
        [("ds:DigestValue", true), ("ds:SignatureValue", true), ("ds:KeyInfo", false)]
    {
        let (start, end) = (format!("<{name}>"), format!("</{name}>"));
        let (before, rest) = xml.split_once(&start).expect("the element");
        let (_, after) = rest.split_once(&end).expect("its end");
        let empty = if stays { start + &end } else { String::new() };
        xml = format!("{before}{empty}{after}");
    }
    xml
}
