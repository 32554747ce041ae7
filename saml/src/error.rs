//! What can be wrong with a message, by who errs.

use crate::xml::XmlFault;
use model::{Code, Refusal, code};

/// Why a member's answer is not accepted. One variant a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerFault {
    /// Not XML, not base64, or not a Response.
    Malformed,
    /// Neither Response nor Assertion is signed.
    Unsigned,
    /// A signature does not verify with any key of the metadata.
    Signature,
    /// Signed otherwise than the strict profile allows.
    Profile,
    /// Signed or digested with an algorithm that is not safe.
    Algorithm,
    /// Issued by someone else than the identity provider asked.
    Issuer,
    /// Meant for another address.
    Destination,
    /// The bearer confirmation names another recipient.
    Recipient,
    /// Meant for another audience.
    Audience,
    /// Answers another request, or one where none was made.
    InResponseTo,
    /// Not valid yet.
    NotYetValid,
    /// No longer valid.
    Expired,
    /// No usable bearer confirmation.
    NoBearer,
    /// No AuthnStatement.
    NoAuthnStatement,
    /// The session at the library has ended.
    SessionEnded,
    /// The identity provider says no.
    Status,
    /// The identity provider could not log in without asking the reader.
    NoPassive,
    /// Larger or deeper than accepted.
    TooLarge,
    /// Encrypted otherwise than accepted.
    Encrypted,
    /// Does not decrypt to one Assertion.
    Decryption,
    /// Another version than 2.0.
    Version,
    /// Not exactly one Assertion.
    AssertionCount,
    /// A fresh login was asked for and not made.
    NotFresh,
}

impl AnswerFault {
    /// The stable code.
    pub const fn code(self) -> Code {
        match self {
            Self::Malformed => code::SAML_MALFORMED,
            Self::Unsigned => code::SAML_UNSIGNED,
            Self::Signature => code::SAML_SIGNATURE,
            Self::Profile => code::SAML_SIGNATURE_PROFILE,
            Self::Algorithm => code::SAML_ALGORITHM,
            Self::Issuer => code::SAML_ISSUER,
            Self::Destination => code::SAML_DESTINATION,
            Self::Recipient => code::SAML_RECIPIENT,
            Self::Audience => code::SAML_AUDIENCE,
            Self::InResponseTo => code::SAML_IN_RESPONSE_TO,
            Self::NotYetValid => code::SAML_NOT_YET_VALID,
            Self::Expired => code::SAML_EXPIRED,
            Self::NoBearer => code::SAML_NO_BEARER,
            Self::NoAuthnStatement => code::SAML_NO_AUTHN_STATEMENT,
            Self::SessionEnded => code::SAML_SESSION_ENDED,
            Self::Status => code::SAML_STATUS,
            Self::NoPassive => code::LOG_LOGIN_REQUIRED,
            Self::TooLarge => code::SAML_TOO_LARGE,
            Self::Encrypted => code::SAML_ENCRYPTED,
            Self::Decryption => code::SAML_DECRYPTION,
            Self::Version => code::SAML_VERSION,
            Self::AssertionCount => code::SAML_ASSERTION_COUNT,
            Self::NotFresh => code::SAML_NOT_FRESH,
        }
    }
}

/// Why a service's request is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestFault {
    /// Not XML, not base64, not DEFLATE, or not an AuthnRequest.
    Malformed,
    /// The signature is missing or does not verify.
    Signature,
    /// Asks for something that is not supported.
    Unsupported,
    /// Cannot be answered encrypted as it, or the registry, asks.
    Encryption,
}

impl RequestFault {
    /// The stable code.
    pub const fn code(self) -> Code {
        match self {
            Self::Malformed => code::SAML_REQ_MALFORMED,
            Self::Signature => code::SAML_REQ_SIGNATURE,
            Self::Unsupported => code::SAML_REQ_UNSUPPORTED,
            Self::Encryption => code::SAML_REQ_ENCRYPTION,
        }
    }
}

/// Why SAML on the wire was refused. The text is technical and holds no value of a reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SamlError {
    /// The member errs: its answer is not acceptable.
    #[error("{1}")]
    Answer(AnswerFault, Box<str>),
    /// The service errs: its request is not acceptable.
    #[error("{1}")]
    Request(RequestFault, Box<str>),
    /// Whoever published the metadata errs.
    #[error("metadata: {0}")]
    Metadata(Box<str>),
    /// We err: a key or a value of our own cannot be used.
    #[error("{0}")]
    Hub(Box<str>),
}

impl SamlError {
    /// The stable code.
    pub const fn code(&self) -> Code {
        match self {
            Self::Answer(fault, _) => fault.code(),
            Self::Request(fault, _) => fault.code(),
            Self::Metadata(_) => code::SAML_METADATA,
            Self::Hub(_) => code::HUB_INTERNAL,
        }
    }

    pub(crate) fn answer(fault: AnswerFault, what: impl Into<Box<str>>) -> Self {
        Self::Answer(fault, what.into())
    }

    pub(crate) fn request(fault: RequestFault, what: impl Into<Box<str>>) -> Self {
        Self::Request(fault, what.into())
    }

    /// Bad XML in a member's answer.
    pub(crate) fn in_answer(fault: XmlFault) -> Self {
        let kind = if fault.is_size() { AnswerFault::TooLarge } else { AnswerFault::Malformed };
        Self::answer(kind, fault.to_string())
    }

    /// Bad XML in a service's request.
    pub(crate) fn in_request(fault: XmlFault) -> Self {
        Self::request(RequestFault::Malformed, fault.to_string())
    }

    /// Bad XML in metadata.
    pub(crate) fn in_metadata(fault: XmlFault) -> Self {
        Self::metadata(fault.to_string())
    }

    pub(crate) fn metadata(what: impl Into<Box<str>>) -> Self {
        Self::Metadata(what.into())
    }

    pub(crate) fn hub(what: impl Into<Box<str>>) -> Self {
        Self::Hub(what.into())
    }
}

impl From<SamlError> for Refusal {
    fn from(error: SamlError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
