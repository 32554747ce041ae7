//! Queries and forms to the bindings, and on to the AuthnRequest that they carry.
//! The first byte chooses: a query, a form, or the bare XML of a request, since nobody finds
//! another good one through DEFLATE and base64.

use crate::fixtures::{NOW, SIGNED_REQUEST, SP_ACS, SP_XML, SSO};
use model::Params;
use saml::{
    AuthnRequest, MessageKind, RawRequest, RequestSignature, SpMetadata, decode_post,
    decode_redirect, decode_response, parse_authn_request, parse_metadata, post_fields,
    redirect_url, verify_request_signature,
};
use sp_proxy::fuzzing::answer_address;
use std::sync::LazyLock;

static SP: LazyLock<SpMetadata> = LazyLock::new(|| {
    parse_metadata(SP_XML.as_bytes()).expect("metadata").remove(0).sp.expect("a service")
});

/// The one request that the service's key, which was not kept, has signed.
static GOOD: LazyLock<AuthnRequest> = LazyLock::new(|| {
    let raw = decode_redirect(SIGNED_REQUEST.trim()).expect("a request");
    assert_eq!(answer_address(&raw, &SP, SSO, NOW).as_deref(), Some(SP_ACS));
    (*verify_request_signature(&raw, &SP.signing_certs).expect("signed")).clone()
});

/// One input.
pub fn run(data: &[u8]) {
    let Some((kind, text)) = data.split_first() else { return };
    if kind % 3 == 2 {
        for signature in [RequestSignature::Absent, RequestSignature::Enveloped] {
            request(&RawRequest { xml: text.to_vec(), relay_state: None, signature });
        }
        return;
    }
    let Ok(text) = std::str::from_utf8(text) else { return };
    if kind % 3 == 0 {
        if let Ok(raw) = decode_redirect(text) {
            travels_again(&raw);
            request(&raw);
        }
        return;
    }
    let Ok(params) = Params::parse(text.as_bytes()) else { return };
    if let Ok(raw) = decode_post(&params) {
        request(&raw);
    }
    if let Ok(raw) = decode_response(&params)
        && let Ok(xml) = std::str::from_utf8(&raw.xml)
    {
        let fields = post_fields(MessageKind::Response, xml, raw.relay_state.as_deref());
        let form: Vec<_> =
            fields.iter().map(|(n, v)| format!("{n}={}", model::encode_component(v))).collect();
        let again = Params::parse(form.join("&").as_bytes()).expect("our own form");
        let again = decode_response(&again).expect("our own answer");
        assert_eq!((again.xml, again.relay_state), (raw.xml, raw.relay_state));
    }
}

/// What came out goes in again as it was.
fn travels_again(raw: &RawRequest) {
    let Ok(xml) = std::str::from_utf8(&raw.xml) else { return };
    let state = raw.relay_state.as_deref();
    let url = redirect_url("https://x.test/", MessageKind::Request, xml, state, None);
    let url = url.expect("an address");
    let (_, query) = url.split_once('?').expect("a query");
    let again = decode_redirect(query).expect("our own request");
    assert_eq!((&again.xml, &again.relay_state), (&raw.xml, &raw.relay_state));
}

fn request(raw: &RawRequest) {
    let _ = parse_authn_request(raw);
    if let Ok(verified) = verify_request_signature(raw, &SP.signing_certs) {
        assert_eq!(*verified, *GOOD, "believed, and never signed");
    }
    if let Some(acs) = answer_address(raw, &SP, SSO, NOW) {
        assert_eq!(acs, SP_ACS, "answered at an address that is not in the metadata");
    }
}
