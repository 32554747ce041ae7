//! What travels with the browser while a login is under way.

use crate::harness::oidc::{authorize, code_of};
use crate::harness::saml::{acme_answer, asked_of_acme, post_to_acs, signed};
use crate::harness::world::{HUB, PASSWORD, World, acme_key, sign_in};

fn state_cookie(browser: &crate::harness::Browser) -> (String, String) {
    let name = browser
        .cookie_names("hub.test")
        .into_iter()
        .find(|n| n.starts_with("__Host-rp_s_"))
        .expect("a state cookie")
        .to_owned();
    let value = browser.cookie("hub.test", &name).expect("kept").to_owned();
    (name, value)
}

#[tokio::test]
async fn another_browser_cannot_finish_the_login() {
    let world = World::new().await;
    let mut victim = world.browser();
    let asked = asked_of_acme(&victim.get(&authorize(&[("member", "acme")])).await);
    let xml = signed(&acme_answer(&world.clock, Some(&asked.id)), acme_key());
    // The attacker's answer in a browser without the cookies: login CSRF.
    let mut other = world.browser();
    let seen = post_to_acs(&mut other, &xml, Some(&asked.relay_state)).await;
    assert!(!seen.outside && seen.status.is_client_error(), "{}", seen.body);
    assert!(seen.body.contains("LOG-006") || seen.body.contains("LOG-001"), "{}", seen.body);
    // With the state cookie but another binding cookie.
    let (name, value) = state_cookie(&victim);
    let mut thief = world.browser();
    thief.get(&authorize(&[("member", "acme")])).await;
    thief.set_cookie("hub.test", &name, &value);
    let seen = post_to_acs(&mut thief, &xml, Some(&asked.relay_state)).await;
    assert!(!seen.outside && seen.status.is_client_error(), "{}", seen.body);
}

#[tokio::test]
async fn forged_and_foreign_state_is_refused() {
    let world = World::new().await;
    let other_hub = World::apart().await;
    let mut browser = world.browser();
    let page = browser.get(&authorize(&[("member", "union")])).await;
    let (name, value) = state_cookie(&browser);
    let mut foreign = other_hub.browser();
    foreign.get(&authorize(&[("member", "union")])).await;
    let flipped: String = value
        .char_indices()
        .map(|(i, c)| if i == value.len() / 2 { if c == 'A' { 'B' } else { 'A' } } else { c })
        .collect();
    for forged in [flipped, "x".to_owned(), "A".repeat(4000), state_cookie(&foreign).1] {
        browser.set_cookie("hub.test", &name, &forged);
        let seen = sign_in(&mut browser, &page, "reader-a", PASSWORD).await;
        assert!(!seen.outside && seen.status.is_client_error(), "{}: {}", seen.status, seen.body);
        assert!(seen.body.contains("LOG-00"), "{}", seen.body);
    }
    browser.set_cookie("hub.test", &name, &value);
    code_of(&sign_in(&mut browser, &page, "reader-a", PASSWORD).await);
}

#[tokio::test]
async fn a_login_that_takes_too_long_has_expired() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get(&authorize(&[("member", "union")])).await;
    world.clock.forward_s(601);
    let seen = sign_in(&mut browser, &page, "reader-a", PASSWORD).await;
    assert!(seen.body.contains("LOG-003"), "{}", seen.body);
}

#[tokio::test]
async fn the_form_of_a_finished_login_cannot_be_sent_again() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get(&authorize(&[("member", "union")])).await;
    let saved = state_cookie(&browser);
    code_of(&sign_in(&mut browser, &page, "reader-a", PASSWORD).await);
    // Back button, and the cookies of that moment.
    browser.set_cookie("hub.test", &saved.0, &saved.1);
    let seen = sign_in(&mut browser, &page, "reader-a", PASSWORD).await;
    assert!(!seen.outside && seen.status.is_client_error(), "{}: {}", seen.status, seen.url);
    assert!(seen.body.contains("LOG-00"), "{}", seen.body);
}

#[tokio::test]
async fn two_tabs_do_not_collide() {
    let world = World::new().await;
    let mut browser = world.browser();
    let first = browser.get(&authorize(&[("member", "union"), ("state", "first-tab")])).await;
    let second = browser.get(&authorize(&[("member", "union"), ("state", "second-tab")])).await;
    let one = sign_in(&mut browser, &first, "reader-a", PASSWORD).await;
    assert_eq!(one.query("state").as_deref(), Some("first-tab"), "{}", one.body);
    let two = sign_in(&mut browser, &second, "reader-a", PASSWORD).await;
    assert_eq!(two.query("state").as_deref(), Some("second-tab"), "{}", two.body);
}

#[tokio::test]
async fn a_third_tab_forgets_the_oldest_and_says_so() {
    let world = World::new().await;
    let mut browser = world.browser();
    let mut pages = Vec::new();
    for state in ["tab-one", "tab-two", "tab-three"] {
        pages.push(browser.get(&authorize(&[("member", "union"), ("state", state)])).await);
        world.clock.forward_s(1);
    }
    let states = browser.cookie_names("hub.test");
    assert!(states.iter().filter(|n| n.starts_with("__Host-rp_s_")).count() == 2, "{states:?}");
    let seen = sign_in(&mut browser, &pages[0], "reader-a", PASSWORD).await;
    assert!(seen.body.contains("LOG-001"), "{}", seen.body);
    let seen = sign_in(&mut browser, &pages[2], "reader-a", PASSWORD).await;
    assert_eq!(seen.query("state").as_deref(), Some("tab-three"), "{}", seen.body);
}

#[tokio::test]
async fn a_browser_that_refuses_cookies_is_told_so() {
    let world = World::new().await;
    let mut browser = world.browser();
    browser.refuses_cookies = true;
    let page = browser.get(&authorize(&[("member", "union")])).await;
    let seen = sign_in(&mut browser, &page, "reader-a", PASSWORD).await;
    assert!(seen.body.contains("LOG-006"), "{}", seen.body);
}

#[tokio::test]
async fn starting_logins_writes_nothing() {
    let world = World::new().await;
    let size = || {
        let data = world.hub.folder.path().join("data");
        let files = std::fs::read_dir(data).expect("a folder").flatten();
        files.map(|f| f.metadata().expect("metadata").len()).sum::<u64>()
    };
    let mut warm = world.browser();
    warm.get(&authorize(&[])).await;
    let before = size();
    for _ in 0..50 {
        let mut browser = world.browser();
        let page = browser.get(&authorize(&[])).await;
        browser.click(&page, &page.link("member=nju")).await;
    }
    assert_eq!(size(), before, "starting a login wrote to disk");
}

#[tokio::test]
async fn a_long_state_survives_the_login() {
    let world = World::new().await;
    let mut browser = world.browser();
    let long = "s".repeat(4000);
    let page = browser.get(&authorize(&[("member", "union"), ("state", &long)])).await;
    let seen = sign_in(&mut browser, &page, "reader-a", PASSWORD).await;
    assert_eq!(seen.query("state").as_deref(), Some(long.as_str()), "{}", seen.url);
    let huge = "s".repeat(20_000);
    let seen = browser.get(&authorize(&[("prompt", "login"), ("state", &huge)])).await;
    assert!(!seen.outside && seen.status.is_client_error(), "{}", seen.status);
}

#[tokio::test]
async fn host_and_forwarded_headers_name_nothing() {
    use axum::body::Body;
    use http::Request;
    let world = World::new().await;
    let request = Request::get("/.well-known/openid-configuration")
        .header("host", "evil.test")
        .header("x-forwarded-host", "evil.test")
        .header("x-forwarded-proto", "http")
        .body(Body::empty())
        .expect("a request");
    let answer = crate::harness::oidc::machine(&world.hub.router, request).await;
    assert_eq!(answer.json["issuer"], HUB);
    assert!(!answer.json.to_string().contains("evil.test"));
}
