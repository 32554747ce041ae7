use super::*;
use crate::signature::tests::Forge;
use crate::signature::tests::{NOW, answer, forge, idp_key, other_key, p256, unsigned};
use crate::{
    MessageKind, RawRequest, RequestFault, SamlError, decode_post, decode_redirect, post_fields,
    redirect_url,
};
use model::{Params, encode_component};
use proptest::prelude::*;

fn canonical(xml: &str) -> String {
    let document = bergshamra::xml::uppsala::parse(xml).expect("parses");
    let mode = bergshamra::c14n::C14nMode::Exclusive;
    let bytes = bergshamra::c14n::canonicalize_doc::<&str>(&document, mode, None, &[])
        .expect("canonicalises");
    String::from_utf8(bytes).expect("UTF-8")
}

fn request() -> AuthnRequestOut<'static> {
    AuthnRequestOut {
        id: "_q1",
        destination: "https://idp.test/sso",
        issuer: "https://hub.test/saml/sp/metadata",
        acs_url: "https://hub.test/saml/sp/acs",
        force_authn: true,
        is_passive: false,
        issue_instant: NOW,
        requester_ids: &[],
        provider_name: Some("馆际互借 & \"ILL\""),
        proxy_count: None,
    }
}

fn redirected(signer: Option<&crate::SigningKey>) -> String {
    let url = redirect_url(
        "https://idp.test/sso",
        MessageKind::Request,
        &request().to_xml(),
        Some("h&1"),
        signer,
    );
    url.expect("writes").split_once('?').expect("a query").1.to_owned()
}

fn posted(xml: &str) -> RawRequest {
    let body: Vec<_> = post_fields(MessageKind::Request, xml, None)
        .iter()
        .map(|(n, v)| format!("{n}={}", encode_component(v)))
        .collect();
    decode_post(&Params::parse(body.join("&").as_bytes()).expect("parses")).expect("decodes")
}

fn certs() -> Vec<Vec<u8>> {
    vec![other_key().certificate().to_vec(), idp_key().certificate().to_vec()]
}

fn fault(result: Result<impl Sized, SamlError>) -> RequestFault {
    match result.map(|_| ()) {
        Err(SamlError::Request(fault, _)) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn everything_written_is_canonical_as_written() {
    let ids = ["ill".to_owned(), "<&>".to_owned()];
    let full = AuthnRequestOut {
        requester_ids: &ids,
        proxy_count: Some(2),
        is_passive: true,
        ..request()
    };
    let mut out = answer();
    out.attributes.push(AttributeOut {
        name: crate::attr::TARGETED_ID.into(),
        name_format: crate::name_format::URI.into(),
        friendly_name: None,
        values: AttrValues::NameId(out.name_id.clone()),
    });
    for xml in [
        request().to_xml(),
        full.to_xml(),
        full.to_signed_xml(idp_key()).expect("writes"),
        write_response(&out, idp_key(), Sign::Assertion).expect("writes"),
        write_response(&out, idp_key(), Sign::Response).expect("writes"),
    ] {
        assert_eq!(canonical(&xml), xml);
    }
}

#[test]
fn an_authn_request_survives_redirect_and_post() {
    let ids = ["ill".to_owned()];
    let out = AuthnRequestOut { requester_ids: &ids, proxy_count: Some(1), ..request() };
    let url = redirect_url("https://idp.test/sso", MessageKind::Request, &out.to_xml(), None, None)
        .expect("writes");
    let raw = decode_redirect(url.split_once('?').expect("a query").1).expect("decodes");
    assert!(!raw.signature.is_present());
    for raw in [raw, posted(&out.to_xml())] {
        let read = parse_authn_request(&raw).expect("reads");
        assert_eq!(read.id, "_q1");
        assert_eq!(read.issuer, "https://hub.test/saml/sp/metadata");
        assert_eq!(read.destination.as_deref(), Some("https://idp.test/sso"));
        assert_eq!(read.acs_url.as_deref(), Some("https://hub.test/saml/sp/acs"));
        assert_eq!((read.acs_index, read.force_authn, read.is_passive), (None, true, false));
        assert_eq!(read.issue_instant, NOW);
        assert_eq!(read.requester_ids, ["ill"]);
        assert_eq!(read.proxy_count, Some(1));
        assert_eq!(read.provider_name.as_deref(), Some("馆际互借 & \"ILL\""));
        assert!(!read.has_subject && read.requested_authn_context.is_empty());
    }
}

#[test]
fn a_redirected_signature_verifies_and_any_change_breaks_it() {
    let query = redirected(Some(idp_key()));
    let raw = decode_redirect(&query).expect("decodes");
    assert_eq!(raw.relay_state.as_deref(), Some("h&1"));
    assert_eq!(verify_request_signature(&raw, &certs()).expect("verifies").id, "_q1");
    let other = decode_redirect(&query.replace("h%261", "h%262")).expect("decodes");
    assert_eq!(fault(verify_request_signature(&other, &certs())), RequestFault::Signature);
    let none = query.replace("&RelayState=h%261", "");
    let none = decode_redirect(&none).expect("decodes");
    assert_eq!(fault(verify_request_signature(&none, &certs())), RequestFault::Signature);
    let message = query.split('&').next().expect("a message");
    let other = query.replace(
        message,
        redirected(None).replace("%3D", "%3d").split('&').next().expect("a message"),
    );
    if other != query {
        let other = decode_redirect(&other).expect("decodes");
        assert_eq!(
            fault(verify_request_signature(&other, &certs())),
            RequestFault::Signature,
            "octets, not values"
        );
    }
    assert_eq!(
        fault(verify_request_signature(&raw, &[other_key().certificate().to_vec()])),
        RequestFault::Signature
    );
    assert_eq!(fault(verify_request_signature(&raw, &[])), RequestFault::Signature);
    assert_eq!(fault(verify_request_signature(&raw, &[p256().1.clone()])), RequestFault::Signature);
}

#[test]
fn a_posted_signature_verifies_and_the_request_is_read_from_what_was_signed() {
    let xml = request().to_signed_xml(idp_key()).expect("writes");
    let raw = posted(&xml);
    assert!(raw.signature.is_present());
    assert_eq!(verify_request_signature(&raw, &certs()).expect("verifies").id, "_q1");
    let changed = posted(&xml.replace("saml/sp/acs", "saml/sp/evil"));
    assert_eq!(fault(verify_request_signature(&changed, &certs())), RequestFault::Signature);
    let wrong = forge(
        &unsigned(&xml),
        "samlp:AuthnRequest",
        &Forge { sign: &|data| other_key().sign(data).expect("signs"), ..Forge::default() },
    );
    assert_eq!(
        fault(verify_request_signature(&posted(&wrong), &[idp_key().certificate().to_vec()])),
        RequestFault::Signature
    );
    let missing = posted(&unsigned(&xml));
    assert_eq!(fault(verify_request_signature(&missing, &certs())), RequestFault::Signature);
    // A namespace alone does not make a signature.
    let word = posted(&request().to_xml().replace("馆际互借", crate::names::DS));
    assert!(word.signature.is_present());
    assert_eq!(fault(verify_request_signature(&word, &certs())), RequestFault::Signature);
}

#[test]
fn bad_requests_are_refused_with_the_right_blame() {
    let good = request().to_xml();
    let parse = |old: &str, new: &str| {
        assert!(good.contains(old), "{old}");
        fault(parse_authn_request(&posted(&good.replace(old, new))))
    };
    assert_eq!(parse("Version=\"2.0\"", "Version=\"1.1\""), RequestFault::Unsupported);
    assert_eq!(parse("samlp:AuthnRequest", "samlp:LogoutRequest"), RequestFault::Malformed);
    assert_eq!(parse(" ID=\"_q1\"", ""), RequestFault::Malformed);
    assert_eq!(parse("ID=\"_q1\"", "ID=\"1\""), RequestFault::Malformed);
    assert_eq!(parse("2026-11-21T10:31:05Z", "yesterday"), RequestFault::Malformed);
    assert_eq!(parse("ForceAuthn=\"true\"", "ForceAuthn=\"yes\""), RequestFault::Malformed);
    assert_eq!(parse("https://hub.test/saml/sp/metadata", ""), RequestFault::Malformed);
    assert_eq!(
        parse("ForceAuthn=", "AssertionConsumerServiceIndex=\"1\" ForceAuthn="),
        RequestFault::Malformed
    );
    assert_eq!(
        parse("<samlp:NameIDPolicy", "<!-- --><samlp:NameIDPolicy"),
        RequestFault::Malformed
    );
}

#[test]
fn the_rest_of_a_request_is_read() {
    let xml = request().to_xml().replace(
        "<samlp:NameIDPolicy AllowCreate=\"true\"></samlp:NameIDPolicy>",
        "<saml:Subject xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/><samlp:NameIDPolicy Format=\"urn:f\"/>\
         <samlp:RequestedAuthnContext Comparison=\"minimum\"><saml:AuthnContextClassRef xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"> urn:c </saml:AuthnContextClassRef></samlp:RequestedAuthnContext>",
    );
    let read = parse_authn_request(&posted(&xml)).expect("reads");
    assert!(read.has_subject);
    assert_eq!(read.name_id_policy_format.as_deref(), Some("urn:f"));
    assert_eq!(read.requested_authn_context, ["urn:c"]);
    assert_eq!(read.authn_context_comparison.as_deref(), Some("minimum"));
}

#[test]
fn an_id_that_is_no_xml_name_is_never_signed() {
    for id in ["", "1a", "a b", "a\"", "读"] {
        let mut out = answer();
        out.assertion_id = id.into();
        assert!(
            matches!(write_response(&out, idp_key(), Sign::Response), Err(SamlError::Hub(_))),
            "{id}"
        );
    }
}

#[test]
fn a_refusal_is_signed_and_carries_both_codes() {
    let out = ErrorOut {
        response_id: "_r1".into(),
        issuer: "https://idp.test/md".into(),
        destination: "https://hub.test/saml/sp/acs".into(),
        in_response_to: Some("_q1".into()),
        issue_instant: NOW,
        status: StatusCode::Responder,
        second: Some(StatusCode::NoPassive),
        message: Some("LOG-020 K7F2-9QXD".into()),
    };
    let xml = write_error_response(&out, idp_key()).expect("writes");
    assert_eq!(canonical(&xml), xml);
    assert!(xml.contains("status:Responder\"><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:NoPassive\">"));
    let document =
        crate::xml::parse(xml.as_bytes(), &crate::xml::Limits::RESPONSE).expect("parses");
    let keys = crate::signature::VerifyingKeys::new(vec![
        crate::signature::TrustedKey::from_certificate(idp_key().certificate()).expect("usable"),
    ]);
    assert!(crate::signature::verify(&document, &[document.root()], &keys).is_ok());
}

proptest! {
    #[test]
    fn whatever_a_value_holds_the_answer_verifies(value in any::<String>(), name in "\\PC{1,20}") {
        let mut out = answer();
        out.attributes = vec![AttributeOut {
            name,
            name_format: crate::name_format::BASIC.into(),
            friendly_name: None,
            values: AttrValues::Text(vec![value]),
        }];
        for sign in [Sign::Assertion, Sign::Response] {
            let xml = write_response(&out, idp_key(), sign).expect("writes");
            let document = crate::xml::parse(xml.as_bytes(), &crate::xml::Limits::RESPONSE).expect("parses");
            let root = document.root();
            let assertion = root.one(crate::names::SAML, "Assertion").expect("one").expect("there");
            let keys = crate::signature::VerifyingKeys::new(vec![
                crate::signature::TrustedKey::from_certificate(idp_key().certificate()).expect("usable"),
            ]);
            prop_assert!(crate::signature::verify(&document, &[root, assertion], &keys).is_ok());
        }
    }

    #[test]
    fn any_bytes_are_answered(xml in proptest::collection::vec(any::<u8>(), 0..200)) {
        let raw = RawRequest { xml, relay_state: None, signature: crate::RequestSignature::Enveloped };
        prop_assert!(parse_authn_request(&raw).is_err());
        prop_assert!(verify_request_signature(&raw, &certs()).is_err());
    }
}
