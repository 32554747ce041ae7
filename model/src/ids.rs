//! Identifiers, each a type of its own so that none is passed for another.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {kind}: {rule}")]
pub struct IdFault {
    /// The text that was given.
    pub text: String,
    /// What it was to be.
    pub kind: &'static str,
    /// The rule it breaks, as a remedy.
    pub rule: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $rule:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses the identifier; the fault names the rule that is broken.
            pub fn parse(text: &str) -> Result<Self, IdFault> {
                let check: fn(&str) -> bool = $check;
                if check(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    let text = text.chars().take(80).collect();
                    Err(IdFault { text, kind: $kind, rule: $rule })
                }
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdFault;
            fn try_from(text: String) -> Result<Self, IdFault> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

fn is_slug(text: &str) -> bool {
    (2..=32).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_token(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn is_entitlement(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && b != b'"')
}

fn is_class(text: &str) -> bool {
    (1..=32).contains(&text.chars().count()) && text.chars().all(char::is_alphanumeric)
}

id!(
    /// A member library: `^[a-z0-9-]{2,32}$`, stable for ever.
    MemberId, "member id", "2 to 32 of a-z, 0-9 and -", is_slug
);
id!(
    /// A connector of one member, unique in it; part of its callback address.
    ConnectorId, "connector id", "2 to 32 of a-z, 0-9 and -", is_slug
);
id!(
    /// A service: `^[a-z0-9-]{2,32}$`.
    ServiceId, "service id", "2 to 32 of a-z, 0-9 and -", is_slug
);
id!(
    /// A reader, opaque; never released to a service as it stands.
    ReaderId, "reader id", "1 to 128 of A-Z, a-z, 0-9, - and _", is_token
);
id!(
    /// A session of a browser; 256 random bits, kept by stores under its hash only.
    Sid, "session id", "1 to 128 of A-Z, a-z, 0-9, - and _", is_token
);
id!(
    /// The handle of one leg of a login in flight: 128 random bits, base64url.
    Handle, "login handle", "1 to 128 of A-Z, a-z, 0-9, - and _", is_token
);
id!(
    /// A named right at a service, e.g. `ill:request`.
    EntitlementId, "entitlement", "1 to 128 printable ASCII characters", is_entitlement
);
id!(
    /// A class of readers or members; the letters have no meaning in code.
    Class, "class", "1 to 32 letters or digits", is_class
);
