//! `/oauth2/token`: a code becomes an ID token and an access token, once.

use super::client_auth::{self, Presented};
use super::error::{OAuthError, private_json};
use super::records::{Bearer, CodeRecord, TOKEN_LIFE_S, TokenRecord};
use super::{Endpoints, Provider, assertion, id_token, path, pkce};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use login::{Continued, Edge, Ready, Refused, Source};
use metadata::Snapshot;
use model::{LoginCode, Moment, Params, Refusal, Service, TokenAuth, code};
use serde_json::{Value, json};
use store::Space;

/// A used code is remembered for longer than any token issued for it.
const USED_CODE_S: i64 = 2 * TOKEN_LIFE_S;

/// Answers in JSON whatever happens (RFC 6749 sections 5.1 and 5.2).
pub(crate) async fn token(
    State(endpoints): State<Endpoints>,
    edge: Result<Edge, Refused>,
) -> Response {
    let edge = match edge {
        Ok(edge) => edge,
        Err(refused) => return OAuthError::of_edge(&refused).into_response(),
    };
    match redeem(&endpoints, &edge).await {
        Ok(body) => private_json(StatusCode::OK, &body),
        Err(error) => {
            tracing::info!(login_code = %edge.code, error = error.error(), "token refused");
            error.into_response()
        }
    }
}

async fn redeem(endpoints: &Endpoints, edge: &Edge) -> Result<Value, OAuthError> {
    let params = read_form(edge)?;
    let snapshot = endpoints.provider.registry.current();
    let service = authenticate(endpoints, &snapshot, edge, &params).await?;
    match params.one("grant_type").ok().flatten() {
        Some("authorization_code") => {}
        Some(_) => return Err(OAuthError::unsupported_grant_type()),
        None => return Err(OAuthError::invalid_request("grant_type is missing")),
    }
    let (hash, record) = take_code(&endpoints.provider, &edge.moment, edge.code, &params).await?;
    check_binding(&record, service, &params)?;
    let source = Source::Grant(&record.grant);
    let continued = endpoints
        .login
        .continue_with(source, &record.service, &edge.moment, edge.code)
        .await
        .map_err(|refusal| OAuthError::of(&refusal, edge.code))?;
    match continued {
        Continued::Ready(ready) => issue(&endpoints.provider, &ready, &record, hash, edge).await,
        Continued::Needs(..) => Err(OAuthError::invalid_grant("the reader must log in again")),
        Continued::Gone => Err(OAuthError::invalid_grant("the session has ended")),
    }
}

fn read_form(edge: &Edge) -> Result<Params, OAuthError> {
    let fault = |fault: model::ParamFault| OAuthError::invalid_request(fault.to_string());
    let params = edge.inbound.form_params().map_err(fault)?;
    params.require_unrepeated().map_err(fault)?;
    Ok(params)
}

/// Checks the one proof that the client presents against what it registered.
async fn authenticate<'s>(
    endpoints: &Endpoints,
    snapshot: &'s Snapshot,
    edge: &Edge,
    params: &Params,
) -> Result<&'s Service, OAuthError> {
    let unknown = || OAuthError::invalid_client("the client did not prove itself");
    let provider = &endpoints.provider;
    let presented = client_auth::presented(&edge.inbound, params)?;
    let (client_id, method) = match &presented {
        Presented::Secret { client_id, by, .. } => (client_id.clone(), *by),
        Presented::Name { client_id } => (client_id.clone(), TokenAuth::None),
        Presented::Assertion { client_id, jwt } => {
            let claimed = assertion::claimed_client(jwt).ok_or_else(unknown)?;
            if client_id.as_ref().is_some_and(|id| *id != claimed) {
                return Err(OAuthError::invalid_request("client_id differs from the assertion"));
            }
            (claimed, TokenAuth::PrivateKeyJwt)
        }
    };
    let service = snapshot.service_by_client_id(&client_id).ok_or_else(unknown)?;
    let client = service.oidc.as_ref().ok_or_else(unknown)?;
    if !client_auth::is_registered(client, method) {
        return Err(unknown());
    }
    let keys = snapshot.client_keys(&service.id);
    match presented {
        Presented::Name { .. } => {}
        Presented::Secret { secret, .. } => {
            let accepts =
                |k: &metadata::ClientKeys| k.accepts_secret(&provider.keys, &service.id, &secret);
            if !keys.is_some_and(accepts) {
                return Err(unknown());
            }
        }
        Presented::Assertion { jwt, .. } => {
            let jwks = keys.and_then(|k| k.jwks.as_ref()).ok_or_else(unknown)?;
            accept_assertion(provider, &jwt, &client_id, jwks, edge).await?;
        }
    }
    Ok(service)
}

async fn accept_assertion(
    provider: &Provider,
    jwt: &str,
    client_id: &str,
    jwks: &Value,
    edge: &Edge,
) -> Result<(), OAuthError> {
    let now = edge.moment.now;
    let endpoint = provider.url(path::TOKEN);
    let jti = assertion::verify(jwt, client_id, jwks, &[provider.issuer(), &endpoint], now)
        .map_err(|fault| OAuthError::invalid_client(fault.to_string()))?;
    // RFC 7523 section 3, 7: a copied assertion works no second time, on any node.
    let is_first = provider
        .shared
        .put_once(Space::ClientAssertion, &jti.key, jti.until, now)
        .await
        .map_err(|error| OAuthError::of(&Refusal::from(error), edge.code))?;
    if is_first { Ok(()) } else { Err(OAuthError::invalid_client("jti was used before")) }
}

/// Uses the code up. RFC 6749 section 4.1.2: one that comes a second time ends
/// what the first time gave, since one of the two has stolen it.
async fn take_code(
    provider: &Provider,
    moment: &Moment,
    login_code: LoginCode,
    params: &Params,
) -> Result<(String, CodeRecord), OAuthError> {
    let dead = || OAuthError::invalid_grant("the code is unknown, expired or used");
    let store = |error| OAuthError::of(&Refusal::from(error), login_code);
    let text = params.one("code").ok().flatten().filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| OAuthError::invalid_request("code is missing"))?;
    let bearer = Bearer::read(text, |data| provider.code_mac(data)).ok_or_else(dead)?;
    let hash = bearer.hash();
    let Some(sealed) = provider.shared.take(Space::Code, &hash, moment.now).await.map_err(store)?
    else {
        let until = moment.now.plus_s(USED_CODE_S);
        provider
            .shared
            .put(Space::Grant, &hash, b"used", until, moment.now)
            .await
            .map_err(store)?;
        return Err(dead());
    };
    let record = bearer.open::<CodeRecord>(sealed).ok_or_else(dead)?;
    Ok((hash, record))
}

/// RFC 6749 section 4.1.3: the code is its client's, for the address that it was sent to.
fn check_binding(
    record: &CodeRecord,
    service: &Service,
    params: &Params,
) -> Result<(), OAuthError> {
    let sent = |name| params.one(name).ok().flatten().unwrap_or_default();
    let is_own = record.service == service.id
        && service.oidc.as_ref().is_some_and(|client| client.client_id == record.client_id);
    if !is_own {
        return Err(OAuthError::invalid_grant("the code was issued to another client"));
    }
    if record.redirect_uri != sent("redirect_uri") {
        return Err(OAuthError::invalid_grant("redirect_uri is not the one of the request"));
    }
    if !pkce::matches(&record.code_challenge, sent("code_verifier")) {
        return Err(OAuthError::invalid_grant("code_verifier does not match"));
    }
    Ok(())
}

async fn issue(
    provider: &Provider,
    ready: &Ready,
    code_record: &CodeRecord,
    code_hash: String,
    edge: &Edge,
) -> Result<Value, OAuthError> {
    let now = edge.moment.now;
    let broken = |what: &str| OAuthError::of(&Refusal::new(code::HUB_INTERNAL, what), edge.code);
    let life_s = ready.session().expires().seconds_since(now).clamp(1, TOKEN_LIFE_S);
    let access = Bearer::mint(edge.moment.entropy.token(), |data| provider.token_mac(data));
    let record = TokenRecord {
        service: code_record.service.clone(),
        grant: code_record.grant.clone(),
        code: code_hash,
    };
    let sealed = access.seal(&record).ok_or_else(|| broken("a token record does not seal"))?;
    provider
        .shared
        .put(Space::AccessToken, &access.hash(), &sealed, now.plus_s(life_s), now)
        .await
        .map_err(|error| OAuthError::of(&Refusal::from(error), edge.code))?;
    let nonce = code_record.nonce.as_deref();
    let id_token = id_token(provider, ready, nonce, access.as_str(), edge)
        .ok_or_else(|| broken("an ID token cannot be signed"))?;
    Ok(json!({
        "access_token": access.as_str(),
        "token_type": "Bearer",
        "expires_in": life_s,
        "id_token": id_token,
        "scope": "openid",
    }))
}

fn id_token(
    provider: &Provider,
    ready: &Ready,
    nonce: Option<&str>,
    access_token: &str,
    edge: &Edge,
) -> Option<String> {
    let client = ready.service().oidc.as_ref()?;
    let session = ready.session();
    let statement = id_token::Statement {
        issuer: provider.issuer(),
        client_id: &client.client_id,
        sub: &provider.sub(ready.service(), client, &session.reader().id),
        sid: &provider.client_sid(session.sid(), &client.client_id),
        nonce,
        auth_time: session.auth_time(),
        acr: session.acr(),
        evidence: session.membership().evidence,
        access_token,
        now: edge.moment.now,
    };
    let algorithm = client.id_token_signed_response_alg.as_deref().unwrap_or("ES256");
    let keys = provider.keys.current();
    id_token::sign(keys.oidc(algorithm)?, &statement.over(provider.released(ready)))
}
