//! Answers that nobody asked for (rule 5).

use crate::harness::oidc::{authorize, code_of};
use crate::harness::saml::{acme_answer, asked_of_acme, post_to_acs, signed};
use crate::harness::world::{HUB, PASSWORD, World, acme_key, sign_in};

#[tokio::test]
async fn a_registered_start_leads_to_its_service_and_once_only() {
    let world = World::new().await;
    let mut browser = world.browser();
    let xml = signed(&acme_answer(&world.clock, None), acme_key());
    let seen = post_to_acs(&mut browser, &xml, Some("ill")).await;
    assert!(seen.outside || seen.status.is_success(), "{}: {}", seen.status, seen.body);
    assert!(!seen.body.contains("LOG-0"), "{}", seen.body);
    let again = post_to_acs(&mut world.browser(), &xml, Some("ill")).await;
    assert!(again.body.contains("SAML-017") || again.body.contains("LOG-004"), "{}", again.body);
}

#[tokio::test]
async fn a_target_that_is_not_on_the_list_is_refused() {
    let world = World::new().await;
    for target in ["journals", "portal", "https://evil.test/", "desk", ""] {
        let mut browser = world.browser();
        let xml = signed(&acme_answer(&world.clock, None), acme_key());
        let relay = (!target.is_empty()).then_some(target);
        let seen = post_to_acs(&mut browser, &xml, relay).await;
        assert!(!seen.outside, "{target} was reached");
        assert!(seen.body.contains("LOG-030"), "{target}: {}", seen.body);
        assert!(browser.cookie("hub.test", "__Host-rp_sid").is_none(), "{target}: a session");
    }
}

#[tokio::test]
async fn a_member_without_the_permission_cannot_start() {
    let world = World::new().await;
    world.hub.change("members/acme.toml", "unsolicited = [\"ill\"]\n", "").await;
    let mut browser = world.browser();
    let xml = signed(&acme_answer(&world.clock, None), acme_key());
    let seen = post_to_acs(&mut browser, &xml, Some("ill")).await;
    assert!(seen.body.contains("LOG-030"), "{}", seen.body);
}

#[tokio::test]
async fn a_suspended_member_cannot_start_from_outside_either() {
    let world = World::new().await;
    world.hub.change("members/acme.toml", "status = \"live\"", "status = \"suspended\"").await;
    let mut browser = world.browser();
    let xml = signed(&acme_answer(&world.clock, None), acme_key());
    let seen = post_to_acs(&mut browser, &xml, Some("ill")).await;
    assert!(!seen.outside && seen.body.contains("LOG-013"), "{}", seen.body);
}

#[tokio::test]
async fn it_never_continues_a_login_in_flight() {
    let world = World::new().await;
    let mut browser = world.browser();
    let asked = asked_of_acme(&browser.get(&authorize(&[("member", "acme")])).await);
    let xml = signed(&acme_answer(&world.clock, None), acme_key());
    let seen = post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await;
    assert!(!seen.outside && seen.status.is_client_error(), "{}: {}", seen.status, seen.body);
}

#[tokio::test]
async fn it_never_replaces_another_persons_session_without_a_press() {
    let world = World::new().await;
    let mut browser = world.browser();
    let form = browser.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut browser, &form, "reader-a", PASSWORD).await);
    let before = browser.cookie("hub.test", "__Host-rp_sid").expect("a session").to_owned();
    let xml = signed(&acme_answer(&world.clock, None), acme_key());
    let seen = post_to_acs(&mut browser, &xml, Some("ill")).await;
    assert_eq!(browser.cookie("hub.test", "__Host-rp_sid"), Some(before.as_str()));
    assert!(!seen.outside, "it went on without a press");
    // The press of the button, from our own page only.
    let confirm = crate::harness::html::forms(&seen.body)
        .into_iter()
        .find(|f| f.action.contains("/login/confirm"))
        .unwrap_or_else(|| panic!("no button:\n{}", seen.body));
    let fields: Vec<_> = confirm.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let forged = browser.post(&format!("{HUB}/login/confirm"), &fields, "https://evil.test/").await;
    assert!(!forged.outside && forged.status.is_client_error(), "{}", forged.body);
    let pressed = browser.submit(&seen, &confirm).await;
    assert!(pressed.outside, "{}", pressed.body);
    assert_ne!(browser.cookie("hub.test", "__Host-rp_sid"), Some(before.as_str()));
}
