//! What can go wrong with a store.

use model::{Refusal, code};

/// Why a store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The engine did not answer, or not in time; nothing is known of what it did.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
    /// What lies in the store cannot be read.
    #[error("the store holds something unreadable: {0}")]
    Corrupt(String),
    /// Another writer was faster.
    #[error("another process changed this first")]
    Conflict,
    /// The store cannot be used as it is configured or as it lies on disk.
    #[error("{what} — {remedy}")]
    Setup {
        /// What is wrong.
        what: String,
        /// What the operator does about it.
        remedy: String,
    },
}

impl StoreError {
    pub(crate) fn setup(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Setup { what: what.into(), remedy: remedy.into() }
    }

    /// The same fault, for another caller whom it concerns as well.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Unavailable(text) => Self::Unavailable(text.clone()),
            Self::Corrupt(text) => Self::Corrupt(text.clone()),
            Self::Conflict => Self::Conflict,
            Self::Setup { what, remedy } => Self::setup(what, remedy),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(fault: StoreError) -> Self {
        let code = match &fault {
            StoreError::Unavailable(_) | StoreError::Conflict => code::HUB_STORE,
            StoreError::Corrupt(_) => code::HUB_INTERNAL,
            StoreError::Setup { .. } => code::HUB_NOT_READY,
        };
        Self::new(code, fault.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_the_cause_for_the_log_only() {
        let refusal = Refusal::from(StoreError::Unavailable("socket closed".to_owned()));
        assert_eq!(refusal.code(), code::HUB_STORE);
        assert!(refusal.detail().log.contains("socket closed"));
        assert!(!refusal.code().info().en.contains("socket"));
        assert_eq!(Refusal::from(StoreError::Corrupt(String::new())).code(), code::HUB_INTERNAL);
        assert_eq!(Refusal::from(StoreError::Conflict).code(), code::HUB_STORE);
    }
}
