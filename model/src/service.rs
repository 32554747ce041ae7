//! A service as its registry file describes it.

use crate::{EntitlementId, MetadataRef, ServiceId, Text, ValueName};
use serde::{Deserialize, Serialize};

/// Whether a service may be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ServiceStatus {
    /// In use.
    #[default]
    Live,
    /// In use, marked as a trial.
    Testing,
    /// Cut off: every login is refused.
    Suspended,
}

/// A right that a service knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum EntitlementDef {
    /// Given by policy.
    Plain(EntitlementId),
    /// With conditions.
    Table(EntitlementTable),
}

/// The long form of a right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntitlementTable {
    /// The right.
    pub id: EntitlementId,
    /// `application`: applied for by the reader and approved by a librarian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<GivenBy>,
}

/// How a right is come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GivenBy {
    /// Policy alone.
    Policy,
    /// A librarian, on application.
    Application,
}

impl EntitlementDef {
    /// The right itself.
    pub fn id(&self) -> &EntitlementId {
        match self {
            Self::Plain(id) => id,
            Self::Table(table) => &table.id,
        }
    }

    /// Whether a librarian must approve it first.
    pub fn needs_application(&self) -> bool {
        matches!(self, Self::Table(t) if t.by == Some(GivenBy::Application))
    }
}

/// How a client proves itself at the token endpoint (OpenID Connect Core 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenAuth {
    /// HTTP Basic.
    ClientSecretBasic,
    /// Secret in the body.
    ClientSecretPost,
    /// A JWT signed with the client's key (RFC 7523).
    PrivateKeyJwt,
    /// A public client; PKCE alone.
    None,
}

/// The `[oidc]` part of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcClient {
    /// Unique among all services.
    pub client_id: String,
    /// File that holds the secret; kept as HMAC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_file: Option<String>,
    /// File with the client's public keys (RFC 7517).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<String>,
    /// Address of the client's public keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// Addresses answers may go to, matched letter for letter.
    pub redirect_uris: Vec<String>,
    /// Addresses the reader may be sent to after logout, matched letter for letter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// `ES256` (default) or `RS256`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_signed_response_alg: Option<String>,
}

/// Which of our identity providers a SAML service faces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdpChoice {
    /// The hub's one.
    #[default]
    Shared,
    /// The virtual one of the reader's member.
    Member,
}

/// The hash in a signature made with an RSA key; a key on a curve has its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignatureHash {
    /// SHA-256.
    #[default]
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl SignatureHash {
    /// Whether it is the one that is taken where none is named.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// The `[saml]` part of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamlSp {
    /// The service's metadata.
    pub metadata: MetadataRef,
    /// Which identity provider it faces.
    #[serde(default)]
    pub idp: IdpChoice,
    /// Whether its assertions are encrypted; absent: where its metadata ask for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encrypt: Option<bool>,
    /// The hash in what is signed for it.
    #[serde(default, skip_serializing_if = "SignatureHash::is_default")]
    pub signature_hash: SignatureHash,
}

/// The `[cas]` part of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CasClient {
    /// Prefixes of its addresses, matched on a path boundary.
    pub service_urls: Vec<String>,
}

/// The `[forward_auth]` part of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForwardAuthSite {
    /// Hosts it protects.
    pub hosts: Vec<String>,
}

/// A relying party: `services/ID.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Stable id.
    pub id: ServiceId,
    /// Name that readers see.
    pub name: Text,
    /// One line about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Text>,
    /// Whether it may be entered.
    #[serde(default)]
    pub status: ServiceStatus,
    /// Where the portal sends a reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch_url: Option<String>,
    /// Rights that it knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entitlements: Vec<EntitlementDef>,
    /// Values that it is told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub release: Vec<ValueName>,
    /// Reached by OpenID Connect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oidc: Option<OidcClient>,
    /// Reached by SAML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saml: Option<SamlSp>,
    /// Reached by CAS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cas: Option<CasClient>,
    /// Reached by forward authentication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forward_auth: Option<ForwardAuthSite>,
}
