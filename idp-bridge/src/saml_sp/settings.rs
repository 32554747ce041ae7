//! Settings of an entry, and how it stands.

use super::request::{endpoint, idp_in_force};
use super::{At, Probe};
use model::ConnectorEntry;

/// Metadata that end sooner than this are spoken of, seconds.
const SOON_S: i64 = 14 * 86_400;

/// Opens assertions in AES-CBC too, where a signature of the Response covers them.
const ACCEPT_CBC: &str = "accept_cbc";

pub(super) fn accepts_cbc(entry: &ConnectorEntry) -> bool {
    entry.settings.get(ACCEPT_CBC).and_then(serde_json::Value::as_bool).unwrap_or(false)
}

pub(super) fn probe(at: &At<'_>) -> Probe {
    let idp = match idp_in_force(at) {
        Ok(idp) => idp,
        Err(refusal) => return Probe { is_ready: false, findings: vec![refusal.to_string()] },
    };
    let mut findings = Vec::new();
    let mut is_ready = true;
    if let Err(refusal) = endpoint(idp) {
        is_ready = false;
        findings.push(refusal.to_string());
    }
    if idp.signing_certs.is_empty() {
        is_ready = false;
        findings.push(
            "no signing certificate in the metadata: ask the library for new ones".to_owned(),
        );
    }
    if let Some(end) = idp.valid_until.filter(|end| end.seconds_since(at.moment.now) < SOON_S) {
        findings.push(format!("metadata end at {}: fetch new ones before", end.rfc3339()));
    }
    Probe { is_ready, findings }
}
