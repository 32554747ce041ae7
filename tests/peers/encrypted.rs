//! Encrypted assertions, from real programs and to them.

use super::consortium::{Consortium, Manner, SAML_SERVICES};
use super::forged::{deliver, held_back, is_refused};
use super::installed::is_ready;
use super::library::{LOGIN, Library, PASSWORD, sign_in};
use super::service::Service;
use crate::harness::Seen;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::code;

/// What a login at `library` posts to the hub, and what the hub answers to it.
async fn answered(library: Library, manner: Manner) -> Option<(Consortium, String, Seen)> {
    if !is_ready(library) {
        return None;
    }
    let all = Consortium::start_as(library, manner).await;
    let mut reader = all.reader();
    reader.stops_before = Some(format!("{}/saml/sp/acs", all.hub.url));
    let form = library.form(&all, &mut reader, Service::NodeKey).await;
    let held = sign_in(&mut reader, &form, LOGIN, PASSWORD).await;
    assert!(held.outside, "{}: {}", held.url, held.body);
    reader.stops_before = None;
    let origin = form.url.origin().ascii_serialization();
    let seen = deliver(&mut reader, &held, held.posted.clone(), &origin).await;
    Some((all, message(&held), seen))
}

fn message(held: &Seen) -> String {
    let encoded = held.posted("SAMLResponse").expect("a response").replace(['\r', '\n'], "");
    let xml = String::from_utf8(STANDARD.decode(encoded).expect("base64")).expect("text");
    assert!(xml.contains("EncryptedAssertion") && !xml.contains("0001@"), "in the clear: {xml}");
    xml
}

#[tokio::test]
async fn simplesamlphp_encrypts_with_cbc_and_is_accepted_by_the_flag() {
    let manner = Manner { encrypts: Some("cbc"), accept_cbc: true, ..Manner::default() };
    let Some((all, xml, seen)) = answered(Library::SimpleSamlPhp, manner).await else { return };
    assert!(xml.contains("xmlenc#aes128-cbc"), "{xml}");
    Service::NodeKey.welcomes(&seen, Library::SimpleSamlPhp, &all.hub.url);
}

#[tokio::test]
async fn simplesamlphp_encrypts_with_cbc_and_is_refused_without_the_flag() {
    let manner = Manner { encrypts: Some("cbc"), ..Manner::default() };
    let Some((_all, _, seen)) = answered(Library::SimpleSamlPhp, manner).await else { return };
    is_refused(&seen, code::SAML_ALGORITHM);
}

#[tokio::test]
async fn pysaml2_with_a_template_of_aes_256_gcm_is_accepted() {
    let manner = Manner { encrypts: Some("aes256-gcm"), ..Manner::default() };
    let Some((all, xml, seen)) = answered(Library::Pysaml2, manner).await else { return };
    assert!(xml.contains("xmlenc11#aes256-gcm"), "{xml}");
    Service::NodeKey.welcomes(&seen, Library::Pysaml2, &all.hub.url);
}

#[tokio::test]
async fn pysaml2_as_it_comes_encrypts_with_3des_and_is_refused_whatever_the_flag() {
    let manner = Manner { encrypts: Some("3des"), accept_cbc: true, ..Manner::default() };
    let Some((_all, xml, seen)) = answered(Library::Pysaml2, manner).await else { return };
    assert!(xml.contains("xmlenc#tripledes-cbc"), "{xml}");
    is_refused(&seen, code::SAML_ALGORITHM);
}

#[tokio::test]
async fn pysaml2_and_node_saml_read_what_the_hub_encrypts() {
    if !is_ready(Library::Central) {
        return;
    }
    let manner = Manner { services_decrypt: true, ..Manner::default() };
    let all = Consortium::start_as(Library::Central, manner).await;
    for service in SAML_SERVICES {
        let (mut reader, held) = held_back(&all, service).await;
        assert!(message(&held).contains("xmlenc11#aes256-gcm"));
        let arrived = deliver(&mut reader, &held, held.posted.clone(), &all.hub.url).await;
        service.welcomes(&arrived, Library::Central, &all.hub.url);
    }
}
