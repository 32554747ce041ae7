//! A service that does not take its answer and asks again at once (P16).

use crate::harness::browser::{Browser, Seen};
use crate::harness::oidc::{authorize, code_of};
use crate::harness::saml::{Ask, accept, value};
use crate::harness::world::{HUB, PASSWORD, World, sign_in};
use base64::Engine as _;

async fn logged_in(world: &World) -> Browser {
    let mut browser = world.browser();
    let form = browser.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut browser, &form, "reader-a", PASSWORD).await);
    browser
}

/// The page says which service it is, what to do, and what to quote.
fn stopped(seen: &Seen, service: &str) {
    assert!(!seen.outside && seen.status == 403, "{}: {}", seen.status, seen.url);
    for said in ["LOG-035", service, "仍然继续一次"] {
        assert!(seen.body.contains(said), "`{said}` is missing:\n{}", seen.body);
    }
    assert!(seen.login_code().is_some(), "{}", seen.body);
}

#[tokio::test]
async fn a_service_that_goes_round_in_a_circle_is_stopped_and_honest_use_is_not() {
    let world = World::new().await;
    let mut browser = logged_in(&world).await;
    // One after the other, as a client that drops its own session cookie does.
    for _ in 0..5 {
        world.clock.forward_s(2);
        code_of(&browser.get(&authorize(&[])).await);
    }
    let seen = browser.get(&authorize(&[])).await;
    stopped(&seen, "馆际互借");
    // Another service is answered, also now.
    let arrived = browser.get(&Ask::default().address(&world.clock)).await;
    assert!(arrived.posted("SAMLResponse").is_some(), "{}", arrived.body);
    // Where nobody is to be asked, the error goes back by name.
    let silent = browser.get(&authorize(&[("prompt", "none")])).await;
    assert_eq!(silent.query("error").as_deref(), Some("interaction_required"), "{}", silent.url);
    // The button goes on, once.
    let pressed = browser.submit(&seen, &seen.form("handle")).await;
    code_of(&pressed);
    stopped(&browser.get(&authorize(&[])).await, "馆际互借");
    // At the pace of a person it is never stopped.
    for _ in 0..8 {
        world.clock.forward_s(11);
        code_of(&browser.get(&authorize(&[])).await);
    }
}

#[tokio::test]
async fn a_saml_service_that_goes_round_in_a_circle_is_stopped() {
    let world = World::new().await;
    let mut browser = logged_in(&world).await;
    let ids: Vec<String> = (0..8).map(|n| format!("_round-{n}")).collect();
    let ask =
        |n: usize, passive| Ask { id: &ids[n], passive, ..Ask::default() }.address(&world.clock);
    for (n, id) in ids.iter().enumerate().take(5) {
        let arrived = browser.get(&ask(n, false)).await;
        let assertion = accept(&mut browser, &world.clock, &arrived, id).await;
        assert_eq!(value(&assertion, "member"), ["union"]);
    }
    let seen = browser.get(&ask(5, false)).await;
    stopped(&seen, "外文期刊");
    let passive = browser.get(&ask(6, true)).await;
    let error = String::from_utf8(crate::harness::saml::response_xml(&passive)).expect("XML");
    assert!(error.contains("NoPassive"), "{error}");
    let arrived = browser.submit(&seen, &seen.form("handle")).await;
    let assertion = accept(&mut browser, &world.clock, &arrived, &ids[5]).await;
    assert_eq!(value(&assertion, "member"), ["union"]);
    // By POST it is the same.
    let xml = Ask { id: &ids[7], ..Ask::default() }.xml(&world.clock);
    let encoded = base64::engine::general_purpose::STANDARD.encode(xml);
    let address = format!("{HUB}/saml/idp/sso");
    let fields = [("SAMLRequest", encoded.as_str())];
    stopped(&browser.post(&address, &fields, "https://journals.test/").await, "外文期刊");
}
