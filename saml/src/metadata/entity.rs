//! What metadata tell of an entity.

use crate::Binding;
use crate::encryption::EncryptionOffer;
use crate::signature::VerifyingKeys;
use model::{Text, Timestamp};
use std::fmt;
use std::ops::Deref;

/// The name of a system entity, compared octet by octet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(String);

impl EntityId {
    /// Wraps a name: 1 to 1024 characters (SAML Core section 8.3.6), no white space or control characters.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.chars().count() <= 1024;
        let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
        (fits && plain).then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for EntityId {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<str> for EntityId {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for EntityId {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// Where an entity is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// How.
    pub binding: Binding,
    /// Absolute http or https address with a host.
    pub location: String,
}

/// An AssertionConsumerService.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acs {
    /// How.
    pub binding: Binding,
    /// Absolute http or https address with a host.
    pub location: String,
    /// Its index.
    pub index: u16,
    /// Whether it is marked as the default.
    pub default: bool,
}

/// An attribute of the entity itself (SAML Metadata Extension for Entity Attributes).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityAttribute {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Vec<String>,
}

/// An attribute that a service asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedAttribute {
    /// Its name.
    pub name: String,
    /// FriendlyName.
    pub friendly_name: Option<String>,
    /// Whether the service cannot do without.
    pub required: bool,
}

/// An identity provider, with its keys prepared. Made only by reading metadata.
#[derive(Debug, Clone)]
pub struct IdpMetadata {
    /// Its name.
    pub entity_id: EntityId,
    /// SingleSignOnService.
    pub sso: Vec<Endpoint>,
    /// SingleLogoutService.
    pub slo: Vec<Endpoint>,
    /// Certificates of its signing keys, DER; none is weak.
    pub signing_certs: Vec<Vec<u8>>,
    /// Until when these metadata may be used.
    pub valid_until: Option<Timestamp>,
    /// shibmd:Scope. Informative: what counts is the registry (rule 5).
    pub scopes: Vec<String>,
    /// mdui:DisplayName.
    pub display: Option<Text>,
    /// mdui:Logo, an https address.
    pub logo: Option<String>,
    /// WantAuthnRequestsSigned.
    pub wants_signed_requests: bool,
    pub(crate) keys: VerifyingKeys,
}

/// A service provider.
#[derive(Debug, Clone)]
pub struct SpMetadata {
    /// Its name.
    pub entity_id: EntityId,
    /// AssertionConsumerService, in the order of the document.
    pub acs: Vec<Acs>,
    /// SingleLogoutService.
    pub slo: Vec<Endpoint>,
    /// Certificates of its signing keys, DER; none is weak.
    pub signing_certs: Vec<Vec<u8>>,
    /// Whether it can be answered encrypted, and asks for it.
    pub encryption: EncryptionOffer,
    /// WantAssertionsSigned.
    pub wants_assertions_signed: bool,
    /// AuthnRequestsSigned: an unsigned request of it is refused.
    pub signs_requests: bool,
    /// NameIDFormat, in order.
    pub name_id_formats: Vec<String>,
    /// Until when these metadata may be used.
    pub valid_until: Option<Timestamp>,
    /// Attributes of the entity, such as subject-id:req.
    pub entity_attributes: Vec<EntityAttribute>,
    /// RequestedAttribute of its first AttributeConsumingService.
    pub requested_attributes: Vec<RequestedAttribute>,
    /// idpdisc:DiscoveryResponse addresses.
    pub discovery_response: Vec<String>,
}

impl SpMetadata {
    /// The default ACS: the one marked, else the first of HTTP-POST (SAML Metadata section 2.2.3).
    pub fn default_acs(&self) -> Option<&Acs> {
        let mut posts = self.acs.iter().filter(|a| a.binding == Binding::Post);
        posts.clone().find(|a| a.default).or_else(|| posts.next())
    }
}

/// One entity of a document: its roles that can be used, and what is wrong with the rest.
#[derive(Debug, Clone)]
pub struct ParsedEntity {
    /// Its name.
    pub entity_id: EntityId,
    /// Its identity provider role.
    pub idp: Option<IdpMetadata>,
    /// Its service provider role.
    pub sp: Option<SpMetadata>,
    /// What was left out, each with its reason.
    pub faults: Vec<String>,
}
