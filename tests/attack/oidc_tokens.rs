//! Token requests that must not be answered.

use crate::harness::Browser;
use crate::harness::oidc::{VERIFIER, authorize, basic, claims, code_of, redeem, token, userinfo};
use crate::harness::world::{HUB, ILL_CALLBACK, ILL_SECRET, PASSWORD, World, sign_in};

async fn code(world: &World) -> (Browser, String) {
    let mut browser = world.browser();
    let form = browser.get(&authorize(&[("member", "union")])).await;
    let code = code_of(&sign_in(&mut browser, &form, "reader-a", PASSWORD).await);
    (browser, code)
}

async fn with(world: &World, change: (&str, &str), authorization: Option<&str>) -> (u16, String) {
    let (_, code) = code(world).await;
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", ILL_CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    fields.retain(|(name, _)| *name != change.0);
    if !change.1.is_empty() {
        fields.push(change);
    }
    let answer = token(&world.hub, &fields, authorization).await;
    assert!(answer.json["access_token"].is_null(), "{change:?} got a token");
    (answer.status.as_u16(), answer.json["error"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_code_works_once_and_its_reuse_ends_what_it_gave() {
    let world = World::new().await;
    let (_, code) = code(&world).await;
    let first = redeem(&world.hub, &code).await;
    let access = first.json["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(userinfo(&world.hub, &access).await.status, 200);
    let second = redeem(&world.hub, &code).await;
    assert_eq!(second.status, 400);
    assert_eq!(second.json["error"], "invalid_grant");
    assert_eq!(userinfo(&world.hub, &access).await.status, 401, "RFC 6749 section 4.1.2");
}

#[tokio::test]
async fn a_code_is_bound_to_its_verifier_and_redirect_uri() {
    let world = World::new().await;
    let secret = basic("ill", ILL_SECRET);
    let wrong = "another-verifier-of-more-than-forty-three-characters";
    for change in [
        ("code_verifier", wrong),
        ("code_verifier", ""),
        ("redirect_uri", "https://ill.test/other"),
        ("redirect_uri", ""),
        ("code", "guessed"),
        ("code", ""),
    ] {
        let (status, error) = with(&world, change, Some(&secret)).await;
        assert_eq!(status, 400, "{change:?}");
        assert!(error == "invalid_grant" || error == "invalid_request", "{change:?}: {error}");
    }
    let (status, error) = with(&world, ("grant_type", "password"), Some(&secret)).await;
    assert_eq!((status, error.as_str()), (400, "unsupported_grant_type"));
}

#[tokio::test]
async fn a_client_must_prove_itself() {
    let world = World::new().await;
    let nothing = ("x", "");
    for authorization in [
        None,
        Some(basic("ill", "wrong")),
        Some(basic("ill", "")),
        Some(basic("nobody", ILL_SECRET)),
        Some("Basic !!!".to_owned()),
        Some("Bearer x".to_owned()),
    ] {
        let (status, error) = with(&world, nothing, authorization.as_deref()).await;
        assert!(status == 401 || status == 400, "{authorization:?}: {status}");
        assert!(error == "invalid_client" || error == "invalid_request", "{error}");
    }
}

#[tokio::test]
async fn two_proofs_at_once_are_refused() {
    let world = World::new().await;
    let (_, code) = code(&world).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", ILL_CALLBACK),
        ("code_verifier", VERIFIER),
        ("client_id", "ill"),
        ("client_secret", ILL_SECRET),
    ];
    let answer = token(&world.hub, &fields, Some(&basic("ill", ILL_SECRET))).await;
    assert!(answer.status.is_client_error() && answer.json["access_token"].is_null());
}

#[tokio::test]
async fn a_code_expires() {
    let world = World::new().await;
    let (_, code) = code(&world).await;
    world.clock.forward_s(601);
    assert_eq!(redeem(&world.hub, &code).await.json["error"], "invalid_grant");
}

#[tokio::test]
async fn an_access_token_expires_and_a_guess_opens_nothing() {
    let world = World::new().await;
    let (_, code) = code(&world).await;
    let tokens = redeem(&world.hub, &code).await;
    let access = tokens.json["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(userinfo(&world.hub, "guessed").await.status, 401);
    world.clock.forward_s(3601);
    assert_eq!(userinfo(&world.hub, &access).await.status, 401);
}

#[tokio::test]
async fn a_suspended_service_member_or_reader_gets_nothing_more() {
    let world = World::new().await;
    let (mut browser, code) = code(&world).await;
    let tokens = redeem(&world.hub, &code).await;
    let access = tokens.json["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(userinfo(&world.hub, &access).await.status, 200);
    let second = code_of(&browser.get(&authorize(&[])).await);
    world.hub.change("members/union.toml", "status = \"live\"", "status = \"suspended\"").await;
    assert_ne!(userinfo(&world.hub, &access).await.status, 200, "N18: userinfo");
    assert!(redeem(&world.hub, &second).await.json["access_token"].is_null(), "N18: code");
    let seen = browser.get(&authorize(&[])).await;
    assert!(!seen.outside, "N18: the running session was enough");
    world.hub.change("members/union.toml", "status = \"suspended\"", "status = \"live\"").await;
    code_of(&browser.get(&authorize(&[])).await);
    world.hub.change("services/ill.toml", "launch_url", "status = \"suspended\"\nlaunch_url").await;
    let seen = browser.get(&authorize(&[])).await;
    assert!(!seen.outside && seen.body.contains("LOG-011"), "{}", seen.body);
}

#[tokio::test]
async fn the_subject_is_opaque_stable_and_another_for_each_service() {
    let world = World::new().await;
    let (mut browser, code) = code(&world).await;
    let first = redeem(&world.hub, &code).await;
    let sub = claims(first.json["id_token"].as_str().expect("token"))["sub"].clone();
    let again = code_of(&browser.get(&authorize(&[])).await);
    let second = redeem(&world.hub, &again).await;
    let same = claims(second.json["id_token"].as_str().expect("token"))["sub"].clone();
    assert_eq!(sub, same);
    assert!(!sub.as_str().expect("text").contains("reader-a"));
}

#[tokio::test]
async fn the_id_token_is_signed_with_the_published_key_and_no_other_algorithm() {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
    let world = World::new().await;
    let (mut browser, code) = code(&world).await;
    let tokens = redeem(&world.hub, &code).await;
    let id_token = tokens.json["id_token"].as_str().expect("a token");
    let header = decode_header(id_token).expect("a header");
    assert_eq!(header.alg, Algorithm::ES256);
    let jwks = browser.get(&format!("{HUB}/oauth2/jwks")).await;
    assert!(!jwks.body.contains("\"d\""), "a private key is published");
    let keys: JwkSet = serde_json::from_str(&jwks.body).expect("a key set");
    let key = keys.find(header.kid.as_deref().expect("kid")).expect("published");
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&["ill"]);
    rules.set_issuer(&[HUB]);
    rules.validate_exp = false;
    decode::<serde_json::Value>(id_token, &DecodingKey::from_jwk(key).expect("a key"), &rules)
        .expect("verifies");
}
