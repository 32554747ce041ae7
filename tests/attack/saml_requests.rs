//! Requests of services by SAML that must not be answered, or not there.

use crate::harness::browser::leads_to;
use crate::harness::saml::{Ask, REQUEST_ID, accept, response_xml};
use crate::harness::world::{PASSWORD, World, sign_in};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

#[tokio::test]
async fn an_acs_that_is_not_in_the_metadata_gets_nothing() {
    let world = World::new().await;
    let mut browser = world.browser();
    for acs in [
        "https://evil.test/acs",
        "https://journals.test/acs/",
        "https://journals.test/acs?x",
        "https://journals.test.evil.test/acs",
        "http://journals.test/acs",
    ] {
        let address = Ask { acs, ..Ask::default() }.address(&world.clock);
        let seen = browser.get(&address).await;
        assert!(!seen.outside && seen.body.contains("SAML-062"), "{acs}: {}", seen.body);
        assert!(!leads_to(&seen, "evil.test"), "the page leads to the attacker");
    }
}

#[tokio::test]
async fn an_unknown_service_is_refused_without_a_way_back() {
    let world = World::new().await;
    let mut browser = world.browser();
    let address =
        Ask { issuer: "https://evil.test/metadata", ..Ask::default() }.address(&world.clock);
    let seen = browser.get(&address).await;
    assert!(!seen.outside && seen.body.contains("SAML-061"), "{}", seen.body);
}

#[tokio::test]
async fn a_request_meant_for_another_is_refused() {
    let world = World::new().await;
    let mut browser = world.browser();
    let address =
        Ask { destination: "https://other.test/sso", ..Ask::default() }.address(&world.clock);
    let seen = browser.get(&address).await;
    assert!(seen.body.contains("SAML-063"), "{}", seen.body);
}

#[tokio::test]
async fn an_old_request_is_refused() {
    let world = World::new().await;
    let mut browser = world.browser();
    let address = Ask::default().address(&world.clock);
    world.clock.forward_s(3600);
    let seen = browser.get(&address).await;
    assert!(seen.body.contains("SAML-065"), "{}", seen.body);
}

#[tokio::test]
async fn a_parameter_sent_twice_is_refused() {
    let world = World::new().await;
    let mut browser = world.browser();
    let good = Ask::default().address(&world.clock);
    let other = Ask { id: "_second", ..Ask::default() }.address(&world.clock);
    let second = other.split("SAMLRequest=").nth(1).expect("a request");
    let second = second.split('&').next().expect("a value");
    for bad in [
        format!("{good}&SAMLRequest={second}"),
        format!("{good}&RelayState=two"),
        format!("{good}&SAMLResponse={second}"),
    ] {
        let seen = browser.get(&bad).await;
        assert!(!seen.outside && seen.status.is_client_error(), "{}: {}", seen.status, seen.body);
    }
}

#[tokio::test]
async fn a_compression_bomb_is_refused_in_bounded_memory() {
    use std::io::Write as _;
    let world = World::new().await;
    let mut browser = world.browser();
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..24 {
        deflate.write_all(&vec![b' '; 1 << 20]).expect("memory");
    }
    let bomb = STANDARD.encode(deflate.finish().expect("memory"));
    let query: String = url::form_urlencoded::byte_serialize(bomb.as_bytes()).collect();
    let seen = browser.get(&format!("https://hub.test/saml/idp/sso?SAMLRequest={query}")).await;
    assert!(seen.status.is_client_error(), "{}", seen.status);
    assert!(seen.body.contains("SAML-06") || seen.body.contains("WEB-0"), "{}", seen.body);
}

#[tokio::test]
async fn is_passive_without_a_session_is_answered_at_once_and_signed() {
    let world = World::new().await;
    let mut browser = world.browser();
    let seen = browser.get(&Ask { passive: true, ..Ask::default() }.address(&world.clock)).await;
    assert!(seen.outside, "{}", seen.body);
    let xml = String::from_utf8(response_xml(&seen)).expect("UTF-8");
    assert!(xml.contains("status:NoPassive"), "{xml}");
    assert!(xml.contains("<ds:Signature"), "{xml}");
}

#[tokio::test]
async fn force_authn_asks_again_though_a_session_runs() {
    let world = World::new().await;
    let mut browser = world.browser();
    let address = format!("{}&member=union", Ask::default().address(&world.clock));
    let page = browser.get(&address).await;
    let arrived = sign_in(&mut browser, &page, "reader-a", PASSWORD).await;
    let first = accept(&mut browser, &world.clock, &arrived, REQUEST_ID).await;
    assert!(first.name_id.is_some());
    let force = Ask { id: "_force", force: true, ..Ask::default() };
    let again = browser.get(&format!("{}&member=union", force.address(&world.clock))).await;
    assert!(!again.outside && again.body.contains("type=\"password\""), "{}", again.body);
}

#[tokio::test]
async fn the_answer_names_its_own_audience_and_hides_the_reader() {
    let world = World::new().await;
    let mut browser = world.browser();
    let address = format!("{}&member=union", Ask::default().address(&world.clock));
    let page = browser.get(&address).await;
    let arrived = sign_in(&mut browser, &page, "reader-a", PASSWORD).await;
    let assertion = accept(&mut browser, &world.clock, &arrived, REQUEST_ID).await;
    let name = assertion.name_id.as_ref().expect("a NameID");
    assert!(!name.value.contains("reader-a"));
    let xml = String::from_utf8(response_xml(&arrived)).expect("UTF-8");
    assert!(!xml.contains("@mail.test"), "mail was not in the release list: {xml}");
}
