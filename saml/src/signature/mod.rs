//! XML signatures: what we accept, and how we sign.
//!
//! ```text
//! verifier::verify ─▶ profile::read     the shape of every Signature, before any cryptography
//!                  ─▶ bergshamra        digest and signature value, with keys from metadata only
//!                  ─▶ canonical bytes   taken again and digested again: these, and only these, are read
//! ```

mod algorithm;
mod fault;
mod profile;
mod signing_key;
mod verifier;
mod verifying_keys;
mod write;

pub use signing_key::{Signer, SigningKey};

pub(crate) use fault::SignatureFault;
pub(crate) use verifier::verify;
pub(crate) use verifying_keys::{TrustedKey, VerifyingKeys};
pub(crate) use write::enveloped;

#[cfg(test)]
pub(crate) mod tests;
