//! What is wrong with a certificate that TLS itself would show all the same: clients refuse it.

use metadata::CertificateFacts;
use model::Timestamp;
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;

/// Whether its time has come and is not over. What is no certificate of X.509 has none.
pub(super) fn is_in_force(leaf: &[u8], now: Timestamp) -> bool {
    CertificateFacts::of(leaf).is_none_or(|facts| facts.not_before <= now && now < facts.not_after)
}

/// When its time comes, where it has not.
pub(super) fn begins(leaf: &[u8], now: Timestamp) -> Option<Timestamp> {
    CertificateFacts::of(leaf).map(|facts| facts.not_before).filter(|begin| *begin > now)
}

/// Everything that clients will refuse it for now, each with its remedy.
pub(super) fn troubles(leaf: &[u8], host: &str, now: Timestamp) -> Vec<String> {
    let mut told = Vec::new();
    if let Some(facts) = CertificateFacts::of(leaf) {
        if now >= facts.not_after {
            let end = facts.not_after.rfc3339();
            told.push(format!(
                "it ended at {end} — have it renewed; the files are read again by themselves"
            ));
        }
        if now < facts.not_before {
            let begin = facts.not_before.rfc3339();
            told.push(format!("it begins only at {begin} — look at this machine's clock, or use the one before until then"));
        }
    }
    if !is_for(leaf, host) {
        told.push(format!(
            "it is not for `{host}`, the host of public_url — have one made for that name"
        ));
    }
    told
}

/// RFC 6125, as browsers compare: by its subject alternative names alone.
fn is_for(leaf: &[u8], host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let Ok(name) = ServerName::try_from(bare) else { return true };
    let leaf = CertificateDer::from(leaf);
    ParsedCertificate::try_from(&leaf).is_ok_and(|leaf| verify_server_name(&leaf, &name).is_ok())
}
