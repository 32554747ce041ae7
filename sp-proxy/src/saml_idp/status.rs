//! What a refusal is called in SAML (Core section 3.2.2.2).

use model::{Blame, Meaning, Refusal, code};
use saml::StatusCode;

/// Top and second level code of a refusal. `is_passive`: the service asked that
/// the reader be left alone, so a login that is missing is NoPassive.
pub(crate) fn of(refusal: &Refusal, is_passive: bool) -> (StatusCode, Option<StatusCode>) {
    let named = [
        (code::SAML_REQ_AUTHN_CONTEXT, StatusCode::Responder, StatusCode::NoAuthnContext),
        (code::SAML_REQ_PROXY_COUNT, StatusCode::Responder, StatusCode::ProxyCountExceeded),
        (code::SAML_REQ_NAME_ID, StatusCode::Requester, StatusCode::InvalidNameIdPolicy),
        (code::SAML_REQ_UNSUPPORTED, StatusCode::Requester, StatusCode::RequestUnsupported),
    ];
    if let Some((_, top, second)) = named.iter().find(|(code, ..)| *code == refusal.code()) {
        return (*top, Some(*second));
    }
    match refusal.meaning() {
        Meaning::LoginRequired | Meaning::InteractionRequired if is_passive => {
            (StatusCode::Responder, Some(StatusCode::NoPassive))
        }
        Meaning::LoginRequired | Meaning::InteractionRequired => {
            (StatusCode::Responder, Some(StatusCode::AuthnFailed))
        }
        _ if refusal.blame() == Blame::Member => {
            (StatusCode::Responder, Some(StatusCode::AuthnFailed))
        }
        Meaning::Denied if is_failed_login(refusal) => {
            (StatusCode::Responder, Some(StatusCode::AuthnFailed))
        }
        Meaning::Denied => (StatusCode::Responder, Some(StatusCode::RequestDenied)),
        Meaning::BadRequest | Meaning::NotFound if refusal.blame() == Blame::Service => {
            (StatusCode::Requester, Some(StatusCode::RequestDenied))
        }
        Meaning::BadRequest | Meaning::NotFound => {
            (StatusCode::Responder, Some(StatusCode::AuthnFailed))
        }
        Meaning::Unavailable | Meaning::TooMany | Meaning::ServerError => {
            (StatusCode::Responder, None)
        }
    }
}

fn is_failed_login(refusal: &Refusal) -> bool {
    refusal.code().as_str().starts_with("ACC-")
}

/// StatusMessage: the stable code with its sentence, and nothing of the reader.
pub(crate) fn message(refusal: &Refusal) -> String {
    format!("{}: {}", refusal.code(), refusal.code().info().en)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(code: model::Code, is_passive: bool) -> Option<StatusCode> {
        of(&Refusal::new(code, ""), is_passive).1
    }

    #[test]
    fn refusals_bear_their_names_in_saml() {
        assert_eq!(second(code::LOG_LOGIN_REQUIRED, true), Some(StatusCode::NoPassive));
        assert_eq!(second(code::LOG_LOGIN_REQUIRED, false), Some(StatusCode::AuthnFailed));
        assert_eq!(second(code::POL_NOT_ALLOWED, false), Some(StatusCode::RequestDenied));
        assert_eq!(second(code::POL_NOT_ALLOWED, true), Some(StatusCode::RequestDenied));
        assert_eq!(second(code::ACC_WRONG_PASSWORD, false), Some(StatusCode::AuthnFailed));
        assert_eq!(second(code::SAML_SIGNATURE, false), Some(StatusCode::AuthnFailed));
        assert_eq!(second(code::SAML_REQ_AUTHN_CONTEXT, true), Some(StatusCode::NoAuthnContext));
        assert_eq!(second(code::SAML_REQ_NAME_ID, false), Some(StatusCode::InvalidNameIdPolicy));
        assert_eq!(second(code::SAML_REQ_PROXY_COUNT, false), Some(StatusCode::ProxyCountExceeded));
        assert_eq!(second(code::HUB_STORE, false), None);
    }
}
