//! How messages travel: HTTP-Redirect and HTTP-POST (SAML Bindings sections 3.4, 3.5).

mod deflate;
mod post;
mod redirect;

pub use post::{decode_post, decode_response, post_fields};
pub use redirect::{decode_redirect, redirect_url};

/// Which parameter carries the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// `SAMLRequest`.
    Request,
    /// `SAMLResponse`.
    Response,
}

impl MessageKind {
    /// The name of the parameter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }
}

/// Where the signature of a request may be found. Says nothing of its validity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestSignature {
    /// Nowhere.
    Absent,
    /// Beside it in the query (HTTP-Redirect), over the octets as they were sent.
    Detached {
        /// The octets that it covers.
        signed: Vec<u8>,
        /// SigAlg, a URI.
        algorithm: String,
        /// The signature itself.
        value: Vec<u8>,
    },
    /// Inside the message (HTTP-POST).
    Enveloped,
}

impl RequestSignature {
    /// Whether there is one at all.
    pub const fn is_present(&self) -> bool {
        !matches!(self, Self::Absent)
    }
}

/// A request as it came out of its binding, unverified.
#[derive(Debug, Clone)]
pub struct RawRequest {
    /// The message, within its size cap.
    pub xml: Vec<u8>,
    /// RelayState, to be given back as it is.
    pub relay_state: Option<String>,
    /// Its signature.
    pub signature: RequestSignature,
}

/// A response as it came out of its binding, unverified.
#[derive(Debug, Clone)]
pub struct RawResponse {
    /// The message, within its size cap.
    pub xml: Vec<u8>,
    /// RelayState: what we sent with the request.
    pub relay_state: Option<String>,
}

#[cfg(test)]
mod tests;
