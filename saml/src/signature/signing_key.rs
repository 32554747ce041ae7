//! Our private key.

use super::TrustedKey;
use crate::SamlError;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// An RSA key of at least 2048 bits with its certificate. Never shown, never given out.
pub struct SigningKey {
    pair: RsaKeyPair,
    certificate: Vec<u8>,
    certificate_base64: String,
}

impl SigningKey {
    /// From PKCS#8 DER and the certificate's DER; refused where weak or where the two do not belong together.
    pub fn from_pkcs8(der: &[u8], cert_der: &[u8]) -> Result<Self, SamlError> {
        let pair = RsaKeyPair::from_pkcs8(der).map_err(|_| {
            SamlError::hub("the signing key is not an RSA key of at least 2048 bits in PKCS#8")
        })?;
        let public = TrustedKey::from_certificate(cert_der)
            .map_err(|e| SamlError::hub(format!("the signing certificate: {e}")))?;
        // SubjectPublicKeyInfo ends with the RSAPublicKey that the pair gives (RFC 5280 4.1, RFC 8017 A.1.1).
        if !public.spki().ends_with(pair.public_key().as_ref()) {
            return Err(SamlError::hub("the signing certificate is of another key"));
        }
        let certificate_base64 = STANDARD.encode(cert_der);
        Ok(Self { pair, certificate: cert_der.to_vec(), certificate_base64 })
    }

    /// The certificate, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    pub(crate) fn certificate_base64(&self) -> &str {
        &self.certificate_base64
    }

    /// RSA-SHA256 (PKCS#1 v1.5) over `data`.
    pub fn sign(&self, data: &[u8]) -> Result<Vec<u8>, SamlError> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        // PKCS#1 v1.5 signatures are deterministic: the source is asked for nothing.
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), data, &mut signature)
            .map_err(|_| SamlError::hub("signing failed"))?;
        Ok(signature)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}
