//! What the hub has keys for.

use std::fmt;

const HOUR_S: i64 = 3600;
const DAY_S: i64 = 24 * HOUR_S;

/// Until every node has looked at the store again, with room to spare: what one
/// node signs is never unknown at another.
pub(super) const SETTLE_S: i64 = 2;

/// What one key is for. Each purpose has a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyPurpose {
    /// The secret from which all symmetric keys and the names of readers are derived.
    Root,
    /// Signs SAML messages.
    Saml,
    /// Opens what members encrypt for us: a key of its own, since what signs never decrypts.
    SamlEncryption,
    /// Signs ID tokens, ES256.
    OidcEs256,
    /// Signs ID tokens, RS256.
    OidcRs256,
}

impl KeyPurpose {
    /// Everything that a hub needs.
    pub const ALL: [Self; 5] =
        [Self::Root, Self::Saml, Self::SamlEncryption, Self::OidcEs256, Self::OidcRs256];

    /// Its name in the store and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Saml => "saml",
            Self::SamlEncryption => "saml-encryption",
            Self::OidcEs256 => "oidc-es256",
            Self::OidcRs256 => "oidc-rs256",
        }
    }

    /// The purpose of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    }

    /// Whether its keys are published with a certificate.
    pub const fn has_certificate(self) -> bool {
        matches!(self, Self::Saml | Self::SamlEncryption)
    }

    /// For how long a new key is published before it is used, unless the operator says otherwise.
    ///
    /// Peers of SAML fetch metadata rarely, some once a week; clients of OpenID Connect
    /// look at the JWK set at least daily. A key to encrypt to need not be known ahead:
    /// whoever does not know it yet uses the one before, which we still open.
    pub const fn ahead_s(self) -> i64 {
        match self {
            Self::Root => 0,
            Self::Saml => 7 * DAY_S,
            Self::SamlEncryption => SETTLE_S,
            Self::OidcEs256 | Self::OidcRs256 => DAY_S,
        }
    }

    /// For how long something made with a key may still be looked at after the next took its place.
    ///
    /// SAML messages live minutes; an ID token is a hint at logout while the session that it
    /// tells of may run (8 h, rule 13); members encrypt to the key of the metadata that they hold.
    pub const fn lives_s(self) -> i64 {
        match self {
            Self::Root => 0,
            Self::Saml => HOUR_S,
            Self::SamlEncryption => 7 * DAY_S,
            Self::OidcEs256 | Self::OidcRs256 => DAY_S,
        }
    }
}

impl fmt::Display for KeyPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
