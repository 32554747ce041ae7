//! Whom a TLS connection trusts.

use crate::http::system_tls;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::sync::Arc;

/// The authorities of one target: its own, or those of the system.
#[derive(Clone)]
pub struct TcpTrust {
    config: Arc<ClientConfig>,
    /// The authorities as they were named; `None`: those of the system.
    pinned: Option<Arc<str>>,
}

/// The same authorities.
impl PartialEq for TcpTrust {
    fn eq(&self, other: &Self) -> bool {
        self.pinned == other.pinned
    }
}

impl TcpTrust {
    /// Only certificates of these authorities, PEM: whoever holds another one's key gains nothing.
    pub fn pinned(pem: &str) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|e| format!("is not PEM: {e}"))?;
            roots.add(certificate).map_err(|e| format!("holds no certificate of use: {e}"))?;
        }
        if roots.is_empty() {
            return Err("holds no certificate".to_owned());
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| e.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { config: Arc::new(config), pinned: Some(pem.into()) })
    }

    /// The authorities of the system.
    pub fn system() -> Result<Self, String> {
        let config = system_tls(None).map_err(|e| e.to_string())?;
        Ok(Self { config: Arc::new(config), pinned: None })
    }

    pub(super) fn config(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.config)
    }
}

impl fmt::Debug for TcpTrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TcpTrust")
    }
}
