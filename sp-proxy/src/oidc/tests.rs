//! The endpoints of the OpenID provider over a whole hub in this process.

mod authorize;
mod end_session;
mod token;
mod userinfo;

use crate::testing::{Answer, Browser, Hub, SECRET};
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use model::encode_component;
use serde_json::Value;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CALLBACK: &str = "https://ill.example.org/callback";

/// The address of an authorization request, with changes.
fn authorize(change: &[(&str, &str)]) -> String {
    let challenge =
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, VERIFIER.as_bytes()).as_ref());
    let mut pairs = vec![
        ("client_id", "ill"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "the state"),
        ("nonce", "the nonce"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("member", "nju"),
    ];
    for (name, value) in change {
        pairs.retain(|(n, _)| n != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    let query: Vec<String> =
        pairs.iter().map(|(n, v)| format!("{n}={}", encode_component(v))).collect();
    format!("/oauth2/authorize?{}", query.join("&"))
}

/// A code for the client `ill`, or another that `change` names.
async fn code(hub: &Hub, browser: &mut Browser, change: &[(&str, &str)]) -> String {
    let asked = browser.get(hub, &authorize(change)).await;
    let answer = match asked.next() {
        model::Next::Redirect(_) => asked,
        _ => browser.log_in(hub, &asked).await,
    };
    answer.parameter("code").unwrap_or_else(|| panic!("no code: {}", answer.redirect()))
}

fn basic(client_id: &str, secret: &str) -> String {
    let pair = format!("{}:{}", encode_component(client_id), encode_component(secret));
    format!("Basic {}", STANDARD.encode(pair))
}

/// Redeems a code as the client `ill`, with changes.
async fn redeem(hub: &Hub, code: &str, change: &[(&str, &str)]) -> Answer {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    for (name, value) in change {
        fields.retain(|(n, _)| n != name);
        if !value.is_empty() {
            fields.push((name, value));
        }
    }
    let header = basic("ill", SECRET);
    let headers = [("authorization", header.as_str())];
    Browser::default().post(hub, "/oauth2/token", &fields, &headers).await
}

/// Tokens of a fresh login at `ill`.
async fn tokens(hub: &Hub, browser: &mut Browser) -> Value {
    let code = code(hub, browser, &[]).await;
    let answer = redeem(hub, &code, &[]).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

/// The error of a machine answer.
fn error(answer: &Answer) -> String {
    text(&answer.json(), "error").to_owned()
}

/// The claims of an ID token, verified with the keys that the hub publishes.
async fn claims(hub: &Hub, id_token: &str) -> Value {
    let jwks = Browser::default().get(hub, "/oauth2/jwks").await.json();
    let algorithms = [jsonwebtoken::Algorithm::ES256, jsonwebtoken::Algorithm::RS256];
    Value::Object(super::jose::verify(id_token, &jwks, &algorithms).expect("signed by the hub"))
}

async fn userinfo(hub: &Hub, access_token: &str) -> Answer {
    let header = format!("Bearer {access_token}");
    let headers = [("authorization", header.as_str())];
    Browser::default().post(hub, "/oauth2/userinfo", &[], &headers).await
}
