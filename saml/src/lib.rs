//! SAML 2.0 on the wire: what arrives is verified before it is read, what
//! leaves is written in canonical form and signed as written.
//!
//! The crate is pure: no I/O, no clock, no chance. It is the only one that
//! parses XML, through [`xml`]. One rule shapes it: after a signature
//! verifies, everything is taken from the bytes that were digested, never
//! again from the document that arrived ([`Verified`]).

mod bindings;
mod encryption;
mod error;
mod messages;
mod metadata;
mod names;
mod signature;
mod verify;
pub mod xml;

pub use bindings::{
    MessageKind, RawRequest, RawResponse, RequestSignature, decode_post, decode_redirect,
    decode_response, post_fields, redirect_url,
};
pub use encryption::{DecryptingKey, Decryption, EncryptionOffer, Recipient};
pub use error::{AnswerFault, RequestFault, SamlError};
pub use messages::{
    AttrValues, AttributeOut, AuthnRequest, AuthnRequestOut, ErrorOut, NameId, ResponseOut, Sign,
    StatusCode, parse_authn_request, verify_request_signature, write_encrypted_response,
    write_error_response, write_response,
};
pub use metadata::{
    Acs, Endpoint, EntityAttribute, EntityId, IdpMetadata, IdpSelf, MetadataSeal, ParsedEntity,
    RequestedAttribute, SpMetadata, SpSelf, parse_metadata, sign_idp_metadata, sign_sp_metadata,
    verify_metadata, write_idp_metadata, write_sp_metadata,
};
pub use names::{Binding, attr, name_format, name_id_format};
pub use signature::{Signer, SigningKey};
pub use verify::{
    Accepted, Assertion, Attribute, Expected, Objection, Opinion, SecondOpinion, Verified,
    attribute, is_same_attribute, peek_issuer, verify_encrypted_response, verify_response,
};
