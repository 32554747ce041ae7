//! `/oauth2/userinfo`: what the service may know, asked for with an access token.

use super::Endpoints;
use super::error::{OAuthError, private_json};
use super::records::{Bearer, TokenRecord};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use login::{Continued, Edge, Refused, Source};
use model::{Inbound, Meaning, Method, Refusal};
use serde_json::Value;
use store::Space;

/// Why no answer is given, in the words of RFC 6750 section 3.
#[derive(Debug)]
enum Fault {
    /// No token at all: only the scheme is named.
    NoToken,
    /// Sent in two ways, or unreadable.
    BadRequest(&'static str),
    /// Unknown, expired, revoked, or of a login that no longer holds.
    BadToken,
    /// The store, or we, cannot answer now.
    Hub(OAuthError),
}

/// Core 5.3: GET and POST, the token in the header or in the form.
pub(crate) async fn userinfo(
    State(endpoints): State<Endpoints>,
    edge: Result<Edge, Refused>,
) -> Response {
    let edge = match edge {
        Ok(edge) => edge,
        Err(refused) => return OAuthError::of_edge(&refused).into_response(),
    };
    match answer(&endpoints, &edge).await {
        Ok(body) => private_json(StatusCode::OK, &body),
        Err(fault) => {
            tracing::info!(login_code = %edge.code, ?fault, "userinfo refused");
            refuse(fault)
        }
    }
}

async fn answer(endpoints: &Endpoints, edge: &Edge) -> Result<Value, Fault> {
    let provider = &endpoints.provider;
    let now = edge.moment.now;
    let store = |error| Fault::Hub(OAuthError::of(&Refusal::from(error), edge.code));
    let token = presented(&edge.inbound)?;
    let bearer = Bearer::read(&token, |data| provider.token_mac(data)).ok_or(Fault::BadToken)?;
    let sealed = provider.shared.peek(Space::AccessToken, &bearer.hash(), now).await;
    let sealed = sealed.map_err(store)?.ok_or(Fault::BadToken)?;
    let record = bearer.open::<TokenRecord>(sealed).ok_or(Fault::BadToken)?;
    // RFC 6749 section 4.1.2: its code came a second time, so it may be a thief's.
    if provider.shared.peek(Space::Grant, &record.code, now).await.map_err(store)?.is_some() {
        return Err(Fault::BadToken);
    }
    let source = Source::Grant(&record.grant);
    let continued = endpoints
        .login
        .continue_with(source, &record.service, &edge.moment, edge.code)
        .await
        .map_err(|refusal| of_refusal(&refusal, edge))?;
    let Continued::Ready(ready) = continued else { return Err(Fault::BadToken) };
    let client = ready.service().oidc.as_ref().ok_or(Fault::BadToken)?;
    let mut body = provider.released(&ready);
    let sub = provider.sub(ready.service(), client, &ready.session().reader().id);
    body.insert("sub".to_owned(), Value::String(sub));
    Ok(Value::Object(body))
}

fn of_refusal(refusal: &Refusal, edge: &Edge) -> Fault {
    match refusal.meaning() {
        Meaning::Unavailable | Meaning::ServerError | Meaning::TooMany => {
            Fault::Hub(OAuthError::of(refusal, edge.code))
        }
        _ => Fault::BadToken,
    }
}

/// RFC 6750 section 2: one way of sending the token; never in the address,
/// which lands in logs and histories.
fn presented(inbound: &Inbound) -> Result<String, Fault> {
    let mut headers = inbound.headers.iter().filter(|(name, _)| name == "authorization");
    let in_header = headers.next().map(|(_, value)| value.as_str());
    if headers.next().is_some() {
        return Err(Fault::BadRequest("two Authorization headers"));
    }
    let in_form = in_form(inbound)?;
    match (in_header, in_form) {
        (Some(_), Some(_)) => Err(Fault::BadRequest("the token is sent in two ways")),
        (None, Some(token)) => Ok(token),
        (Some(header), None) => {
            let token = header
                .split_once(' ')
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
                .map(|(_, token)| token.trim().to_owned());
            token.filter(|token| !token.is_empty()).ok_or(Fault::NoToken)
        }
        (None, None) => Err(Fault::NoToken),
    }
}

fn in_form(inbound: &Inbound) -> Result<Option<String>, Fault> {
    if inbound.method != Method::Post || inbound.body.is_empty() {
        return Ok(None);
    }
    let unreadable = |_| Fault::BadRequest("the body is not a form that can be read");
    let params = inbound.form_params().map_err(unreadable)?;
    Ok(params.one("access_token").map_err(unreadable)?.map(str::to_owned))
}

fn refuse(fault: Fault) -> Response {
    let (status, challenge, error) = match fault {
        Fault::NoToken => {
            let challenge = "Bearer realm=\"userinfo\"".to_owned();
            (StatusCode::UNAUTHORIZED, challenge, OAuthError::invalid_token("no access token"))
        }
        Fault::BadRequest(what) => (
            StatusCode::BAD_REQUEST,
            challenge("invalid_request"),
            OAuthError::invalid_request(what),
        ),
        Fault::BadToken => {
            let error =
                OAuthError::invalid_token("the access token is expired, revoked or unknown");
            (StatusCode::UNAUTHORIZED, challenge("invalid_token"), error)
        }
        Fault::Hub(error) => return error.into_response(),
    };
    let mut response = error.with_status(status).into_response();
    if let Ok(value) = HeaderValue::from_str(&challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response
}

fn challenge(error: &str) -> String {
    format!("Bearer realm=\"userinfo\", error=\"{error}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::samples::form;

    fn read(headers: &[(&str, &str)], body: &str) -> Result<String, Fault> {
        let mut inbound = form("/oauth2/userinfo", body);
        inbound.headers.extend(headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        presented(&inbound)
    }

    #[test]
    fn the_token_is_taken_from_the_header_or_the_form() {
        assert_eq!(read(&[("authorization", "Bearer abc")], "").expect("read"), "abc");
        assert_eq!(read(&[("authorization", "bearer abc")], "").expect("read"), "abc");
        assert_eq!(read(&[], "access_token=abc").expect("read"), "abc");
    }

    #[test]
    fn two_ways_at_once_are_refused() {
        let both = read(&[("authorization", "Bearer abc")], "access_token=abc");
        assert!(matches!(both, Err(Fault::BadRequest(_))));
        let twice = read(&[("authorization", "Bearer a"), ("authorization", "Bearer b")], "");
        assert!(matches!(twice, Err(Fault::BadRequest(_))));
        assert!(matches!(read(&[], "access_token=a&access_token=b"), Err(Fault::BadRequest(_))));
    }

    #[test]
    fn the_address_is_never_looked_at() {
        let mut inbound = form("/oauth2/userinfo", "");
        inbound.method = Method::Get;
        inbound.query = "access_token=abc".into();
        assert!(matches!(presented(&inbound), Err(Fault::NoToken)));
    }

    #[test]
    fn without_a_token_only_the_scheme_is_named() {
        let response = refuse(read(&[], "").expect_err("refused"));
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer realm=\"userinfo\"");
        let response = refuse(Fault::BadToken);
        let header = response.headers()[header::WWW_AUTHENTICATE].to_str().expect("text");
        assert!(header.contains("error=\"invalid_token\""), "{header}");
    }
}
