//! Doors of the fuzz targets into the OpenID provider.

use super::authorize::request as authorization;
use super::client_auth::{self, Presented};
use super::end_session::request as logout;
use super::records::Bearer;
use super::{assertion as jwt_bearer, pkce};
use model::{Inbound, LoginRequest, MemberId, Params, Service, Timestamp, TokenAuth};
use serde_json::Value;

/// An authorization request that passed every check.
#[derive(Debug)]
pub struct Authorized {
    /// Where its answer goes.
    pub redirect_uri: String,
    /// The login that would begin.
    pub request: LoginRequest,
    /// PKCE.
    pub code_challenge: String,
}

/// Reads an authorization request to the one client `service`.
pub fn authorize(params: &Params, service: &Service, member: &MemberId) -> Option<Authorized> {
    let own = |id: &str| service.oidc.as_ref().filter(|c| c.client_id == id).map(|_| service);
    let find = |named: &str| (named == member.as_str()).then(|| member.clone());
    let addressed = authorization::address(params, own).ok()?;
    let asked = authorization::read(params, &addressed, find).ok()?;
    Some(Authorized {
        redirect_uri: asked.answer.to.redirect_uri,
        request: asked.request,
        code_challenge: asked.answer.code_challenge,
    })
}

/// Where a logout request to the one client `service` would lead the reader.
pub fn end_session(params: &Params, service: &Service) -> Option<String> {
    let own = |id: &str| service.oidc.as_ref().filter(|c| c.client_id == id).map(|_| service);
    let hint = |token: &str| {
        let client_id = jwt_bearer::claimed_client(token)?;
        Some(logout::Hint { client_id, sid: String::new() })
    };
    logout::read(params, own, hint).ok()?.back
}

/// The name and method under which a token request presents itself, and whether the
/// client has registered that method; beside it whether the verifier fits `challenge`.
pub fn token_client(
    inbound: &Inbound,
    service: &Service,
    challenge: &str,
) -> Option<(Option<String>, TokenAuth, bool, bool)> {
    let params = inbound.form_params().ok()?;
    params.require_unrepeated().ok()?;
    let (name, method) = match client_auth::presented(inbound, &params).ok()? {
        Presented::Secret { client_id, by, .. } => (Some(client_id), by),
        Presented::Name { client_id } => (Some(client_id), TokenAuth::None),
        Presented::Assertion { jwt, .. } => {
            (jwt_bearer::claimed_client(&jwt), TokenAuth::PrivateKeyJwt)
        }
    };
    let is_registered = client_auth::is_registered(service.oidc.as_ref()?, method);
    let verifier = params.one("code_verifier").ok().flatten().unwrap_or_default();
    Some((name, method, is_registered, pkce::matches(challenge, verifier)))
}

/// The key of the one-use record of an assertion that verifies, and until when it is kept.
pub fn assertion(
    jwt: &str,
    client_id: &str,
    jwks: &Value,
    audiences: &[&str],
    now: Timestamp,
) -> Option<(String, Timestamp)> {
    let jti = jwt_bearer::verify(jwt, client_id, jwks, audiences, now).ok()?;
    Some((jti.key, jti.until))
}

/// Whether a code or token is one that a hub with this `mac` made.
pub fn bearer(text: &str, mac: impl Fn(&[u8]) -> [u8; 32]) -> bool {
    Bearer::read(text, mac).is_some()
}
