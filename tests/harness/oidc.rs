//! The service `ill` as the test plays it: code flow with PKCE.

use super::browser::Seen;
use super::hub::TestHub;
use super::world::{HUB, ILL_CALLBACK, ILL_SECRET};
use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use std::net::SocketAddr;
use tower::ServiceExt as _;
use url::Url;

pub const VERIFIER: &str = "a-verifier-of-more-than-forty-three-characters-000";
pub const STATE: &str = "state-of-this-test";
pub const NONCE: &str = "nonce-of-this-test";

/// The authorization request of `ill`, with further parameters replacing its own.
pub fn authorize(further: &[(&str, &str)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
    let mut all: Vec<(String, String)> = [
        ("response_type", "code"),
        ("client_id", "ill"),
        ("redirect_uri", ILL_CALLBACK),
        ("scope", "openid"),
        ("state", STATE),
        ("nonce", NONCE),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]
    .iter()
    .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
    .collect();
    for (name, value) in further {
        all.retain(|(n, _)| n != name);
        // An empty value leaves the parameter out.
        if !value.is_empty() {
            all.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    Url::parse_with_params(&format!("{HUB}/oauth2/authorize"), &all).expect("an address").into()
}

/// A machine's answer.
#[derive(Debug)]
pub struct MachineAnswer {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub json: Value,
}

pub async fn machine(router: &Router, request: Request<Body>) -> MachineAnswer {
    let mut request = request;
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([198, 51, 100, 3], 5000))));
    let response = router.clone().oneshot(request).await.expect("infallible");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    MachineAnswer {
        status: parts.status,
        headers: parts.headers,
        json: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    }
}

pub fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// A token request with the given fields.
pub async fn token(
    hub: &TestHub,
    fields: &[(&str, &str)],
    authorization: Option<&str>,
) -> MachineAnswer {
    token_at(&hub.router, fields, authorization).await
}

/// The same, at whatever answers as the hub.
pub async fn token_at(
    hub: &Router,
    fields: &[(&str, &str)],
    authorization: Option<&str>,
) -> MachineAnswer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let mut request = Request::post("/oauth2/token")
        .header("host", "hub.test")
        .header("content-type", "application/x-www-form-urlencoded");
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    machine(hub, request.body(Body::from(body)).expect("a request")).await
}

/// Redeems the code of a callback as `ill` does.
pub async fn redeem(hub: &TestHub, code: &str) -> MachineAnswer {
    redeem_at(&hub.router, code).await
}

/// The same, at whatever answers as the hub.
pub async fn redeem_at(hub: &Router, code: &str) -> MachineAnswer {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", ILL_CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    token_at(hub, &fields, Some(&basic("ill", ILL_SECRET))).await
}

pub async fn userinfo(hub: &TestHub, access_token: &str) -> MachineAnswer {
    userinfo_at(&hub.router, access_token).await
}

/// The same, at whatever answers as the hub.
pub async fn userinfo_at(hub: &Router, access_token: &str) -> MachineAnswer {
    let request = Request::get("/oauth2/userinfo")
        .header("host", "hub.test")
        .header("authorization", format!("Bearer {access_token}"));
    machine(hub, request.body(Body::empty()).expect("a request")).await
}

/// The claims of a token, without its signature being looked at.
pub fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

/// What a callback brought: the code, after state and iss were compared.
pub fn code_of(seen: &Seen) -> String {
    assert!(
        seen.outside && seen.url.as_str().starts_with(ILL_CALLBACK),
        "at {}: {}",
        seen.url,
        seen.body
    );
    assert_eq!(seen.query("state").as_deref(), Some(STATE));
    assert_eq!(seen.query("iss").as_deref(), Some(HUB));
    seen.query("code").unwrap_or_else(|| panic!("no code at {}", seen.url))
}
