//! What can be wrong with a signature, whoever made it.

use crate::{AnswerFault, RequestFault, SamlError};

/// Why a signature is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignatureFault {
    #[error("not signed")]
    Missing,
    #[error("signature: {0}")]
    Invalid(Box<str>),
    #[error("signature profile: {0}")]
    Profile(Box<str>),
    #[error("algorithm not accepted: {0}")]
    Algorithm(Box<str>),
}

impl SignatureFault {
    pub(crate) fn invalid(what: impl Into<Box<str>>) -> Self {
        Self::Invalid(what.into())
    }

    pub(crate) fn profile(what: impl Into<Box<str>>) -> Self {
        Self::Profile(what.into())
    }

    /// As the fault of a member's answer.
    pub(crate) fn in_answer(self) -> SamlError {
        let fault = match self {
            Self::Missing => AnswerFault::Unsigned,
            Self::Invalid(_) => AnswerFault::Signature,
            Self::Profile(_) => AnswerFault::Profile,
            Self::Algorithm(_) => AnswerFault::Algorithm,
        };
        SamlError::answer(fault, self.to_string())
    }

    /// As the fault of a service's request.
    pub(crate) fn in_request(self) -> SamlError {
        SamlError::request(RequestFault::Signature, self.to_string())
    }

    /// As the fault of metadata.
    pub(crate) fn in_metadata(self) -> SamlError {
        SamlError::metadata(self.to_string())
    }
}
