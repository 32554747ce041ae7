//! The hub's own keys.

mod make;
mod master;
mod oidc;
mod ring;

#[cfg(test)]
mod tests;

pub use make::CertNames;
pub use master::MasterKey;
pub use oidc::OidcKey;
pub use ring::KeyRing;

use store::StoreError;

/// Why the hub's keys cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file of the master key, or what it opens, is not as it should be.
    #[error("{what} — {remedy}")]
    Master {
        /// What is wrong.
        what: String,
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

    fn broken(what: &str, cause: impl std::fmt::Display) -> Self {
        Self::Broken(format!("{what}: {cause}"))
    }
}
