//! Sessions: their lives, their ends, and guesses at passwords (rules 2, 12, 13).

use crate::harness::browser::leads_to;
use crate::harness::oidc::{authorize, claims, code_of, redeem, userinfo};
use crate::harness::world::{HUB, PASSWORD, World, sign_in};
use crate::harness::{Browser, Seen};

async fn logged_in(world: &World) -> Browser {
    let mut browser = world.browser();
    let form = browser.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut browser, &form, "reader-a", PASSWORD).await);
    browser
}

fn asked_again(seen: &Seen) -> bool {
    !seen.outside && seen.status.is_success()
}

#[tokio::test]
async fn a_session_ends_after_an_hour_of_idleness() {
    let world = World::new().await;
    let mut browser = logged_in(&world).await;
    world.clock.forward_s(3500);
    code_of(&browser.get(&authorize(&[])).await);
    world.clock.forward_s(3500);
    code_of(&browser.get(&authorize(&[])).await);
    world.clock.forward_s(3700);
    assert!(asked_again(&browser.get(&authorize(&[])).await));
}

#[tokio::test]
async fn a_session_ends_after_eight_hours_whatever_happens() {
    let world = World::new().await;
    let mut browser = logged_in(&world).await;
    for _ in 0..15 {
        world.clock.forward_s(1900);
        code_of(&browser.get(&authorize(&[])).await);
    }
    world.clock.forward_s(1900);
    assert!(asked_again(&browser.get(&authorize(&[])).await), "it lived past 8 h");
}

#[tokio::test]
async fn a_shared_computer_ends_with_the_browser_and_after_a_quarter_of_an_hour() {
    let world = World::new().await;
    let mut browser = world.browser();
    // A reading room of nju.
    browser.address = std::net::SocketAddr::from(([192, 0, 2, 200], 40_000));
    let discovery = browser.get(&authorize(&[])).await;
    let form = browser.click(&discovery, &discovery.link("member=nju")).await;
    code_of(&sign_in(&mut browser, &form, "reader-jia", PASSWORD).await);
    assert!(browser.cookie("hub.test", "__Host-rp_recent").is_none(), "it remembers the library");
    world.clock.forward_s(16 * 60);
    let mut plain = world.net();
    plain.0.remove("nju.test");
    browser.net = plain;
    assert!(asked_again(&browser.get(&authorize(&[])).await));
}

#[tokio::test]
async fn a_guessed_or_malformed_session_cookie_opens_nothing() {
    let world = World::new().await;
    for value in ["guess", "", "%%%", "a b", &"x".repeat(3000)] {
        let mut browser = world.browser();
        browser.set_cookie("hub.test", "__Host-rp_sid", value);
        let seen = browser.get(&authorize(&[])).await;
        assert!(asked_again(&seen), "{value}: {} {}", seen.status, seen.url);
    }
}

#[tokio::test]
async fn every_login_gets_a_fresh_session_id() {
    let world = World::new().await;
    let mut browser = logged_in(&world).await;
    let before = browser.cookie("hub.test", "__Host-rp_sid").expect("a session").to_owned();
    let form = browser.get(&authorize(&[("prompt", "login"), ("member", "union")])).await;
    code_of(&sign_in(&mut browser, &form, "reader-a", PASSWORD).await);
    let after = browser.cookie("hub.test", "__Host-rp_sid").expect("a session").to_owned();
    assert_ne!(before, after, "session fixation");
    let mut thief = world.browser();
    thief.set_cookie("hub.test", "__Host-rp_sid", &before);
    assert!(asked_again(&thief.get(&authorize(&[])).await), "the old session lives on");
}

#[tokio::test]
async fn logout_ends_the_session_everywhere_we_can_and_says_what_we_cannot() {
    let world = World::new().await;
    let mut browser = world.browser();
    let form = browser.get(&authorize(&[("member", "union")])).await;
    let code = code_of(&sign_in(&mut browser, &form, "reader-a", PASSWORD).await);
    let tokens = redeem(&world.hub, &code).await;
    let access = tokens.json["access_token"].as_str().expect("a token").to_owned();
    let sid = browser.cookie("hub.test", "__Host-rp_sid").expect("a session").to_owned();
    let page = browser.get(&format!("{HUB}/logout")).await;
    let form = crate::harness::html::forms(&page.body)
        .into_iter()
        .find(|f| f.method.eq_ignore_ascii_case("post"))
        .expect("a button");
    let fields: Vec<_> = form.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let forged = browser.post(&format!("{HUB}/logout"), &fields, "https://evil.test/").await;
    assert!(forged.status.is_client_error(), "another site logs readers out: {}", forged.body);
    let done = browser.submit(&page, &form).await;
    assert!(done.status.is_success(), "{}", done.body);
    assert!(done.body.contains("馆际互借"), "the report names the service:\n{}", done.body);
    assert!(browser.cookie("hub.test", "__Host-rp_sid").is_none());
    browser.set_cookie("hub.test", "__Host-rp_sid", &sid);
    assert!(asked_again(&browser.get(&authorize(&[])).await), "the session lives on");
    assert_eq!(userinfo(&world.hub, &access).await.status, 401, "its tokens live on");
}

#[tokio::test]
async fn rp_initiated_logout_goes_back_to_a_registered_address_only() {
    let world = World::new().await;
    let mut browser = world.browser();
    let form = browser.get(&authorize(&[("member", "union")])).await;
    let code = code_of(&sign_in(&mut browser, &form, "reader-a", PASSWORD).await);
    let tokens = redeem(&world.hub, &code).await;
    let hint = tokens.json["id_token"].as_str().expect("a token").to_owned();
    assert_eq!(claims(&hint)["aud"], "ill");
    let address = |back: &str| {
        url::Url::parse_with_params(
            &format!("{HUB}/oauth2/end_session"),
            [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", back), ("state", "s1")],
        )
        .expect("an address")
        .to_string()
    };
    let evil = browser.get(&address("https://evil.test/")).await;
    assert!(!evil.outside && !leads_to(&evil, "evil.test"), "{}: {}", evil.url, evil.body);
    let seen = browser.get(&address("https://ill.test/bye")).await;
    // The report first, or at once: either way the address is the registered one, with state.
    let back = if seen.outside { seen.url.to_string() } else { seen.link("https://ill.test/bye") };
    assert!(back.starts_with("https://ill.test/bye") && back.contains("state=s1"), "{back}");
    assert!(browser.cookie("hub.test", "__Host-rp_sid").is_none(), "{}", seen.body);
}

#[tokio::test]
async fn guesses_at_a_password_are_counted_and_stop_the_right_one_too() {
    let world = World::new().await;
    let mut said = String::new();
    for n in 0..40 {
        let mut browser = world.browser();
        browser.address = std::net::SocketAddr::from(([198, 51, 100, n], 40_000));
        let page = browser.get(&authorize(&[("member", "union")])).await;
        said = sign_in(&mut browser, &page, "reader-a", "wrong-password-guess").await.body;
        if said.contains("ACC-002") {
            break;
        }
        assert!(said.contains("ACC-001") || said.contains("不正确"), "{said}");
    }
    assert!(said.contains("ACC-002"), "40 guesses went through");
    let mut browser = world.browser();
    let page = browser.get(&authorize(&[("member", "union")])).await;
    let right = sign_in(&mut browser, &page, "reader-a", PASSWORD).await;
    assert!(!right.outside, "the lock does not hold the right password");
    // Another reader is not held up.
    let mut other = world.browser();
    let page = other.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut other, &page, "reader-b", PASSWORD).await);
    world.clock.forward_s(3600);
    let page = browser.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut browser, &page, "reader-a", PASSWORD).await);
}

#[tokio::test]
async fn a_wrong_password_keeps_the_login_name_and_never_the_password() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get(&authorize(&[("member", "union")])).await;
    let seen = sign_in(&mut browser, &page, "reader-a", "not-the-password-77").await;
    assert_eq!(seen.form("password").field("username"), Some("reader-a"));
    assert!(!seen.body.contains("not-the-password-77"));
    let unknown = sign_in(&mut browser, &seen, "nobody-here", "not-the-password-77").await;
    assert_eq!(seen.status, unknown.status, "the answer tells which accounts exist");
    for empty in [("", PASSWORD), ("reader-a", "")] {
        let seen = sign_in(&mut browser, &page, empty.0, empty.1).await;
        assert!(!seen.outside, "an empty field was accepted");
    }
}

#[tokio::test]
async fn a_suspended_reader_gets_nothing_more() {
    let world = World::new().await;
    let mut browser = world.browser();
    let form = browser.get(&authorize(&[("member", "union")])).await;
    let code = code_of(&sign_in(&mut browser, &form, "reader-a", PASSWORD).await);
    let tokens = redeem(&world.hub, &code).await;
    let access = tokens.json["access_token"].as_str().expect("a token").to_owned();
    let unused = code_of(&browser.get(&authorize(&[])).await);
    let durable = &world.hub.installation.durable;
    let union = model::MemberId::parse("union").expect("an id");
    let account = durable.find_account(Some(&union), "reader-a").await.expect("the store");
    let reader = account.expect("an account").id;
    durable.suspend_reader(&reader, world.hub.installation.moment().now).await.expect("the store");
    assert_eq!(userinfo(&world.hub, &access).await.status, 401, "its token lives on");
    assert!(redeem(&world.hub, &unused).await.json["access_token"].is_null(), "its code works");
    let seen = browser.get(&authorize(&[])).await;
    assert!(!seen.outside && seen.body.contains("LOG-022"), "its session works: {}", seen.body);
    let mut other = world.browser();
    let form = other.get(&authorize(&[("member", "union")])).await;
    let seen = sign_in(&mut other, &form, "reader-a", PASSWORD).await;
    assert!(!seen.outside && other.cookie("hub.test", "__Host-rp_sid").is_none(), "{}", seen.body);
    durable.lift_suspension(&reader).await.expect("the store");
    code_of(&browser.get(&authorize(&[])).await);
}

/// A reader of a library's own system is cut off like any other, also at the next login.
#[tokio::test]
async fn a_suspended_reader_of_a_campus_does_not_log_in_again() {
    use crate::harness::saml::{answer_as_acme, asked_of_acme};
    let world = World::new().await;
    let mut browser = world.browser();
    let asked = asked_of_acme(&browser.get(&authorize(&[("member", "acme")])).await);
    code_of(&answer_as_acme(&mut browser, &world.clock, &asked).await);
    let installation = &world.hub.installation;
    let sid = browser.cookie("hub.test", "__Host-rp_sid").expect("a session");
    let sid = model::Sid::parse(sid).expect("a session id");
    let now = installation.moment().now;
    let session = installation.shared.find(&sid, now).await.expect("the store").expect("it runs");
    installation.durable.suspend_reader(&session.reader.id, now).await.expect("the store");
    let mut other = world.browser();
    let asked = asked_of_acme(&other.get(&authorize(&[("member", "acme")])).await);
    let seen = answer_as_acme(&mut other, &world.clock, &asked).await;
    assert!(!seen.outside && seen.body.contains("LOG-022"), "{}", seen.body);
    assert!(
        other.cookie("hub.test", "__Host-rp_sid").is_none(),
        "a session for a suspended reader"
    );
}

#[tokio::test]
async fn a_connector_that_is_gone_takes_its_sessions_along() {
    use crate::harness::saml::{answer_as_acme, asked_of_acme};
    let world = World::new().await;
    let mut browser = world.browser();
    let asked = asked_of_acme(&browser.get(&authorize(&[("member", "acme")])).await);
    let code = code_of(&answer_as_acme(&mut browser, &world.clock, &asked).await);
    world.hub.change("members/acme.toml", "id = \"campus\"", "id = \"other\"").await;
    assert!(redeem(&world.hub, &code).await.json["access_token"].is_null(), "its code works");
    let seen = browser.get(&authorize(&[])).await;
    assert!(!seen.outside, "N14: a session of a removed connector was enough");
}

#[tokio::test]
async fn a_replayed_form_opens_no_session_either() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get(&authorize(&[("member", "union")])).await;
    let mut thief = browser.clone();
    code_of(&sign_in(&mut browser, &page, "reader-a", PASSWORD).await);
    let seen = sign_in(&mut thief, &page, "reader-a", PASSWORD).await;
    assert!(!seen.outside && seen.body.contains("LOG-004"), "{}", seen.body);
    assert!(thief.cookie("hub.test", "__Host-rp_sid").is_none(), "the leg was admitted twice");
}

/// Login cross-site request forgery: a page elsewhere makes the browser begin at a library
/// whose system answers for somebody else.
#[tokio::test]
async fn a_login_as_another_person_ends_no_running_session_without_a_press() {
    use crate::harness::saml::{answer_as_acme, asked_of_acme};
    let world = World::new().await;
    let mut browser = world.browser();
    let form = browser.get(&authorize(&[("member", "union")])).await;
    let code = code_of(&sign_in(&mut browser, &form, "reader-a", PASSWORD).await);
    let access = redeem(&world.hub, &code).await.json["access_token"].as_str().map(str::to_owned);
    let access = access.expect("a token");
    let own = browser.cookie("hub.test", "__Host-rp_sid").expect("a session").to_owned();
    let begun = authorize(&[("member", "acme"), ("prompt", "select_account")]);
    let asked = asked_of_acme(&browser.get(&begun).await);
    let seen = answer_as_acme(&mut browser, &world.clock, &asked).await;
    assert!(!seen.outside, "it went on without a press: {}", seen.url);
    assert_eq!(browser.cookie("hub.test", "__Host-rp_sid"), Some(own.as_str()));
    assert!(browser.get(HUB).await.body.contains("Reader A"));
    assert_eq!(userinfo(&world.hub, &access).await.status, 200, "its tokens live");
    // Another site cannot press it.
    let button = seen.form("handle");
    let fields: Vec<_> = button.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let forged = browser.post(&format!("{HUB}/login/confirm"), &fields, "https://evil.test/").await;
    assert!(!forged.outside && forged.body.contains("WEB-006"), "{}", forged.body);
    // The reader can: the old session ends with its tokens, and the portal says who it is.
    code_of(&browser.submit(&seen, &button).await);
    assert_ne!(browser.cookie("hub.test", "__Host-rp_sid"), Some(own.as_str()));
    assert_eq!(userinfo(&world.hub, &access).await.status, 401, "its tokens live on");
    let portal = browser.get(HUB).await.body;
    assert!(portal.contains("读者丙") && !portal.contains("Reader A"), "{portal}");
    let mut thief = world.browser();
    thief.set_cookie("hub.test", "__Host-rp_sid", &own);
    assert!(asked_again(&thief.get(&authorize(&[])).await), "the old session lives on");
}
