//! The OpenID provider: OpenID Connect Core by the code flow with PKCE.
//!
//! ```text
//! browser ─▶ authorize ─▶ login::start … login::Ready ─▶ protocol: code ─▶ client
//! client  ─▶ token: code + proof + verifier ─▶ login::continue_with ─▶ ID token
//! client  ─▶ userinfo: access token          ─▶ login::continue_with ─▶ values
//! browser ─▶ end_session ─▶ login::sign_out
//! ```
//!
//! What the registry releases stands in the ID token and in userinfo alike;
//! scopes other than `openid` change nothing. Every redemption decides again.

mod assertion;
mod authorize;
mod client_auth;
mod cors;
mod discovery;
mod end_session;
mod error;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod id_token;
mod jose;
mod pkce;
mod protocol;
mod records;
mod return_to;
#[cfg(test)]
pub(crate) mod samples;
mod token;
mod userinfo;

pub use protocol::OidcProtocol;

use crate::SpParts;
use crate::released;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use login::{Login, Ready};
use metadata::{KeyRing, PublicUrl, Registry};
use model::{OidcClient, ReaderId, Service, Sid, ValueName};
use serde_json::{Map, Value};
use std::sync::Arc;
use store::Shared;

/// Key of the protocol in login requests.
pub(crate) const KEY: &str = "oidc";

/// Largest body of a form of these endpoints: a JWT of 8 kB and its like.
const BODY_LIMIT: usize = 32 * 1024;

/// Addresses under `public_url`.
pub(crate) mod path {
    pub(crate) const CONFIGURATION: &str = "/.well-known/openid-configuration";
    pub(crate) const SERVER_METADATA: &str = "/.well-known/oauth-authorization-server";
    pub(crate) const AUTHORIZE: &str = "/oauth2/authorize";
    pub(crate) const TOKEN: &str = "/oauth2/token";
    pub(crate) const USERINFO: &str = "/oauth2/userinfo";
    pub(crate) const JWKS: &str = "/oauth2/jwks";
    pub(crate) const END_SESSION: &str = "/oauth2/end_session";
}

/// Every route of the OpenID provider.
///
/// Pages take the response layer of `web`; machine endpoints answer in JSON,
/// wrong methods included, and are open to any origin.
pub fn routes(parts: SpParts) -> Router {
    let provider = Provider::new(parts.registry, parts.keys, parts.shared, parts.public_url);
    let endpoints = Endpoints { provider: provider.clone(), login: parts.login };
    let pages = Router::new()
        .route(path::AUTHORIZE, get(authorize::authorize).post(authorize::authorize))
        .route(path::END_SESSION, get(end_session::end_session).post(end_session::end_session))
        .with_state(endpoints.clone());
    let documents = Router::new()
        .route(path::CONFIGURATION, get(discovery::configuration))
        .route(path::SERVER_METADATA, get(discovery::configuration))
        .route(path::JWKS, get(discovery::jwks))
        .with_state(provider);
    let machine = Router::new()
        .route(path::TOKEN, post(token::token))
        .route(path::USERINFO, get(userinfo::userinfo).post(userinfo::userinfo))
        .with_state(endpoints)
        .merge(documents)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(cors::allow_any_origin));
    pages.merge(machine).layer(DefaultBodyLimit::max(BODY_LIMIT))
}

async fn wrong_method() -> error::OAuthError {
    error::OAuthError::invalid_request("this address is not served by that method")
        .with_status(StatusCode::METHOD_NOT_ALLOWED)
}

/// What every endpoint of the provider answers from.
#[derive(Clone)]
pub(crate) struct Provider {
    registry: Registry,
    keys: Arc<KeyRing>,
    shared: Shared,
    public_url: PublicUrl,
}

/// The provider with the path of a login behind it.
#[derive(Clone)]
pub(crate) struct Endpoints {
    provider: Provider,
    login: Login,
}

impl Provider {
    fn new(registry: Registry, keys: Arc<KeyRing>, shared: Shared, public_url: PublicUrl) -> Self {
        Self { registry, keys, shared, public_url }
    }

    /// The issuer: `public_url` itself, without a trailing slash.
    fn issuer(&self) -> &str {
        self.public_url.as_str()
    }

    fn url(&self, path: &str) -> String {
        self.public_url.join(path)
    }

    /// The reader's name at this client's sector, another at every other (Core 8.1).
    fn sub(&self, service: &Service, client: &OidcClient, reader: &ReaderId) -> String {
        self.keys.pairwise(reader, &metadata::sector(&service.id, &client.redirect_uris))
    }

    /// The client's own name of a session. The session's id is the browser's
    /// secret and never leaves the hub.
    fn client_sid(&self, sid: &Sid, client_id: &str) -> String {
        let mac = self.keys.mac("oidc-sid", format!("{client_id}\n{sid}").as_bytes());
        URL_SAFE_NO_PAD.encode(mac.get(..16).unwrap_or_default())
    }

    fn code_mac(&self, data: &[u8]) -> [u8; 32] {
        self.keys.mac("oidc-code", data)
    }

    fn token_mac(&self, data: &[u8]) -> [u8; 32] {
        self.keys.mac("oidc-access-token", data)
    }

    /// The released values under the service's names for them.
    fn released(&self, ready: &Ready) -> Map<String, Value> {
        let snapshot = self.registry.current();
        let service = &ready.service().id;
        released::to_json(ready.release().values(), |value| {
            snapshot.wire_name(service, value).map(str::to_owned)
        })
    }
}

/// Claims that can stand in an ID token or in userinfo.
fn json_names() -> Vec<&'static str> {
    let protocol = ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid"];
    protocol.into_iter().chain(ValueName::ALL.iter().copied().map(metadata::claim_name)).collect()
}

#[cfg(test)]
mod tests;
