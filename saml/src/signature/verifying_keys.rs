//! Keys that are trusted for one entity.

use super::SignatureFault;
use super::algorithm::signature_method;
use aws_lc_rs::rsa::PublicEncryptingKey;
use aws_lc_rs::signature::UnparsedPublicKey;
use bergshamra::DsigContext;
use bergshamra::keys::{Key, KeysManager, loader};
use std::fmt;
use std::sync::Arc;

/// One public key, out of a certificate that metadata carry.
///
/// The certificate is only an envelope: its dates, names and issuer are not
/// looked at, since the metadata are the trust (SAML Metadata
/// Interoperability Profile section 2.6.1).
#[derive(Clone)]
pub(crate) struct TrustedKey {
    spki: Vec<u8>,
    key: Key,
}

impl TrustedKey {
    /// From a certificate's DER; RSA below 2048 bits and other sorts of keys are refused.
    pub(crate) fn from_certificate(der: &[u8]) -> Result<Self, Box<str>> {
        let mut key = loader::load_x509_cert_der(der)
            .map_err(|e| format!("not a usable certificate: {e}"))?;
        key.x509_chain.clear();
        let spki = key.to_spki_der().ok_or("a certificate without a usable public key")?;
        let is_rsa = match key.algorithm_name() {
            "RSA" => true,
            "EC-P256" | "EC-P384" => false,
            other => {
                return Err(format!("a key of a sort that is not accepted: {other}").into());
            }
        };
        if is_rsa {
            let bits = PublicEncryptingKey::from_der(&spki).map(|k| k.key_size_bits());
            if !bits.is_ok_and(|bits| (2048..=8192).contains(&bits)) {
                return Err("an RSA key outside 2048 to 8192 bits".into());
            }
        }
        Ok(Self { spki, key })
    }

    /// SubjectPublicKeyInfo, DER.
    pub(crate) fn spki(&self) -> &[u8] {
        &self.spki
    }
}

/// Public keys from metadata, parsed once. Cheap to clone.
#[derive(Clone)]
pub(crate) struct VerifyingKeys(Arc<Inner>);

struct Inner {
    keys: Vec<TrustedKey>,
    context: DsigContext,
}

impl VerifyingKeys {
    /// Keys of which any may have signed: several while one is rolled over.
    pub(crate) fn new(keys: Vec<TrustedKey>) -> Self {
        let mut manager = KeysManager::new();
        manager.add_keys(keys.iter().map(|k| k.key.clone()));
        // `DsigContext::new`: keys of the manager only, never one that the document carries;
        // reference positions checked; every digest computed here.
        Self(Arc::new(Inner { keys, context: DsigContext::new(manager) }))
    }

    pub(super) fn context(&self) -> &DsigContext {
        &self.0.context
    }

    /// Whether there is no key at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.keys.is_empty()
    }

    /// Verifies a detached signature over `data`, as the Redirect binding has it.
    pub(crate) fn verify_detached(
        &self,
        algorithm: &str,
        data: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureFault> {
        let method = signature_method(algorithm)?;
        let verifies = |key: &TrustedKey| {
            UnparsedPublicKey::new(method, &key.spki).verify(data, signature).is_ok()
        };
        if self.0.keys.iter().any(verifies) {
            return Ok(());
        }
        Err(SignatureFault::invalid("does not verify with any key of the metadata"))
    }
}

impl fmt::Debug for VerifyingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKeys({})", self.0.keys.len())
    }
}
