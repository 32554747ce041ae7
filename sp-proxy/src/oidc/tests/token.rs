use super::{VERIFIER, basic, claims, code, error, redeem, text, tokens, userinfo};
use crate::oidc::client_auth::JWT_BEARER;
use crate::testing::{Answer, Browser, HUB, Hub, SECRET};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const APP: [(&str, &str); 2] =
    [("client_id", "app"), ("redirect_uri", "https://app.example.org/callback")];
const KEYED: [(&str, &str); 2] =
    [("client_id", "keyed"), ("redirect_uri", "https://keyed.example.org/callback")];

async fn post(hub: &Hub, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
    Browser::default().post(hub, "/oauth2/token", fields, headers).await
}

#[tokio::test]
async fn the_id_token_says_who_when_how_and_what_was_released() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let answer = tokens(&hub, &mut browser).await;
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 600);
    assert_eq!(answer["scope"], "openid");
    let claims = claims(&hub, text(&answer, "id_token")).await;
    let now = hub.now().unix_s();
    let sub = hub.keys.pairwise(&hub.reader, "ill.example.org");
    for (name, value) in [
        ("iss", json!(HUB)),
        ("aud", json!("ill")),
        ("sub", json!(sub)),
        ("nonce", json!("the nonce")),
        ("iat", json!(now)),
        ("exp", json!(now + 600)),
        ("auth_time", json!(now)),
        ("amr", json!(["pwd"])),
        ("name", json!("读者甲")),
        ("email", json!("a@example.org")),
        ("member", json!("nju")),
        ("class", json!("A")),
        ("links", json!({"opac": "https://opac.nju.example/"})),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    assert!(claims["acr"].is_string() && claims["at_hash"].is_string());
    assert!(!browser.holds(text(&claims, "sid")), "the session's own id never leaves");
}

#[tokio::test]
async fn the_answer_is_never_kept_and_open_to_apps() {
    let hub = Hub::start().await;
    let code = code(&hub, &mut Browser::default(), &[]).await;
    let answer = redeem(&hub, &code, &[]).await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    let wrong = Browser::default().get(&hub, "/oauth2/token").await;
    assert_eq!((wrong.status.as_u16(), error(&wrong)), (405, "invalid_request".to_owned()));
}

#[tokio::test]
async fn a_preflight_is_answered_and_credentials_are_never_allowed() {
    let hub = Hub::start().await;
    let asks = [("origin", "https://app.example.org"), ("access-control-request-method", "POST")];
    let answer = Browser::default().options(&hub, "/oauth2/token", &asks).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert_eq!(answer.headers["access-control-allow-headers"], "Authorization, Content-Type");
    assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    let page = Browser::default().options(&hub, "/oauth2/authorize", &asks).await;
    assert!(!page.headers.contains_key("access-control-allow-origin"), "pages stay closed");
}

#[tokio::test]
async fn a_code_works_once_and_its_reuse_ends_the_token() {
    let hub = Hub::start().await;
    let code = code(&hub, &mut Browser::default(), &[]).await;
    let first = redeem(&hub, &code, &[]).await.json();
    let access_token = text(&first, "access_token");
    assert_eq!(userinfo(&hub, access_token).await.status, 200);
    assert_eq!(error(&redeem(&hub, &code, &[]).await), "invalid_grant");
    assert_eq!(userinfo(&hub, access_token).await.status, 401, "one of the two was a thief");
}

#[tokio::test]
async fn a_code_lives_a_minute() {
    let hub = Hub::start().await;
    let code = code(&hub, &mut Browser::default(), &[]).await;
    hub.advance_s(61);
    assert_eq!(error(&redeem(&hub, &code, &[]).await), "invalid_grant");
}

#[tokio::test]
async fn a_guess_is_told_apart_without_the_store() {
    let hub = Hub::start().await;
    let code = code(&hub, &mut Browser::default(), &[]).await;
    let other = |c: char| if c == 'A' { 'B' } else { 'A' };
    for place in [0, code.len() - 1] {
        let slip: String =
            code.chars().enumerate().map(|(i, c)| if i == place { other(c) } else { c }).collect();
        assert_eq!(error(&redeem(&hub, &slip, &[]).await), "invalid_grant");
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, slip.as_bytes());
        let hash = URL_SAFE_NO_PAD.encode(digest.as_ref());
        let kept = hub.shared.peek(store::Space::Grant, &hash, hub.now()).await.expect("read");
        assert_eq!(kept, None, "a guess writes nothing");
    }
    assert_eq!(redeem(&hub, &code, &[]).await.status, 200, "the code itself is untouched");
}

#[tokio::test]
async fn a_code_of_another_client_is_refused() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let code = code(&hub, &mut browser, &APP).await;
    let answer = redeem(&hub, &code, &[("redirect_uri", APP[1].1)]).await;
    assert_eq!(error(&answer), "invalid_grant");
    assert!(text(&answer.json(), "error_description").contains("another client"));
}

#[tokio::test]
async fn a_code_for_another_address_is_refused() {
    let hub = Hub::start().await;
    for uri in ["https://ill.example.org/other", ""] {
        let code = code(&hub, &mut Browser::default(), &[]).await;
        let answer = redeem(&hub, &code, &[("redirect_uri", uri)]).await;
        assert_eq!(error(&answer), "invalid_grant", "{uri}");
    }
}

#[tokio::test]
async fn a_code_without_its_verifier_is_refused() {
    let hub = Hub::start().await;
    for verifier in ["", &"x".repeat(43)] {
        let code = code(&hub, &mut Browser::default(), &[]).await;
        let answer = redeem(&hub, &code, &[("code_verifier", verifier)]).await;
        assert_eq!(error(&answer), "invalid_grant", "{verifier}");
        assert_eq!(error(&redeem(&hub, &code, &[]).await), "invalid_grant", "one try a code");
    }
}

#[tokio::test]
async fn a_code_dies_with_its_session() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let code = code(&hub, &mut browser, &[]).await;
    browser.end_session(&hub).await;
    assert_eq!(error(&redeem(&hub, &code, &[]).await), "invalid_grant");
}

#[tokio::test]
async fn a_suspended_reader_gets_nothing_for_a_code() {
    let hub = Hub::start().await;
    let code = code(&hub, &mut Browser::default(), &[]).await;
    hub.durable.suspend_reader(&hub.reader, hub.now()).await.expect("suspended");
    let answer = redeem(&hub, &code, &[]).await;
    assert_eq!(error(&answer), "invalid_grant");
    assert!(text(&answer.json(), "error_description").starts_with("LOG-022"));
}

#[tokio::test]
async fn a_wrong_secret_is_no_client() {
    let hub = Hub::start().await;
    let code = code(&hub, &mut Browser::default(), &[]).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", super::CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    for header in [basic("ill", "wrong"), basic("unknown", SECRET), basic("keyed", SECRET)] {
        let answer = post(&hub, &fields, &[("authorization", &header)]).await;
        assert_eq!((answer.status.as_u16(), error(&answer)), (401, "invalid_client".to_owned()));
        assert!(answer.headers["www-authenticate"].to_str().expect("text").starts_with("Basic"));
    }
    let mut unproved = fields.to_vec();
    unproved.push(("client_id", "ill"));
    assert_eq!(error(&post(&hub, &unproved, &[]).await), "invalid_client");
    unproved.push(("client_secret", SECRET));
    assert_eq!(post(&hub, &unproved, &[]).await.status, 200, "the code was not used up");
}

#[tokio::test]
async fn a_repeated_or_unreadable_body_is_refused() {
    let hub = Hub::start().await;
    let header = basic("ill", SECRET);
    let twice = [("code", "a"), ("code", "b"), ("grant_type", "authorization_code")];
    let answer = post(&hub, &twice, &[("authorization", &header)]).await;
    assert_eq!(error(&answer), "invalid_request");
    let answer = post(&hub, &[], &[("authorization", &header)]).await;
    assert_eq!(error(&answer), "invalid_request");
    let huge = "x".repeat(40_000);
    let answer = post(&hub, &[("code", &huge)], &[("authorization", &header)]).await;
    assert_eq!((answer.status.as_u16(), error(&answer)), (413, "invalid_request".to_owned()));
}

#[tokio::test]
async fn another_grant_type_is_named() {
    let hub = Hub::start().await;
    for grant in ["refresh_token", "password", "client_credentials"] {
        let answer = redeem(&hub, "x", &[("grant_type", grant)]).await;
        assert_eq!(error(&answer), "unsupported_grant_type", "{grant}");
    }
    assert_eq!(error(&redeem(&hub, "x", &[("grant_type", "")]).await), "invalid_request");
    assert_eq!(error(&redeem(&hub, "", &[]).await), "invalid_request");
}

#[tokio::test]
async fn a_public_client_proves_itself_by_its_verifier_and_may_have_rs256() {
    let hub = Hub::start().await;
    let code = code(&hub, &mut Browser::default(), &APP).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("code", code.as_str()),
        ("redirect_uri", APP[1].1),
        ("code_verifier", VERIFIER),
    ];
    let answer = post(&hub, &fields, &[]).await.json();
    let token = text(&answer, "id_token");
    let header = jsonwebtoken::decode_header(token).expect("a header");
    assert_eq!(header.alg, jsonwebtoken::Algorithm::RS256);
    let claims = claims(&hub, token).await;
    assert_eq!(claims["member"], "nju");
    assert_eq!(claims.get("email"), None, "not in its release");
    let at_ill = hub.keys.pairwise(&hub.reader, "ill.example.org");
    assert_ne!(claims["sub"], json!(at_ill), "pairwise");
}

fn assertion(hub: &Hub, change: impl FnOnce(&mut Value)) -> String {
    let now = hub.now().unix_s();
    let mut claims = json!({
        "iss": "keyed", "sub": "keyed", "aud": format!("{HUB}/oauth2/token"),
        "jti": "one", "iat": now, "exp": now + 60,
    });
    change(&mut claims);
    hub.client_key.sign(&claims)
}

async fn redeem_keyed(hub: &Hub, browser: &mut Browser, assertion: &str) -> Answer {
    let code = code(hub, browser, &KEYED).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", KEYED[1].1),
        ("code_verifier", VERIFIER),
        ("client_assertion", assertion),
        ("client_assertion_type", JWT_BEARER),
    ];
    post(hub, &fields, &[]).await
}

#[tokio::test]
async fn a_copied_assertion_works_no_second_time() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let first = assertion(&hub, |_| ());
    assert_eq!(redeem_keyed(&hub, &mut browser, &first).await.status, 200);
    let answer = redeem_keyed(&hub, &mut browser, &first).await;
    assert_eq!((answer.status.as_u16(), error(&answer)), (401, "invalid_client".to_owned()));
    let fresh = assertion(&hub, |claims| {
        claims["jti"] = "two".into();
        claims["aud"] = HUB.into();
    });
    assert_eq!(redeem_keyed(&hub, &mut browser, &fresh).await.status, 200);
}

#[tokio::test]
async fn an_assertion_for_another_server_is_refused() {
    let hub = Hub::start().await;
    let mut browser = Browser::default();
    let other = assertion(&hub, |claims| claims["aud"] = "https://other.test".into());
    assert_eq!(error(&redeem_keyed(&hub, &mut browser, &other).await), "invalid_client");
    let late = assertion(&hub, |_| ());
    hub.advance_s(200);
    assert_eq!(error(&redeem_keyed(&hub, &mut browser, &late).await), "invalid_client");
}

#[tokio::test]
async fn the_store_alone_gives_neither_codes_nor_sessions() {
    let hub = Hub::start().await;
    let code = code(&hub, &mut Browser::default(), &[]).await;
    let hash = crate::oidc::records::Bearer::read(&code, |d| hub.keys.mac("oidc-code", d));
    let hash = hash.expect("ours").hash();
    let kept = hub.shared.peek(store::Space::Code, &hash, hub.now()).await.expect("read");
    let kept = kept.expect("kept under the hash");
    assert!(serde_json::from_slice::<Value>(&kept).is_err(), "sealed");
    let by_code = hub.shared.peek(store::Space::Code, &code, hub.now()).await.expect("read");
    assert_eq!(by_code, None);
}
