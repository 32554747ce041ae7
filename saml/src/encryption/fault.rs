//! What can be wrong with something encrypted.

use crate::{AnswerFault, SamlError};

/// Why an encrypted part is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EncryptionFault {
    #[error("encryption: {0}")]
    Shape(Box<str>),
    #[error("encryption algorithm not accepted: {0}")]
    Algorithm(Box<str>),
    /// Whatever failed once a private key was used: no part of it is told from another.
    #[error(
        "the encrypted part does not open to one Assertion that stands by itself: encrypted for \
         another key, changed on the way, or written with prefixes that are declared outside it"
    )]
    Opening,
}

impl EncryptionFault {
    pub(crate) fn shape(what: impl Into<Box<str>>) -> Self {
        Self::Shape(what.into())
    }

    /// An algorithm by its name, which the sender chose and may be of any length.
    pub(crate) fn algorithm(uri: &str) -> Self {
        Self::Algorithm(uri.chars().filter(|c| !c.is_control()).take(200).collect())
    }

    /// As the fault of a member's answer.
    pub(crate) fn in_answer(self) -> SamlError {
        let fault = match self {
            Self::Shape(_) => AnswerFault::Encrypted,
            Self::Algorithm(_) => AnswerFault::Algorithm,
            Self::Opening => AnswerFault::Decryption,
        };
        SamlError::answer(fault, self.to_string())
    }
}
