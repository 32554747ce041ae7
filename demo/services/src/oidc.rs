//! A confidential OpenID client: code flow with PKCE, every check on.

use crate::Place;
use crate::browser::{Browsers, Pending};
use crate::client::{client, fetch};
use crate::clock::{now_s, token};
use crate::page::{go, page, refused};
use crate::show::Values;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

struct Rp {
    place: Arc<Place>,
    client_id: String,
    client_secret: String,
    pending: Pending<Login>,
    browsers: Browsers<Arrived>,
}

/// A login under way.
struct Login {
    nonce: String,
    verifier: String,
}

/// A reader who is logged in here.
#[derive(Clone)]
struct Arrived {
    values: Values,
    id_token: String,
}

/// The part of the hub's discovery document that is used (OpenID Connect Discovery 3).
#[derive(Deserialize)]
struct Hub {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: String,
}

pub(crate) fn router(place: Arc<Place>, client_id: String, client_secret: String) -> Router {
    let rp = Rp {
        place,
        client_id,
        client_secret,
        pending: Pending::new(),
        browsers: Browsers::new("service"),
    };
    Router::new()
        .route("/", get(home))
        .route("/values", get(values))
        .route("/login", get(login))
        .route("/callback", get(callback))
        .route("/logout", get(logout))
        .route("/bye", get(bye))
        .with_state(Arc::new(rp))
}

async fn home(State(rp): State<Arc<Rp>>, headers: HeaderMap) -> Response {
    rp.browsers
        .find(&headers)
        .map_or_else(|| go("/login", &[]), |arrived| rp.place.kind.show(&arrived.values))
}

async fn values(State(rp): State<Arc<Rp>>, headers: HeaderMap) -> Response {
    rp.browsers
        .find(&headers)
        .map_or_else(|| go("/login", &[]), |arrived| rp.place.kind.show_values(&arrived.values))
}

async fn login(State(rp): State<Arc<Rp>>, headers: HeaderMap) -> Response {
    let hub = match rp.hub().await {
        Ok((_, hub)) => hub,
        Err(detail) => {
            return rp.refuse("登录系统暂时无法连接 · The hub cannot be reached", &detail);
        }
    };
    let (state, nonce, verifier) = (token(), token(), token());
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    let Ok(address) = url::Url::parse_with_params(
        &hub.authorization_endpoint,
        [
            ("response_type", "code"),
            ("scope", "openid"),
            ("client_id", &rp.client_id),
            ("redirect_uri", &rp.redirect_uri()),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ],
    ) else {
        return rp.refuse("登录系统的地址无效 · The hub's address is not valid", "");
    };
    let cookie = rp.pending.keep(&headers, state, Login { nonce, verifier });
    go(address.as_str(), &[cookie])
}

async fn callback(
    State(rp): State<Arc<Rp>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let answer: HashMap<String, String> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let part = |name: &str| answer.get(name).map(String::as_str).unwrap_or_default();
    let Some(login) = rp.pending.take(&headers, part("state")) else {
        return rp.refuse("这次登录不是从这里开始的 · This login did not start here", "state");
    };
    if !part("error").is_empty() {
        let detail = format!("{}: {}", part("error"), part("error_description"));
        return rp.refuse("您没有进入这项服务 · You were not let in", &detail);
    }
    match rp.exchange(part("code"), part("iss"), &login).await {
        Ok(arrived) => go("/", &[rp.browsers.keep(arrived)]),
        Err(detail) => {
            rp.refuse("登录系统的答复没有通过检查 · The hub's answer failed a check", &detail)
        }
    }
}

async fn logout(State(rp): State<Arc<Rp>>, headers: HeaderMap) -> Response {
    let Some(arrived) = rp.browsers.take(&headers) else {
        return go("/bye", &[]);
    };
    let Ok((_, hub)) = rp.hub().await else {
        return go("/bye", &[]);
    };
    let bye = format!("{}/bye", rp.place.base);
    url::Url::parse_with_params(
        &hub.end_session_endpoint,
        [("id_token_hint", arrived.id_token.as_str()), ("post_logout_redirect_uri", &bye)],
    )
    .map_or_else(|_| go("/bye", &[]), |address| go(address.as_str(), &[]))
}

async fn bye(State(rp): State<Arc<Rp>>) -> Response {
    let body = "<p>您已退出本服务 · You have left this service.</p>\
                <p><a class=\"go\" href=\"/login\">重新登录 · Log in again</a></p>";
    page(StatusCode::OK, rp.place.kind.title(), body)
}

impl Rp {
    fn redirect_uri(&self) -> String {
        format!("{}/callback", self.place.base)
    }

    fn refuse(&self, what: &str, detail: &str) -> Response {
        refused(self.place.kind.title(), what, detail)
    }

    async fn hub(&self) -> Result<(reqwest::Client, Hub), String> {
        let client = client(&self.place.hub).map_err(|e| e.to_string())?;
        let address = format!("{}/.well-known/openid-configuration", self.place.hub);
        let hub: Hub = parse(&fetch(&client, &address).await?)?;
        // Discovery 4.3: the issuer must be the one the document was asked of.
        if hub.issuer != self.place.hub {
            return Err("the issuer of the discovery document differs".to_owned());
        }
        Ok((client, hub))
    }

    async fn exchange(&self, code: &str, iss: &str, login: &Login) -> Result<Arrived, String> {
        let (client, hub) = self.hub().await?;
        // RFC 9207: an answer of another server is a mix-up.
        if iss != hub.issuer {
            return Err("iss differs".to_owned());
        }
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &self.redirect_uri())
            .append_pair("code_verifier", &login.verifier)
            .finish();
        let basic = STANDARD.encode(format!("{}:{}", self.client_id, self.client_secret));
        let answer = client
            .post(&hub.token_endpoint)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", format!("Basic {basic}"))
            .body(form)
            .send()
            .await
            .map_err(|e| e.without_url().to_string())?;
        let status = answer.status();
        let body = answer.text().await.map_err(|e| e.without_url().to_string())?;
        if !status.is_success() {
            return Err(format!("the token endpoint answered {status}: {body}"));
        }
        let tokens: Value = parse(&body)?;
        let text = |name: &str| tokens.get(name).and_then(Value::as_str).unwrap_or_default();
        let keys: JwkSet = parse(&fetch(&client, &hub.jwks_uri).await?)?;
        let claims = self.verify(text("id_token"), &keys, &hub.issuer, &login.nonce)?;
        let mut values = flatten(&claims);
        let info = self.userinfo(&client, &hub, text("access_token")).await?;
        // Core 5.3.2: userinfo of another subject must not be used.
        if info.get("sub") != claims.get("sub") {
            return Err("userinfo is about another subject".to_owned());
        }
        values.extend(flatten(&info));
        Ok(Arrived { values, id_token: text("id_token").to_owned() })
    }

    /// OpenID Connect Core 3.1.3.7.
    fn verify(
        &self,
        id_token: &str,
        keys: &JwkSet,
        issuer: &str,
        nonce: &str,
    ) -> Result<Value, String> {
        let header = jsonwebtoken::decode_header(id_token).map_err(|e| e.to_string())?;
        if !matches!(header.alg, Algorithm::ES256 | Algorithm::RS256) {
            return Err("the ID token is signed with an algorithm not agreed on".to_owned());
        }
        let key = header
            .kid
            .as_deref()
            .and_then(|kid| keys.find(kid))
            .ok_or("the ID token names a key that is not published")?;
        let key = DecodingKey::from_jwk(key).map_err(|e| e.to_string())?;
        let mut rules = Validation::new(header.alg);
        rules.set_issuer(&[issuer]);
        rules.set_audience(&[&self.client_id]);
        rules.set_required_spec_claims(&["iss", "aud", "exp", "sub", "iat"]);
        rules.leeway = 30;
        let claims = jsonwebtoken::decode::<Value>(id_token, &key, &rules)
            .map_err(|e| e.to_string())?
            .claims;
        if claims.get("nonce").and_then(Value::as_str) != Some(nonce) {
            return Err("the ID token answers another login".to_owned());
        }
        let stamped = claims.get("iat").and_then(Value::as_i64).unwrap_or(i64::MAX);
        if stamped > now_s() + 30 {
            return Err("the ID token comes from the future".to_owned());
        }
        Ok(claims)
    }

    async fn userinfo(
        &self,
        client: &reqwest::Client,
        hub: &Hub,
        access_token: &str,
    ) -> Result<Value, String> {
        let answer = client
            .get(&hub.userinfo_endpoint)
            .header("authorization", format!("Bearer {access_token}"))
            .send()
            .await
            .map_err(|e| e.without_url().to_string())?;
        let status = answer.status();
        let text = answer.text().await.map_err(|e| e.without_url().to_string())?;
        if !status.is_success() {
            return Err(format!("userinfo answered {status}"));
        }
        parse(&text)
    }
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}

/// Claims as lists of texts; a map as `key=value`.
fn flatten(claims: &Value) -> Values {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let Some(claims) = claims.as_object() else {
        return Values::new();
    };
    claims
        .iter()
        .map(|(name, value)| {
            let texts = match value {
                Value::Array(items) => items.iter().map(text).collect(),
                Value::Object(map) => map.iter().map(|(k, v)| format!("{k}={}", text(v))).collect(),
                one => vec![text(one)],
            };
            (name.clone(), texts)
        })
        .collect()
}
