//! The messages: AuthnRequest in and out, Response out.

mod authn_request;
mod authn_request_out;
pub(crate) mod element;
mod envelope_out;
mod error_out;
mod name_id;
mod response_out;

pub use authn_request::{AuthnRequest, parse_authn_request, verify_request_signature};
pub use authn_request_out::AuthnRequestOut;
pub use error_out::{ErrorOut, StatusCode, write_error_response};
pub use name_id::NameId;
pub use response_out::{
    AttrValues, AttributeOut, ResponseOut, Sign, write_encrypted_response, write_response,
};

#[cfg(test)]
mod tests;
