//! What a service asks, whichever protocol it speaks.

use crate::{LangTag, MemberId, ServiceId};
use serde::{Deserialize, Serialize};

/// How much the service lets the reader be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Prompt {
    /// A session is enough; else ask.
    #[default]
    AsNeeded,
    /// `prompt=none`, `IsPassive`: never ask, answer at once.
    Never,
    /// `prompt=login`, `ForceAuthn`: the reader proves it again.
    Login,
    /// `prompt=select_account`: the reader chooses the library anew.
    SelectAccount,
}

/// What a protocol must remember to answer: its own encoding, opaque to all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReplyTo(pub String);

/// One request for a login by one service, proved to be that service's.
///
/// A protocol's `parse` makes it only after the address of the answer was
/// matched against the registry, so that a refusal may go there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginRequest {
    /// Who asks.
    pub service: ServiceId,
    /// Key of the protocol that will answer (`oidc`, `saml`, `portal`, …).
    pub protocol: String,
    /// What that protocol needs for the answer.
    pub reply: ReplyTo,
    /// The library, where the request names it: discovery is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// The session must be *in* this member (virtual identity provider, rule 6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_member: Option<MemberId>,
    /// Whether the reader may be asked.
    #[serde(default)]
    pub prompt: Prompt,
    /// Greatest age of the login in seconds (`max_age`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_s: Option<u32>,
    /// Language that the service asks for (`ui_locales`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<LangTag>,
    /// Login name to fill in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
}
