//! Authorization requests that must not be answered, or not there.

use crate::harness::Seen;
use crate::harness::browser::leads_to;
use crate::harness::oidc::{authorize, code_of};
use crate::harness::world::{HUB, ILL_CALLBACK, PASSWORD, World, sign_in};

/// Refused on our own page: nothing goes to an address that is not proved.
fn stays_with_us(seen: &Seen, code: &str) {
    assert!(!seen.outside, "the browser was sent to {}", seen.url);
    assert!(seen.status.is_client_error(), "{}: {}", seen.status, seen.body);
    assert!(seen.body.contains(code), "wanted {code}:\n{}", seen.body);
}

#[tokio::test]
async fn a_redirect_uri_is_matched_letter_for_letter() {
    let world = World::new().await;
    let mut browser = world.browser();
    for uri in [
        "https://ill.test/callback/",
        "https://ill.test/callback?x=1",
        "https://ill.test/callback#x",
        "https://ill.test:443/callback",
        "https://ILL.test/callback",
        "https://ill.test/callback/../evil",
        "https://ill.test.evil.test/callback",
        "https://ill.test@evil.test/callback",
        "https://evil.test/callback",
        "http://ill.test/callback",
        "//ill.test/callback",
        "javascript:alert(1)",
        "https://ill.test/callback%00",
        "https://ill.test/Callback",
    ] {
        let seen = browser.get(&authorize(&[("redirect_uri", uri)])).await;
        stays_with_us(&seen, "OIDC-002");
        assert!(!leads_to(&seen, "evil.test"), "the page leads to the attacker: {uri}");
    }
}

#[tokio::test]
async fn an_unknown_client_and_a_missing_redirect_uri_stay_with_us() {
    let world = World::new().await;
    let mut browser = world.browser();
    stays_with_us(&browser.get(&authorize(&[("client_id", "nobody")])).await, "OIDC-001");
    stays_with_us(&browser.get(&authorize(&[("redirect_uri", "")])).await, "OIDC-002");
}

#[tokio::test]
async fn pkce_by_s256_is_required() {
    let world = World::new().await;
    let mut browser = world.browser();
    for change in [
        [("code_challenge", ""), ("x", "")],
        [("code_challenge_method", "plain"), ("x", "")],
        [("code_challenge_method", ""), ("x", "")],
        [("code_challenge", "short"), ("x", "")],
    ] {
        let seen = browser.get(&authorize(&change)).await;
        let told = seen.query("error").is_some_and(|e| e == "invalid_request");
        assert!(
            told || seen.body.contains("OIDC-004"),
            "{change:?} at {}: {}",
            seen.url,
            seen.body
        );
    }
}

#[tokio::test]
async fn a_parameter_sent_twice_is_refused() {
    let world = World::new().await;
    let mut browser = world.browser();
    let twice = format!("{}&redirect_uri=https%3A%2F%2Fevil.test%2F", authorize(&[]));
    let seen = browser.get(&twice).await;
    assert!(!seen.outside && seen.status.is_client_error(), "{}", seen.url);
    let twice = format!("{}&client_id=other", authorize(&[]));
    let seen = browser.get(&twice).await;
    assert!(!seen.outside && seen.status.is_client_error(), "{}", seen.url);
}

#[tokio::test]
async fn prompt_none_without_a_session_goes_back_at_once() {
    let world = World::new().await;
    let mut browser = world.browser();
    let seen = browser.get(&authorize(&[("prompt", "none")])).await;
    assert!(seen.outside && seen.url.as_str().starts_with(ILL_CALLBACK), "{}", seen.url);
    assert_eq!(seen.query("error").as_deref(), Some("login_required"));
    assert_eq!(seen.query("iss").as_deref(), Some(HUB));
}

#[tokio::test]
async fn other_response_types_and_request_objects_are_refused() {
    let world = World::new().await;
    let mut browser = world.browser();
    for (change, error) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", "id_token"), "unsupported_response_type"),
        (("request", "eyJhbGciOiJub25lIn0.e30."), "request_not_supported"),
        (("request_uri", "https://evil.test/r"), "request_uri_not_supported"),
    ] {
        let seen = browser.get(&authorize(&[change])).await;
        let told = seen.query("error").is_some_and(|e| e == error);
        let shown = !seen.outside && seen.status.is_client_error() && seen.body.contains("OIDC-0");
        assert!(told || shown, "{change:?} at {}: {}", seen.url, seen.body);
    }
}

#[tokio::test]
async fn prompt_login_asks_again_though_a_session_runs() {
    let world = World::new().await;
    let mut browser = world.browser();
    let form = browser.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut browser, &form, "reader-a", PASSWORD).await);
    let again = browser.get(&authorize(&[("prompt", "login"), ("member", "union")])).await;
    assert!(!again.outside, "the old session was enough for prompt=login");
    assert!(again.body.contains("type=\"password\""), "{}", again.body);
}

#[tokio::test]
async fn max_age_asks_again_when_the_login_is_older() {
    let world = World::new().await;
    let mut browser = world.browser();
    let form = browser.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut browser, &form, "reader-a", PASSWORD).await);
    world.clock.forward_s(120);
    code_of(&browser.get(&authorize(&[("max_age", "300")])).await);
    let again = browser.get(&authorize(&[("max_age", "60"), ("member", "union")])).await;
    assert!(!again.outside, "a login of 120 s was enough for max_age=60");
}
