//! Keys that a campus brings along.

use super::private::PrivateKey;
use super::{KeyError, KeyPurpose, certificate};
use std::fmt;

/// A key from outside that is strong enough and whole, with its certificate where it needs one.
pub struct BroughtKey {
    pub(super) key: PrivateKey,
    pub(super) certificate: Vec<u8>,
    pub(super) purpose: KeyPurpose,
}

impl fmt::Debug for BroughtKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BroughtKey({}, {:?})", self.purpose, self.key)
    }
}

impl BroughtKey {
    /// Reads a private key in PEM (PKCS#8, PKCS#1 or SEC1).
    ///
    /// Refused: an encrypted one, RSA below 2048 bits or with a small exponent, curves other
    /// than P-256 and P-384, a damaged one, and what does not fit the purpose.
    pub fn read(purpose: KeyPurpose, pem: &[u8]) -> Result<Self, KeyError> {
        let key = PrivateKey::from_pem(pem)?;
        key.sort.fits(purpose).map_err(|wanted| {
            KeyError::refused(
                format!("the key is {}, and {purpose} takes {wanted}", key.sort),
                "name another purpose or another key",
            )
        })?;
        Ok(Self { key, certificate: Vec::new(), purpose })
    }

    /// With its certificate in PEM; of a chain the one that is of this key.
    pub fn certified(self, pem: &[u8]) -> Result<Self, KeyError> {
        let certificate = certificate::of_key(pem, &self.key.public)?;
        Ok(Self { certificate, ..self })
    }
}
