//! A member library as its registry file describes it.

use crate::{AttributeMap, AttributeName, Class, ConnectorId, MemberId, ServiceId, Text};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Id of the hub's own place, where operators and auditors log in; no registry file may take it.
pub const HUB_MEMBER: &str = "hub";

/// Id and kind of the connector by which librarians and operators log in to work: every
/// member has it without writing it, and no registry file may take it.
pub const STAFF_CONNECTOR: &str = "staff";

/// Where a member stands in its life at the consortium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MemberStatus {
    /// Asked to join; nobody can log in.
    Applied,
    /// Being tried out: logins work, discovery marks it.
    Testing,
    /// In full use.
    Live,
    /// Cut off for now; every login is refused.
    Suspended,
    /// No longer a member.
    Left,
}

impl MemberStatus {
    /// Whether its readers may log in.
    pub const fn admits_logins(self) -> bool {
        matches!(self, Self::Testing | Self::Live)
    }
}

/// Whom a reader asks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// Opening hours, free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
}

/// Where SAML metadata come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MetadataRef {
    /// A file, relative to the folder of the file that names it.
    File(String),
    /// A document at an address, signed.
    Url {
        /// Where it lies.
        url: String,
        /// PEM certificate of its signer; `check` refuses an address without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signer: Option<String>,
    },
    /// One entity from a metadata query server.
    Mdq {
        /// Base address of the server.
        mdq: String,
        /// The entity to ask for.
        entity_id: String,
        /// PEM certificate of its signer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signer: Option<String>,
    },
}

/// One `[[connector]]` of a member: how its readers prove who they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectorEntry {
    /// Unique in the member; the kind where the file names none. Never changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ConnectorId>,
    /// `saml`, `central`, …
    pub kind: String,
    /// What readers choose it by, where two or more of a member have a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
    /// SAML metadata of the member's identity provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<MetadataRef>,
    /// Names of the member's attributes, by ours.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: AttributeMap,
    /// Services that may be started from outside; empty: refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsolicited: Vec<ServiceId>,
    /// The local id may pass to another person one day.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reassignable: bool,
    /// Where the local id may pass to another person: the value that tells the two apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_to: Option<AttributeName>,
    /// Settings of this kind alone; `check` refuses those the kind does not know.
    #[serde(flatten)]
    pub settings: BTreeMap<String, serde_json::Value>,
}

impl ConnectorEntry {
    /// The id: as written, else the kind.
    pub fn id(&self) -> Option<ConnectorId> {
        self.id.clone().or_else(|| ConnectorId::parse(&self.kind).ok())
    }
}

/// A member library: `members/ID.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Stable id.
    pub id: MemberId,
    /// CALIS ID, tenant code, old codes: all keep resolving.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// Name.
    pub name: Text,
    /// Other names that readers type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// `province/city`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// Default class of its readers.
    pub class: Class,
    /// Domains that its scoped values may carry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Where it stands.
    pub status: MemberStatus,
    /// Whom its readers ask.
    #[serde(default, skip_serializing_if = "is_default")]
    pub contact: Contact,
    /// opac, holdings, mylibrary, help.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub links: BTreeMap<String, String>,
    /// Networks of the campus.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<IpNet>,
    /// Networks of shared computers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reading_rooms: Vec<IpNet>,
    /// How its readers log in; the first is offered.
    #[serde(default, rename = "connector", skip_serializing_if = "Vec::is_empty")]
    pub connectors: Vec<ConnectorEntry>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Member {
    /// Its connector of that id.
    pub fn connector(&self, id: &ConnectorId) -> Option<&ConnectorEntry> {
        self.connectors.iter().find(|c| c.id().as_ref() == Some(id))
    }

    /// Whether `scope` is one of its own, without regard to case (DNS names).
    pub fn owns_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|s| s.eq_ignore_ascii_case(scope))
    }
}
