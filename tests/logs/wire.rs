//! What goes over the wire between browser, services, libraries and the hub, written down
//! as it passes: whatever of it is secret or personal.

use super::secrets::Secrets;
use crate::harness::html;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tower::ServiceExt as _;
use url::Url;

pub type Kept = Arc<Mutex<Secrets>>;

/// What a parameter, a field or a claim of that name holds may stand in a log.
const PUBLIC: [&str; 30] = [
    "aud",
    "claims",
    "class",
    "client_id",
    "client_assertion_type",
    "code_challenge_method",
    "cty",
    "error",
    "error_description",
    "expires_in",
    "grant_type",
    "iss",
    "issuer",
    "keys",
    "lang",
    "links",
    "member",
    "post_logout_redirect_uri",
    "prompt",
    "redirect_uri",
    "response_type",
    "SigAlg",
    "scope",
    "service",
    "standing",
    "status",
    "token_type",
    "central",
    "acr",
    "amr",
];

/// The same router, and everything that passes is kept.
pub fn tapped(router: Router, kept: &Kept) -> Router {
    Router::new().fallback(pass).with_state((router, Arc::clone(kept)))
}

async fn pass(State((router, kept)): State<(Router, Kept)>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = whole(body).await;
    let is_metadata = parts.uri.path().contains("metadata") || parts.uri.path().contains("jwks");
    {
        let mut secrets = kept.lock().expect("secrets");
        query(&mut secrets, parts.uri.query().unwrap_or_default());
        query(&mut secrets, &String::from_utf8_lossy(&body));
        headers(&mut secrets, &parts.headers);
    }
    let answer = router.oneshot(Request::from_parts(parts, Body::from(body))).await;
    let (parts, body) = answer.expect("infallible").into_parts();
    let body = whole(body).await;
    let mut secrets = kept.lock().expect("secrets");
    headers(&mut secrets, &parts.headers);
    let text = String::from_utf8_lossy(&body);
    match serde_json::from_slice::<Value>(&body) {
        // What we publish of ourselves.
        _ if is_metadata => {}
        Ok(json) => claims(&mut secrets, &json),
        Err(_) => page(&mut secrets, &text),
    }
    Response::from_parts(parts, Body::from(body))
}

async fn whole(body: Body) -> Bytes {
    body.collect().await.expect("a body").to_bytes()
}

fn query(secrets: &mut Secrets, text: &str) {
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        if !PUBLIC.contains(&&*name) {
            secrets.add(&name, &value);
        }
    }
}

fn headers(secrets: &mut Secrets, headers: &HeaderMap) {
    for (name, value) in headers {
        let value = value.to_str().unwrap_or_default();
        if name == header::COOKIE {
            for cookie in value.split("; ") {
                cookie.split_once('=').into_iter().for_each(|(n, v)| secrets.add(n, v));
            }
        } else if name == header::SET_COOKIE {
            let pair = value.split(';').next().unwrap_or_default();
            pair.split_once('=').into_iter().for_each(|(n, v)| secrets.add(n, v));
        } else if name == header::AUTHORIZATION {
            value.split_once(' ').into_iter().for_each(|(n, v)| secrets.add(n, v));
        } else if name == header::LOCATION
            && let Ok(url) = Url::parse("https://hub.test").expect("an address").join(value)
        {
            query(secrets, url.query().unwrap_or_default());
        }
    }
}

/// Texts of a JSON answer, and of the tokens in it.
fn claims(secrets: &mut Secrets, json: &Value) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(name, _)| !PUBLIC.contains(&name.as_str()))
            {
                match value {
                    Value::String(text) => secrets.add(name, text),
                    other => claims(secrets, other),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|one| claims(secrets, one)),
        _ => {}
    }
}

/// Fields of forms, addresses of links, and what a page shows as a secret.
fn page(secrets: &mut Secrets, text: &str) {
    for form in html::forms(text) {
        for (name, value) in form.fields.iter().filter(|(name, _)| !PUBLIC.contains(&name.as_str()))
        {
            secrets.add(name, value);
        }
    }
    for address in html::links(text).into_iter().chain(html::refresh(text)) {
        if let Some((_, asked)) = address.split_once('?') {
            query(secrets, asked);
        }
    }
}
