//! A reader, and one person's standing at one member.

use crate::{Class, ConnectorId, MemberId, ReaderId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// The key that a member knows its reader by. Personal: Debug hides it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocalKey(String);

impl LocalKey {
    /// Wraps a key; `None` for an empty one or one above 1,024 bytes.
    pub fn new(key: &str) -> Option<Self> {
        (!key.is_empty() && key.len() <= 1024).then(|| Self(key.to_owned()))
    }

    /// The key itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LocalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalKey(***)")
    }
}

/// Standing of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// All is well.
    #[default]
    Good,
    /// Not yet approved.
    Pending,
    /// Fines, a lost card.
    Blocked,
    /// Past its end.
    Expired,
    /// Cut off.
    Suspended,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 5] =
        [Self::Good, Self::Pending, Self::Blocked, Self::Expired, Self::Suspended];

    /// As written in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Pending => "pending",
            Self::Blocked => "blocked",
            Self::Expired => "expired",
            Self::Suspended => "suspended",
        }
    }

    /// Reads a standing as written in files.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

/// What a login rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The hub checked a password.
    PasswordChecked,
    /// The member's identity provider asserted it, signed.
    Asserted,
    /// The address lies in the campus; who sits there is not known.
    Network,
    /// A number was given that stands on the card; nothing that only its reader knows.
    NumberOnly,
}

impl Evidence {
    /// Every kind.
    pub const ALL: [Self; 4] =
        [Self::PasswordChecked, Self::Asserted, Self::Network, Self::NumberOnly];

    /// Whether a secret of the reader's, or the signed word of one who checked it, stands
    /// behind it. Without one a login is worth what the address it came from is worth.
    pub const fn is_proved(self) -> bool {
        match self {
            Self::PasswordChecked | Self::Asserted => true,
            Self::Network | Self::NumberOnly => false,
        }
    }
}

/// What is known of the person. Every field may be absent; Debug shows presence only.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Profile {
    /// Display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Number on the reader's card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_number: Option<String>,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("name", &self.name.is_some())
            .field("mail", &self.mail.is_some())
            .field("phone", &self.phone.is_some())
            .finish_non_exhaustive()
    }
}

/// One person's standing at one member, as proved by one login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The member that vouches.
    pub member: MemberId,
    /// The connector that proved it.
    pub connector: ConnectorId,
    /// The reader's key there.
    pub key: LocalKey,
    /// Class.
    pub class: Class,
    /// The member's own category of reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Affiliations, each `value@scope` in a scope of the member.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub affiliation: BTreeSet<String>,
    /// Standing.
    pub standing: Standing,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// What the login rests on.
    pub evidence: Evidence,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    /// Opaque and stable.
    pub id: ReaderId,
    /// What is known.
    pub profile: Profile,
    /// All memberships known to the hub; a login is always in one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memberships: Vec<Membership>,
}
