//! A Response that says no.

use super::envelope_out::{Envelope, require_ids, write_status};
use crate::xml::Canonical;
use crate::{SamlError, Signer};
use model::Timestamp;

/// Status codes (SAML Core section 3.2.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatusCode {
    /// Top level: the requester errs.
    Requester,
    /// Top level: the responder cannot.
    Responder,
    /// Top level: another version.
    VersionMismatch,
    /// The reader could not prove it.
    AuthnFailed,
    /// A NameIDPolicy that cannot be met.
    InvalidNameIdPolicy,
    /// A RequestedAuthnContext that cannot be met.
    NoAuthnContext,
    /// None of the identity providers named is available.
    NoAvailableIdp,
    /// The reader would have to be asked.
    NoPassive,
    /// Further proxying is not allowed.
    ProxyCountExceeded,
    /// Refused.
    RequestDenied,
    /// Not supported.
    RequestUnsupported,
    /// The subject is not known.
    UnknownPrincipal,
}

impl StatusCode {
    /// Its URI.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requester => "urn:oasis:names:tc:SAML:2.0:status:Requester",
            Self::Responder => "urn:oasis:names:tc:SAML:2.0:status:Responder",
            Self::VersionMismatch => "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch",
            Self::AuthnFailed => "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed",
            Self::InvalidNameIdPolicy => "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy",
            Self::NoAuthnContext => "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext",
            Self::NoAvailableIdp => "urn:oasis:names:tc:SAML:2.0:status:NoAvailableIDP",
            Self::NoPassive => "urn:oasis:names:tc:SAML:2.0:status:NoPassive",
            Self::ProxyCountExceeded => "urn:oasis:names:tc:SAML:2.0:status:ProxyCountExceeded",
            Self::RequestDenied => "urn:oasis:names:tc:SAML:2.0:status:RequestDenied",
            Self::RequestUnsupported => "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported",
            Self::UnknownPrincipal => "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal",
        }
    }
}

/// A refusal in the protocol's own words.
#[derive(Debug, Clone)]
pub struct ErrorOut {
    /// A fresh ID.
    pub response_id: String,
    /// The entityID that answers.
    pub issuer: String,
    /// The ACS address.
    pub destination: String,
    /// The request answered.
    pub in_response_to: Option<String>,
    /// Now.
    pub issue_instant: Timestamp,
    /// Top level code: Requester, Responder or VersionMismatch.
    pub status: StatusCode,
    /// Second level code.
    pub second: Option<StatusCode>,
    /// StatusMessage: e.g. a stable code and the login code; never a value of a reader.
    pub message: Option<String>,
}

/// Writes and signs a refusal: a Response without an Assertion.
pub fn write_error_response<'k>(
    out: &ErrorOut,
    key: impl Into<Signer<'k>>,
) -> Result<String, SamlError> {
    require_ids(&[Some(&out.response_id), out.in_response_to.as_deref()])?;
    let envelope = Envelope {
        id: &out.response_id,
        issuer: &out.issuer,
        destination: &out.destination,
        in_response_to: out.in_response_to.as_deref(),
        issue_instant: out.issue_instant,
    };
    let codes: Vec<_> =
        [Some(out.status), out.second].into_iter().flatten().map(StatusCode::as_str).collect();
    let mut body = Canonical::with_capacity(512);
    write_status(&mut body, &codes, out.message.as_deref());
    envelope.signed_around(&body.finish(), key.into())
}
