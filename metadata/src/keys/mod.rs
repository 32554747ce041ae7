//! The hub's own keys.
//!
//! ```text
//! store ─ rows ─▶ life (who is next, in use, earlier) ─▶ KeySet ─▶ KeyRing::current
//!           ▲ make │ import ─ private, certificate                 swapped whole by refresh
//!           └ rotate │ import │ retire (change)                    facts ─▶ keys list
//! ```

mod certificate;
mod change;
mod import;
mod life;
mod list;
mod make;
mod master;
mod oidc;
mod private;
mod purpose;
mod ring;
mod sealed;
mod set;

#[cfg(test)]
mod tests;

pub use certificate::CertificateFacts;
pub use change::UseFrom;
pub use import::BroughtKey;
pub use life::KeyState;
pub use list::{KeyFacts, facts as key_facts};
pub use make::CertNames;
pub use master::MasterKey;
pub use oidc::OidcKey;
pub use purpose::KeyPurpose;
pub use ring::KeyRing;
pub use set::KeySet;

use model::Timestamp;
use store::StoreError;

/// Why the hub's keys cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The master key, or what it opens, is not as it should be.
    #[error("{what} — {remedy}")]
    Master {
        /// What is wrong.
        what: String,
        /// What the operator does about it.
        remedy: String,
    },
    /// What was asked for is not done.
    #[error("{what} — {remedy}")]
    Refused {
        /// What stands against it.
        what: String,
        /// What the operator does about it.
        remedy: String,
    },
    /// What was asked for is done at another time.
    #[error("{what} {} — {remedy}", .at.rfc3339())]
    Timed {
        /// What stands against it, up to the time.
        what: String,
        /// The time.
        at: Timestamp,
        /// What the operator does about it.
        remedy: String,
    },
    /// A key could not be made or read.
    #[error("{0}")]
    Broken(String),
}

impl KeyError {
    fn master(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Master { what: what.into(), remedy: remedy.into() }
    }

    fn refused(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Refused { what: what.into(), remedy: remedy.into() }
    }

    fn broken(what: &str, cause: impl std::fmt::Display) -> Self {
        Self::Broken(format!("{what}: {cause}"))
    }
}
