//! Our private key for what is encrypted to us.

use super::algorithm::Transport;
use crate::SamlError;
use crate::signature::TrustedKey;
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{OaepPrivateDecryptingKey, PrivateDecryptingKey};
use std::fmt;
use zeroize::Zeroizing;

/// An RSA key of 2048 to 8192 bits that opens what members encrypt for us. Never shown, never given out.
pub struct DecryptingKey {
    key: OaepPrivateDecryptingKey,
    certificate: Vec<u8>,
}

impl DecryptingKey {
    /// From PKCS#8 DER and the certificate's DER; refused where weak or where the two do not belong together.
    pub fn from_pkcs8(der: &[u8], cert_der: &[u8]) -> Result<Self, SamlError> {
        let unusable = || {
            SamlError::hub("the decryption key is not an RSA key of at least 2048 bits in PKCS#8")
        };
        let key = PrivateDecryptingKey::from_pkcs8(der).map_err(|_| unusable())?;
        let spki = key.public_key().as_der().map_err(|_| unusable())?;
        let public = TrustedKey::from_certificate(cert_der)
            .map_err(|e| SamlError::hub(format!("the encryption certificate: {e}")))?;
        if public.spki() != spki.as_ref() {
            return Err(SamlError::hub("the encryption certificate is of another key"));
        }
        let key = OaepPrivateDecryptingKey::new(key).map_err(|_| unusable())?;
        Ok(Self { key, certificate: cert_der.to_vec() })
    }

    /// The certificate, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The key that was wrapped for us; `None` tells nothing of why.
    pub(super) fn unwrap(
        &self,
        transport: Transport,
        wrapped: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let mut room = Zeroizing::new(vec![0; self.key.min_output_size()]);
        let found = self.key.decrypt(transport.oaep(), wrapped, &mut room, None).ok()?;
        Some(Zeroizing::new(found.to_vec()))
    }
}

impl fmt::Debug for DecryptingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DecryptingKey(***)")
    }
}
