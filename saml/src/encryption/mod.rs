//! XML Encryption: what we open, and how we seal.
//!
//! ```text
//! Sealed::read ─▶ the one shape of an EncryptedAssertion, its algorithms named and accepted
//! open         ─▶ RSA-OAEP with every key of ours, AES once: the text, or one fault for all that may fail
//! seal         ─▶ a fresh key, AES-GCM, RSA-OAEP to the service's certificate
//! ```
//!
//! XML Encryption is a language too; SAML needs one sentence of it (SAML Core
//! section 2.2.4). Its oracles live from what a receiver tells: which step
//! failed, or how long it took (Jager and Somorovsky 2011, Bleichenbacher
//! 1998, Manger 2001). So RSA with PKCS#1 v1.5 and 3DES do not exist here,
//! CBC is opened only where its bytes lie under a verified signature, and a
//! session key that does not open is replaced by a random one, so that every
//! failure is met at the same place, with the same words.

mod algorithm;
mod decrypting_key;
mod fault;
mod offer;
mod open;
mod seal;
mod sealed;

pub use decrypting_key::DecryptingKey;
pub use offer::{EncryptionOffer, Recipient};
pub use open::Decryption;

pub(crate) use algorithm::write_accepted;
pub(crate) use fault::EncryptionFault;
pub(crate) use offer::{Listed, offer};
pub(crate) use open::open;
pub(crate) use seal::seal;
pub(crate) use sealed::Sealed;

#[cfg(test)]
pub(crate) mod tests;
