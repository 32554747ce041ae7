//! Services that speak SAML, from both kinds of member.

use crate::harness::oidc::{authorize, code_of};
use crate::harness::saml::{
    Ask, REQUEST_ID, accept, answer_as_acme, asked_of_acme, response_xml, value,
};
use crate::harness::world::{PASSWORD, World, sign_in};

#[tokio::test]
async fn a_campus_reader_reaches_a_saml_service_and_the_relay_state_comes_back() {
    let world = World::new().await;
    let mut browser = world.browser();
    let discovery = browser.get(&Ask::default().address(&world.clock)).await;
    let form = browser.click(&discovery, &discovery.link("member=nju")).await;
    let arrived = sign_in(&mut browser, &form, "reader-jia", PASSWORD).await;
    assert_eq!(arrived.posted("RelayState"), Some("relay-of-this-test"), "{}", arrived.body);
    let assertion = accept(&mut browser, &world.clock, &arrived, REQUEST_ID).await;
    assert_eq!(value(&assertion, "member"), ["nju"]);
    assert_eq!(
        value(&assertion, saml::attr::SCOPED_AFFILIATION),
        ["student@nju.test"],
        "{}",
        String::from_utf8_lossy(&response_xml(&arrived))
    );
}

#[tokio::test]
async fn one_login_serves_a_saml_and_an_oidc_service() {
    let world = World::new().await;
    let mut browser = world.browser();
    let asked = asked_of_acme(&browser.get(&authorize(&[("member", "acme")])).await);
    code_of(&answer_as_acme(&mut browser, &world.clock, &asked).await);
    let arrived = browser.get(&Ask::default().address(&world.clock)).await;
    let assertion = accept(&mut browser, &world.clock, &arrived, REQUEST_ID).await;
    assert_eq!(value(&assertion, "member"), ["acme"]);
}

#[tokio::test]
async fn a_central_reader_reaches_a_saml_service_by_a_posted_request() {
    use base64::Engine as _;
    let world = World::new().await;
    let mut browser = world.browser();
    let xml = Ask::default().xml(&world.clock);
    let encoded = base64::engine::general_purpose::STANDARD.encode(xml);
    let fields = [("SAMLRequest", encoded.as_str()), ("RelayState", "r")];
    let page = browser
        .post("https://hub.test/saml/idp/sso?member=union", &fields, "https://journals.test/")
        .await;
    let arrived = sign_in(&mut browser, &page, "reader-a", PASSWORD).await;
    let assertion = accept(&mut browser, &world.clock, &arrived, REQUEST_ID).await;
    assert_eq!(value(&assertion, "member"), ["union"]);
}
