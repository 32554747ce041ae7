//! Where the answer of an authorization request goes, and what it carries.

use super::error::{authorization_error, description};
use model::{Code, Next, ReplyTo, encode_component};
use serde::{Deserialize, Serialize};

/// The address of the answer: made only after the redirect URI was matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReturnTo {
    /// The client that asked.
    #[serde(rename = "c")]
    pub(crate) client_id: String,
    /// Its redirect URI, as registered.
    #[serde(rename = "r")]
    pub(crate) redirect_uri: String,
    /// Given back letter for letter.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<String>,
}

/// What the OpenID provider must remember to answer a login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AnswerTo {
    /// Where to.
    #[serde(flatten)]
    pub(crate) to: ReturnTo,
    /// For the ID token.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
    /// PKCE, S256.
    #[serde(rename = "p")]
    pub(crate) code_challenge: String,
    /// `sub` of the `id_token_hint`: only that reader is answered for.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub(crate) hinted_sub: Option<String>,
}

impl AnswerTo {
    /// In the form that travels with the login.
    pub(crate) fn to_reply(&self) -> ReplyTo {
        ReplyTo(serde_json::to_string(self).unwrap_or_default())
    }

    /// Back from that form.
    pub(crate) fn from_reply(reply: &ReplyTo) -> Option<Self> {
        serde_json::from_str(&reply.0).ok()
    }
}

impl ReturnTo {
    /// The answer with a code.
    pub(crate) fn with_code(&self, issuer: &str, code: &str) -> Next {
        self.redirect(issuer, &[("code", code)])
    }

    /// The answer with an error.
    pub(crate) fn with_error(&self, issuer: &str, refused: Code) -> Next {
        self.with_named_error(issuer, authorization_error(refused), refused)
    }

    /// The answer with an error whose name the specification gives.
    pub(crate) fn with_named_error(&self, issuer: &str, error: &str, refused: Code) -> Next {
        self.redirect(issuer, &[("error", error), ("error_description", &description(refused))])
    }

    /// RFC 9207: every answer says who gives it, against mix-up.
    fn redirect(&self, issuer: &str, answer: &[(&str, &str)]) -> Next {
        let state = self.state.as_deref().map(|state| ("state", state));
        let query: Vec<String> = answer
            .iter()
            .copied()
            .chain(state)
            .chain([("iss", issuer)])
            .map(|(name, value)| format!("{name}={}", encode_component(value)))
            .collect();
        // RFC 6749 section 3.1.2: a query of the registered address is kept.
        let joint = if self.redirect_uri.contains('?') { '&' } else { '?' };
        Next::Redirect(format!("{}{joint}{}", self.redirect_uri, query.join("&")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::code;

    fn to(redirect_uri: &str) -> ReturnTo {
        ReturnTo {
            client_id: "ill".into(),
            redirect_uri: redirect_uri.into(),
            state: Some("a b&c".into()),
        }
    }

    fn url(next: Next) -> String {
        match next {
            Next::Redirect(url) => url,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_answer_carries_state_and_issuer() {
        let answer = url(to("https://ill.example.org/cb").with_code("https://hub.test", "XYZ"));
        assert_eq!(
            answer,
            "https://ill.example.org/cb?code=XYZ&state=a%20b%26c&iss=https%3A%2F%2Fhub.test"
        );
        let refused = url(to("https://i.example/cb?x=1").with_error("https://h", code::OIDC_SCOPE));
        assert!(
            refused.starts_with("https://i.example/cb?x=1&error=invalid_scope&error_description="),
            "{refused}"
        );
        assert!(refused.ends_with("&state=a%20b%26c&iss=https%3A%2F%2Fh"), "{refused}");
    }

    #[test]
    fn what_is_remembered_comes_back_whole() {
        let answer = AnswerTo {
            to: to("https://ill.example.org/cb"),
            nonce: Some("n".into()),
            code_challenge: "p".into(),
            hinted_sub: None,
        };
        assert_eq!(AnswerTo::from_reply(&answer.to_reply()), Some(answer));
        assert_eq!(AnswerTo::from_reply(&ReplyTo("{}".into())), None);
    }
}
