//! The keys that a library's own page signs its links with.

use jsonwebtoken::{Algorithm, DecodingKey};
use std::fmt;

/// RFC 7518 section 3.2: a key for HS256 has at least the size of its hash.
const HMAC_BYTES: usize = 32;
const PEM: &str = "-----BEGIN PUBLIC KEY-----";

/// One key of a library, with the one algorithm that it may be used with.
///
/// A public key can never be taken for the secret of an HMAC (RFC 8725 section 2.1): what a file
/// holds decides, not what a link says.
#[derive(Clone)]
pub(super) struct LinkKey {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinkKey({:?})", self.algorithm)
    }
}

impl LinkKey {
    /// An Ed25519 public key in PEM, or else a secret for HS256 as its characters stand there.
    ///
    /// # Errors
    /// What is wrong with it, for people; never a part of it.
    pub(super) fn read(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if text.contains("PRIVATE KEY") {
            return Err("a private key: it stays at the library; put the public key here");
        }
        if text.starts_with(PEM) {
            let key = DecodingKey::from_ed_pem(text.as_bytes())
                .map_err(|_| "a public key of another kind than Ed25519")?;
            return Ok(Self { algorithm: Algorithm::EdDSA, key });
        }
        if text.len() < HMAC_BYTES {
            return Err("shorter than 32 characters, which HS256 needs");
        }
        Ok(Self { algorithm: Algorithm::HS256, key: DecodingKey::from_secret(text.as_bytes()) })
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn decoding(&self) -> &DecodingKey {
        &self.key
    }
}
