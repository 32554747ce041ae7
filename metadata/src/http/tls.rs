//! TLS of the outbound client: one provider, the authorities of the system and those configured.

use super::HttpError;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use std::sync::Arc;

/// TLS 1.2 and 1.3 on aws-lc, whatever provider the process has installed.
pub(crate) fn config(extra_ca_pem: Option<&[u8]>) -> Result<ClientConfig, HttpError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let extra = authorities(extra_ca_pem)?;
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|e| HttpError::Setup(e.to_string()))?;
    let has_extra = !extra.is_empty();
    match verifier(extra, provider) {
        Ok(verifier) => Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth()),
        Err(e) if has_extra => Err(HttpError::Setup(format!("a certificate of an authority: {e}"))),
        Err(e) => {
            tracing::warn!(cause = %e, "no certificate authorities: https to other systems will fail");
            Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
        }
    }
}

fn verifier(
    extra: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    Verifier::new_with_extra_roots(extra, provider)
}

fn authorities(pem: Option<&[u8]>) -> Result<Vec<CertificateDer<'static>>, HttpError> {
    let Some(pem) = pem else { return Ok(Vec::new()) };
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => {
            Err(HttpError::Setup("the file of further authorities holds no certificate".to_owned()))
        }
        Err(e) => Err(HttpError::Setup(format!("the file of further authorities is not PEM: {e}"))),
    }
}
