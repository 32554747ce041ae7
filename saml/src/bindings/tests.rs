use super::deflate::{deflate, inflate};
use super::*;
use crate::xml::Limits;
use crate::{AnswerFault, RequestFault, SamlError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Params, encode_component};
use proptest::prelude::*;

fn query(xml: &str) -> String {
    let url = redirect_url("https://idp.test/sso", MessageKind::Request, xml, None, None);
    url.expect("writes").split_once('?').expect("a query").1.to_owned()
}

fn refused(query: &str) -> String {
    match decode_redirect(query) {
        Err(SamlError::Request(RequestFault::Malformed, what)) => what.into(),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn deflate_round_trips(data in proptest::collection::vec(any::<u8>(), 0..5000)) {
        prop_assert_eq!(inflate(&deflate(&data), 5000).expect("inflates"), data);
    }

    #[test]
    fn redirect_round_trips(xml in "\\PC{0,300}", state in proptest::option::of("\\PC{0,100}")) {
        let url = redirect_url("https://idp.test/sso?a=b", MessageKind::Request, &xml, state.as_deref(), None)
            .expect("writes");
        let query = url.strip_prefix("https://idp.test/sso?").expect("its address");
        let read = decode_redirect(query).expect("reads");
        prop_assert_eq!(read.xml, xml.into_bytes());
        prop_assert_eq!(read.relay_state, state);
        prop_assert_eq!(read.signature, RequestSignature::Absent);
    }

    #[test]
    fn post_round_trips(xml in "\\PC{0,300}", state in proptest::option::of("\\PC{0,100}")) {
        let body: Vec<_> = post_fields(MessageKind::Response, &xml, state.as_deref())
            .iter()
            .map(|(n, v)| format!("{n}={}", encode_component(v)))
            .collect();
        let params = Params::parse(body.join("&").as_bytes()).expect("parses");
        let read = decode_response(&params).expect("reads");
        prop_assert_eq!(read.xml, xml.into_bytes());
        prop_assert_eq!(read.relay_state, state);
    }

    #[test]
    fn any_query_is_answered(query in "\\PC{0,200}") {
        let _ = decode_redirect(&query);
    }
}

#[test]
fn a_compression_bomb_is_refused_at_the_cap() {
    let bomb = deflate(&vec![b' '; 100 << 20]);
    assert!(bomb.len() < 200_000);
    let query = format!("SAMLRequest={}", encode_component(&STANDARD.encode(bomb)));
    assert!(refused(&query).contains("inflates to more"));
    let most = vec![b'x'; Limits::REQUEST.bytes];
    assert_eq!(inflate(&deflate(&most), Limits::REQUEST.bytes).map(|d| d.len()), Ok(most.len()));
}

#[test]
fn what_follows_the_stream_is_refused() {
    let mut data = deflate(b"<r/>");
    data.extend_from_slice(b"more");
    assert!(inflate(&data, 100).is_err());
}

#[test]
fn a_parameter_sent_twice_or_under_an_encoded_name_is_refused() {
    let good = query("<r/>");
    assert!(refused(&format!("{good}&{good}")).contains("more than once"));
    assert!(refused(&format!("{good}&RelayState=a&RelayState=b")).contains("more than once"));
    assert!(
        refused(&format!("{good}&SigAlg=a&Signature=AA%3D%3D&SigAlg=b")).contains("more than once")
    );
    assert!(refused(&format!("{good}&SAML%52equest=x")).contains("encoded name"));
    assert!(refused(&format!("{good}&Relay%53tate=x")).contains("encoded name"));
}

#[test]
fn request_and_response_together_are_refused() {
    assert!(refused(&format!("{}&SAMLResponse=x", query("<r/>"))).contains("in one query"));
    let params =
        Params::parse(b"SAMLRequest=PHIvPg%3D%3D&SAMLResponse=PHIvPg%3D%3D").expect("parses");
    assert!(decode_post(&params).is_err() && decode_response(&params).is_err());
    let twice =
        Params::parse(b"SAMLResponse=PHIvPg%3D%3D&SAMLResponse=PHIvPg%3D%3D").expect("parses");
    assert!(decode_response(&twice).is_err());
}

#[test]
fn half_a_signature_is_refused_and_an_unknown_encoding_is_not_supported() {
    let good = query("<r/>");
    assert!(refused(&format!("{good}&SigAlg=x")).contains("together"));
    assert!(refused(&format!("{good}&Signature=x")).contains("together"));
    assert!(matches!(
        decode_redirect(&format!("{good}&SAMLEncoding=urn%3Ax")),
        Err(SamlError::Request(RequestFault::Unsupported, _))
    ));
}

#[test]
fn the_signed_octets_are_those_that_were_sent() {
    // Lower-case escapes and another order, as some products write: rebuilt raw, in the binding's order.
    let raw = query("<r/>").replace("%3D", "%3d");
    let message = raw.strip_prefix("SAMLRequest=").expect("its name");
    let sent = format!("Signature=AA%3d%3d&x=1&RelayState=a%2fb+c&SigAlg=urn%3aalg&{raw}");
    let read = decode_redirect(&sent).expect("reads");
    assert_eq!(read.relay_state.as_deref(), Some("a/b c"));
    let expected = format!("SAMLRequest={message}&RelayState=a%2fb+c&SigAlg=urn%3aalg");
    assert_eq!(
        read.signature,
        RequestSignature::Detached {
            signed: expected.into_bytes(),
            algorithm: "urn:alg".to_owned(),
            value: vec![0]
        }
    );
}

#[test]
fn a_response_too_large_is_said_to_be() {
    let body = format!("SAMLResponse={}", "A".repeat(10 << 20));
    let params = Params::parse(body.as_bytes()).expect("parses");
    assert!(matches!(decode_response(&params), Err(SamlError::Answer(AnswerFault::TooLarge, _))));
}

#[test]
fn bad_base64_and_bad_deflate_are_refused() {
    assert!(refused("SAMLRequest=%21").contains("base64"));
    assert!(refused("SAMLRequest=AAAA").contains("DEFLATE"));
    assert!(refused("").contains("no SAMLRequest"));
    let params = Params::parse(b"SAMLResponse=%21").expect("parses");
    assert!(decode_response(&params).is_err());
}
