//! Our private key.

use super::TrustedKey;
use super::algorithm::{
    ECDSA_SHA256, ECDSA_SHA384, RSA_SHA256, RSA_SHA384, RSA_SHA512, SHA256, SHA384, SHA512,
};
use crate::SamlError;
use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::SignatureHash;
use std::fmt;

/// An RSA key of at least 2048 bits, or one on P-256 or P-384, with its
/// certificate. Never shown, never given out.
pub struct SigningKey {
    pair: Pair,
    certificate: Vec<u8>,
    certificate_base64: String,
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
}

impl Pair {
    fn read(der: &[u8]) -> Option<Self> {
        let curve = |algorithm: &'static EcdsaSigningAlgorithm| {
            EcdsaKeyPair::from_pkcs8(algorithm, der).ok()
        };
        (RsaKeyPair::from_pkcs8(der).ok().map(Self::Rsa))
            .or_else(|| curve(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Self::P256))
            .or_else(|| curve(&ECDSA_P384_SHA384_FIXED_SIGNING).map(Self::P384))
    }

    fn public(&self) -> &[u8] {
        match self {
            Self::Rsa(pair) => pair.public_key().as_ref(),
            Self::P256(pair) | Self::P384(pair) => pair.public_key().as_ref(),
        }
    }

    /// A curve has its own hash, whichever is wished for.
    const fn hash(&self, wished: SignatureHash) -> SignatureHash {
        match self {
            Self::Rsa(_) => wished,
            Self::P256(_) => SignatureHash::Sha256,
            Self::P384(_) => SignatureHash::Sha384,
        }
    }
}

impl SigningKey {
    /// From PKCS#8 DER and the certificate's DER; refused where weak or where the two do not belong together.
    pub fn from_pkcs8(der: &[u8], cert_der: &[u8]) -> Result<Self, SamlError> {
        let pair = Pair::read(der).ok_or_else(|| {
            SamlError::hub(
                "the signing key is neither RSA of at least 2048 bits nor on P-256 or P-384, in PKCS#8",
            )
        })?;
        let public = TrustedKey::from_certificate(cert_der)
            .map_err(|e| SamlError::hub(format!("the signing certificate: {e}")))?;
        // SubjectPublicKeyInfo ends with what the pair gives: an RSAPublicKey or a point
        // (RFC 5280 4.1, RFC 8017 A.1.1, RFC 5480 2.2).
        if !public.spki().ends_with(pair.public()) {
            return Err(SamlError::hub("the signing certificate is of another key"));
        }
        let certificate_base64 = STANDARD.encode(cert_der);
        Ok(Self { pair, certificate: cert_der.to_vec(), certificate_base64 })
    }

    /// The certificate, DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// This key with a hash for what it signs; one on a curve keeps its own.
    pub const fn hashing(&self, hash: SignatureHash) -> Signer<'_> {
        Signer { key: self, hash: self.pair.hash(hash) }
    }

    /// Signs `data` with SHA-256, or with the hash of its curve.
    pub fn sign(&self, data: &[u8]) -> Result<Vec<u8>, SamlError> {
        Signer::from(self).sign(data)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}

/// A signing key with the hash that it signs with: RSA PKCS#1 v1.5 or ECDSA.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    key: &'a SigningKey,
    hash: SignatureHash,
}

impl<'a> From<&'a SigningKey> for Signer<'a> {
    /// With SHA-256.
    fn from(key: &'a SigningKey) -> Self {
        key.hashing(SignatureHash::Sha256)
    }
}

impl Signer<'_> {
    pub(crate) fn certificate_base64(&self) -> &str {
        &self.key.certificate_base64
    }

    /// The name of the signature algorithm.
    pub(crate) const fn method(&self) -> &'static str {
        match (&self.key.pair, self.hash) {
            (Pair::Rsa(_), SignatureHash::Sha256) => RSA_SHA256,
            (Pair::Rsa(_), SignatureHash::Sha384) => RSA_SHA384,
            (Pair::Rsa(_), SignatureHash::Sha512) => RSA_SHA512,
            (Pair::P256(_), _) => ECDSA_SHA256,
            (Pair::P384(_), _) => ECDSA_SHA384,
        }
    }

    /// The name of its hash, and the hash.
    pub(super) const fn digest(&self) -> (&'static str, &'static digest::Algorithm) {
        match self.hash {
            SignatureHash::Sha256 => (SHA256, &digest::SHA256),
            SignatureHash::Sha384 => (SHA384, &digest::SHA384),
            SignatureHash::Sha512 => (SHA512, &digest::SHA512),
        }
    }

    pub(crate) fn sign(&self, data: &[u8]) -> Result<Vec<u8>, SamlError> {
        let failed = |_| SamlError::hub("signing failed");
        // PKCS#1 v1.5 signatures are deterministic: the source is asked for nothing. The
        // library draws the nonce of ECDSA from its own generator.
        let random = SystemRandom::new();
        match &self.key.pair {
            Pair::Rsa(pair) => {
                let padding = match self.hash {
                    SignatureHash::Sha256 => &RSA_PKCS1_SHA256,
                    SignatureHash::Sha384 => &RSA_PKCS1_SHA384,
                    SignatureHash::Sha512 => &RSA_PKCS1_SHA512,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, data, &mut signature).map_err(failed)?;
                Ok(signature)
            }
            Pair::P256(pair) | Pair::P384(pair) => {
                pair.sign(&random, data).map(|s| s.as_ref().to_vec()).map_err(failed)
            }
        }
    }
}
