//! What a verified assertion says.

use crate::{EntityId, NameId};
use model::Timestamp;

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// FriendlyName: for people, never matched.
    pub friendly_name: Option<String>,
    /// NameFormat URI.
    pub name_format: Option<String>,
    /// Values as text; of a NameID element its text.
    pub values: Vec<String>,
}

/// A statement about a reader. Believable only inside [`crate::Verified`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// ID: works once; the caller records it until `not_on_or_after`.
    pub id: String,
    /// The identity provider.
    pub issuer: EntityId,
    /// Who.
    pub name_id: Option<NameId>,
    /// What is said of them.
    pub attributes: Vec<Attribute>,
    /// When they proved it.
    pub authn_instant: Timestamp,
    /// How (AuthnContextClassRef).
    pub authn_context: Option<String>,
    /// The session there, for logout.
    pub session_index: Option<String>,
    /// When the session there ends.
    pub session_not_on_or_after: Option<Timestamp>,
    /// Who else vouched.
    pub authenticating_authorities: Vec<String>,
    /// Until when the id must be remembered, tolerance included.
    pub not_on_or_after: Timestamp,
    /// OneTimeUse stands in the conditions. Every assertion works once here anyway.
    pub one_time_use: bool,
    /// ID of the Response that carried it.
    pub response_id: String,
}
