mod algorithms;
mod attacks;
mod checks;
mod encrypted;
mod shape;
mod wrapping;

use super::*;
use crate::signature::tests::{Forge, NOW, answer, forge, idp_key, plain};
use crate::{IdpSelf, ResponseOut, Sign, parse_metadata, write_idp_metadata, write_response};
use model::Text;

const RESPONSE: &str = "samlp:Response";
const ASSERTION: &str = "saml:Assertion";
const SIGNATURE_END: &str = "</ds:Signature>";

fn idp_with(certs: &[&[u8]]) -> IdpMetadata {
    let xml = write_idp_metadata(&IdpSelf {
        entity_id: "https://idp.test/md",
        sso_redirect: "https://idp.test/sso",
        sso_post: "https://idp.test/sso",
        certs,
        name: &Text::new("甲", "A"),
        scopes: &["idp.test".to_owned()],
        want_authn_requests_signed: false,
    });
    let entity = parse_metadata(xml.as_bytes()).expect("parses").remove(0);
    assert!(entity.faults.is_empty(), "{:?}", entity.faults);
    entity.idp.expect("an identity provider")
}

fn idp() -> IdpMetadata {
    idp_with(&[idp_key().certificate()])
}

fn expected(idp: &IdpMetadata) -> Expected<'_> {
    Expected {
        idp,
        audience: "https://hub.test/saml/sp/metadata",
        recipient: "https://hub.test/saml/sp/acs",
        in_response_to: Some("_q1"),
        now: NOW,
        skew_s: 60,
        force_authn_since: None,
    }
}

fn verify(xml: &str) -> Result<Verified<Assertion>, SamlError> {
    verify_response(xml.as_bytes(), &expected(&idp()))
}

/// The fault for which `xml` is refused.
fn fault(xml: &str) -> AnswerFault {
    match verify(xml) {
        Err(SamlError::Answer(fault, _)) => fault,
        other => panic!("{other:?}"),
    }
}

/// `out` written and signed as the identity provider would.
fn signed(out: &ResponseOut, sign: Sign) -> String {
    write_response(out, idp_key(), sign).expect("writes")
}

/// The good answer with `old` replaced by `new` before it is signed by the identity provider.
fn resigned(old: &str, new: &str) -> String {
    let xml = plain(&answer());
    assert!(xml.contains(old), "{old}");
    forge(&xml.replace(old, new), ASSERTION, &Forge::default())
}

fn good(sign: Sign) -> String {
    signed(&answer(), sign)
}

/// The text of an element, from its start tag to its end tag.
fn span<'a>(xml: &'a str, name: &str) -> &'a str {
    let start = xml.find(&format!("<{name}")).expect("the element");
    let close = format!("</{name}>");
    &xml[start..xml.rfind(&close).expect("its end") + close.len()]
}

#[test]
fn a_good_answer_is_read_whole_whichever_element_is_signed() {
    for sign in [Sign::Assertion, Sign::Response] {
        let read = verify(&signed(&answer(), sign)).expect("verifies");
        assert_eq!((read.id.as_str(), read.response_id.as_str()), ("_a1", "_r1"));
        assert_eq!(read.issuer, "https://idp.test/md");
        assert_eq!(read.name_id, Some(answer().name_id));
        assert_eq!(attribute(&read, "displayName").collect::<Vec<_>>(), ["读者甲 <&> \"x\""]);
        assert_eq!(read.authn_instant, NOW.plus_s(-30));
        assert_eq!(read.session_index.as_deref(), Some("_s1"));
        assert_eq!(read.session_not_on_or_after, Some(NOW.plus_s(3600)));
        assert_eq!(read.authenticating_authorities, ["https://campus.test/idp"]);
        assert_eq!(read.not_on_or_after, NOW.plus_s(360), "tolerance included");
        assert!(!read.one_time_use);
    }
}

#[test]
fn both_signed_verifies_and_a_bad_inner_signature_is_not_excused_by_a_good_outer() {
    let inner = forge(&plain(&answer()), ASSERTION, &Forge::default());
    assert!(verify(&forge(&inner, RESPONSE, &Forge::default())).is_ok());
    let bad = Forge { sign: &|_| vec![1; 256], ..Forge::default() };
    let inner = forge(&plain(&answer()), ASSERTION, &bad);
    assert_eq!(fault(&forge(&inner, RESPONSE, &Forge::default())), AnswerFault::Signature);
}

#[test]
fn either_key_of_a_rollover_verifies() {
    let other = crate::signature::tests::other_key().certificate();
    let idp = idp_with(&[other, idp_key().certificate()]);
    let xml = signed(&answer(), Sign::Response);
    assert!(verify_response(xml.as_bytes(), &expected(&idp)).is_ok());
}

#[test]
fn the_issuer_can_be_peeked_at_and_proves_nothing() {
    let xml = plain(&answer());
    assert_eq!(peek_issuer(xml.as_bytes()).as_deref(), Some("https://idp.test/md"));
    let first = xml.replacen("<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">https://idp.test/md</saml:Issuer>", "", 1);
    assert_ne!(first, xml);
    assert_eq!(peek_issuer(first.as_bytes()).as_deref(), Some("https://idp.test/md"));
    assert_eq!(peek_issuer(b"<x/>"), None);
}
