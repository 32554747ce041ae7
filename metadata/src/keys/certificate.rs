//! Certificates beside our keys.

use super::KeyError;
use aws_lc_rs::digest::{SHA256, digest};
use model::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::fmt::Write as _;
use x509_cert::Certificate as X509;
use x509_cert::der::Decode as _;
use x509_cert::time::Time;

/// What a certificate says that an operator asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// SHA-256 of its DER, as `openssl x509 -fingerprint -sha256` prints it.
    pub fingerprint: String,
    /// Its first moment.
    pub not_before: Timestamp,
    /// Its last moment. Peers that follow the metadata alone do not look at it (SAML
    /// Metadata Interoperability Profile 2.6.1); others refuse us afterwards.
    pub not_after: Timestamp,
}

impl CertificateFacts {
    /// Of DER; `None` where it is no X.509 certificate.
    pub fn of(der: &[u8]) -> Option<Self> {
        let read = X509::from_der(der).ok()?;
        let validity = read.tbs_certificate.validity;
        let moment = |time: Time| {
            let seconds = time.to_unix_duration().as_secs();
            Timestamp::from_unix_s(i64::try_from(seconds).unwrap_or(i64::MAX / 1000))
        };
        let (not_before, not_after) = (moment(validity.not_before), moment(validity.not_after));
        let mut fingerprint = String::with_capacity(95);
        for byte in digest(&SHA256, der).as_ref() {
            let colon = if fingerprint.is_empty() { "" } else { ":" };
            let _ = write!(fingerprint, "{colon}{byte:02X}");
        }
        Some(Self { fingerprint, not_before, not_after })
    }
}

/// The certificate of a PEM file that is of the key with this public part; a chain may lie beside it.
pub(super) fn of_key(pem: &[u8], public: &[u8]) -> Result<Vec<u8>, KeyError> {
    let mut is_empty = true;
    for found in CertificateDer::pem_slice_iter(pem) {
        let der = found.map_err(|e| fault(&format!("is not PEM: {e}")))?;
        is_empty = false;
        if holds(&der, public).ok_or_else(|| fault("holds no X.509 certificate"))? {
            return Ok(der.to_vec());
        }
    }
    Err(fault(if is_empty { "holds no certificate" } else { "is of another key" }))
}

/// Whether a certificate is of the key with this public part (RFC 5280 section 4.1); `None`
/// where it is none.
pub(super) fn holds(der: &[u8], public: &[u8]) -> Option<bool> {
    let read = X509::from_der(der).ok()?;
    let info = read.tbs_certificate.subject_public_key_info;
    Some(info.subject_public_key.raw_bytes() == public)
}

fn fault(what: &str) -> KeyError {
    KeyError::refused(
        format!("the file of the certificate {what}"),
        "name the PEM file of the certificate that belongs to the key",
    )
}
