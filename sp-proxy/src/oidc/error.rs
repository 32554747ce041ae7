//! The errors of OAuth 2.0 and OpenID Connect, for browsers and for machines.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use login::Refused;
use model::{Code, LoginCode, Meaning, Refusal, code};

/// The error code that a refusal becomes at a client's redirect URI
/// (RFC 6749 section 4.1.2.1, OpenID Connect Core 3.1.2.6).
pub(crate) fn authorization_error(refused: Code) -> &'static str {
    if refused == code::OIDC_RESPONSE_TYPE {
        return "unsupported_response_type";
    }
    if refused == code::OIDC_SCOPE {
        return "invalid_scope";
    }
    // Core 3.1.2.6: a login older than max_age is a login that is missing.
    if refused == code::POL_LOGIN_TOO_OLD {
        return "login_required";
    }
    match refused.info().meaning {
        Meaning::BadRequest | Meaning::NotFound => "invalid_request",
        Meaning::Denied => "access_denied",
        Meaning::LoginRequired => "login_required",
        Meaning::InteractionRequired => "interaction_required",
        Meaning::Unavailable | Meaning::TooMany => "temporarily_unavailable",
        Meaning::ServerError => "server_error",
    }
}

/// The sentence of a code as an `error_description`: RFC 6749 section 4.1.2.1
/// allows printable ASCII without `"` and `\`.
pub(crate) fn description(refused: Code) -> String {
    let text = format!("{}: {}", refused.as_str(), refused.info().en);
    text.chars()
        .map(|c| if matches!(c, ' '..='~') && c != '"' && c != '\\' { c } else { '\'' })
        .collect()
}

/// The answer of a machine endpoint that refuses: JSON as RFC 6749 section 5.2
/// wants it, never cached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OAuthError {
    status: StatusCode,
    error: &'static str,
    description: String,
    challenge: Option<&'static str>,
}

impl OAuthError {
    /// The request itself is wrong.
    pub(crate) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// The code cannot be redeemed; says no more than that to who may be a thief.
    pub(crate) fn invalid_grant(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_grant", description)
    }

    /// The grant type is not offered.
    pub(crate) fn unsupported_grant_type() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "only authorization_code is offered",
        )
    }

    /// The client did not prove itself: 401 with the scheme it may use.
    pub(crate) fn invalid_client(description: impl Into<String>) -> Self {
        let error = Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description);
        Self { challenge: Some("Basic realm=\"token\", charset=\"UTF-8\""), ..error }
    }

    /// What a refusal of the path becomes where a machine asked.
    pub(crate) fn of(refusal: &Refusal, login_code: LoginCode) -> Self {
        let (status, error) = match refusal.meaning() {
            Meaning::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"),
            Meaning::TooMany => (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable"),
            Meaning::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
            Meaning::BadRequest | Meaning::NotFound => (StatusCode::BAD_REQUEST, "invalid_request"),
            Meaning::Denied | Meaning::LoginRequired | Meaning::InteractionRequired => {
                (StatusCode::BAD_REQUEST, "invalid_grant")
            }
        };
        Self::new(status, error, format!("{} ({login_code})", description(refusal.code())))
    }

    /// What the edge refused before the endpoint saw it.
    pub(crate) fn of_edge(refused: &Refused) -> Self {
        let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::BAD_REQUEST);
        Self::of(&refused.refusal, refused.login_code).with_status(status)
    }

    /// The access token is not good (RFC 6750 section 3.1).
    pub(crate) fn invalid_token(description: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_token", description)
    }

    /// The error code, for the log.
    pub(crate) fn error(&self) -> &'static str {
        self.error
    }

    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into(), challenge: None }
    }

    /// The same with another status.
    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

/// A JSON answer that nothing between may keep (RFC 6749 section 5.1).
pub(crate) fn private_json(status: StatusCode, body: &serde_json::Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
    ];
    (status, headers, body.to_string()).into_response()
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = serde_json::json!({
            "error": self.error,
            "error_description": self.description,
        });
        let mut response = private_json(self.status, &body);
        if let Some(challenge) = self.challenge {
            let value = HeaderValue::from_static(challenge);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ALL_CODES;

    #[test]
    fn every_code_has_an_error_and_a_description_in_the_alphabet_of_rfc_6749() {
        for code in ALL_CODES {
            assert!(!authorization_error(*code).is_empty());
            assert!(
                description(*code)
                    .bytes()
                    .all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E)),
                "{code}"
            );
        }
    }

    #[test]
    fn an_old_login_is_login_required_so_that_silent_renewal_works() {
        assert_eq!(authorization_error(code::POL_LOGIN_TOO_OLD), "login_required");
        assert_eq!(authorization_error(code::LOG_LOGIN_REQUIRED), "login_required");
        assert_eq!(authorization_error(code::POL_NOT_ALLOWED), "access_denied");
    }
}
