//! Where the answer of an AuthnRequest goes, and what it carries.

use super::name_id::NameIdFormat;
use model::{Next, ReplyTo};
use saml::{MessageKind, post_fields};
use serde::{Deserialize, Serialize};

/// The address of the answer: made only after the ACS was matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReturnTo {
    /// The service's entityID.
    #[serde(rename = "s")]
    pub(crate) entity_id: String,
    /// Its ACS address, as in its metadata.
    #[serde(rename = "a")]
    pub(crate) acs: String,
    /// ID of the request.
    #[serde(rename = "i")]
    pub(crate) request_id: String,
    /// Given back letter for letter.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub(crate) relay_state: Option<String>,
    /// IsPassive: a missing login is NoPassive.
    #[serde(rename = "p", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_passive: bool,
}

impl ReturnTo {
    /// Carries a Response to the ACS (SAML Bindings section 3.5).
    pub(crate) fn carry(&self, response: &str) -> Next {
        Next::AutoPost {
            action: self.acs.clone(),
            fields: post_fields(MessageKind::Response, response, self.relay_state.as_deref()),
        }
    }
}

/// What the identity provider must remember to answer a login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AnswerTo {
    /// Where to.
    #[serde(flatten)]
    pub(crate) to: ReturnTo,
    /// Which kind of NameID.
    #[serde(rename = "f")]
    pub(crate) format: NameIdFormat,
    /// RequestedAuthnContext: one of these, where there are any.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) contexts: Vec<String>,
    /// ProxyCount 0: only a login at the hub itself counts.
    #[serde(rename = "x", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) forbids_proxy: bool,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_comes_back_whole() {
        let to = ReturnTo {
            entity_id: "https://sp.example/metadata".into(),
            acs: "https://sp.example/acs".into(),
            request_id: "_1".into(),
            relay_state: Some("ss:mem:南".into()),
            is_passive: true,
        };
        let answer = AnswerTo {
            to,
            format: NameIdFormat::Transient,
            contexts: vec!["x".into()],
            forbids_proxy: true,
        };
        assert_eq!(AnswerTo::from_reply(&answer.to_reply()), Some(answer));
        assert_eq!(AnswerTo::from_reply(&ReplyTo("{}".into())), None);
    }
}
