//! Whether metadata can be worked with.

use super::check::web_address;
use model::Timestamp;
use saml::{Binding, IdpMetadata, ParsedEntity, SpMetadata};

/// The one identity provider of a document.
///
/// A document with several would let its publisher decide which one counts.
pub(crate) fn identity_provider(entities: Vec<ParsedEntity>) -> Result<IdpMetadata, String> {
    let faults = faults(&entities);
    one(entities.into_iter().filter_map(|e| e.idp), "identity provider", &faults)
}

/// The one service provider of a document.
pub(crate) fn service_provider(entities: Vec<ParsedEntity>) -> Result<SpMetadata, String> {
    let faults = faults(&entities);
    one(entities.into_iter().filter_map(|e| e.sp), "service provider", &faults)
}

fn faults(entities: &[ParsedEntity]) -> String {
    let mut text = String::new();
    for fault in entities.iter().flat_map(|e| &e.faults).take(3) {
        text.extend(["; ", fault]);
    }
    text
}

fn one<T>(mut found: impl Iterator<Item = T>, what: &str, faults: &str) -> Result<T, String> {
    let first = found.next().ok_or_else(|| format!("holds no usable {what}{faults}"))?;
    match found.count() {
        0 => Ok(first),
        more => Err(format!("holds {} entities with a {what}; exactly one is needed", more + 1)),
    }
}

/// What keeps an identity provider from being used at `now`.
pub(super) fn judge_idp(idp: &IdpMetadata, now: Timestamp) -> Result<(), String> {
    current(idp.valid_until, now)?;
    if idp.signing_certs.is_empty() {
        return Err("names no signing certificate that can be used".to_owned());
    }
    if !idp.sso.iter().any(|e| matches!(e.binding, Binding::Redirect | Binding::Post)) {
        return Err("has no SingleSignOnService with HTTP-Redirect or HTTP-POST".to_owned());
    }
    idp.sso.iter().chain(&idp.slo).try_for_each(|e| secure(&e.location))
}

/// What keeps a service provider from being used at `now`; `encrypt` is what the registry says of it.
pub(super) fn judge_sp(
    sp: &SpMetadata,
    encrypt: Option<bool>,
    now: Timestamp,
) -> Result<(), String> {
    current(sp.valid_until, now)?;
    sp.encryption.recipient(encrypt).map_err(|e| format!("cannot be answered: {e}"))?;
    if sp.default_acs().is_none() {
        return Err("has no AssertionConsumerService with HTTP-POST".to_owned());
    }
    if sp.signs_requests && sp.signing_certs.is_empty() {
        return Err(
            "says AuthnRequestsSigned and names no signing certificate that can be used".to_owned()
        );
    }
    sp.acs
        .iter()
        .map(|a| &a.location)
        .chain(sp.slo.iter().map(|e| &e.location))
        .try_for_each(|l| secure(l))
}

/// SAML Metadata section 2.3.2: past validUntil metadata say nothing (P1).
fn current(valid_until: Option<Timestamp>, now: Timestamp) -> Result<(), String> {
    match valid_until {
        Some(until) if until <= now => Err(format!("expired: validUntil is {}", until.rfc3339())),
        _ => Ok(()),
    }
}

fn secure(location: &str) -> Result<(), String> {
    web_address(location)
        .map(drop)
        .map_err(|(what, _)| format!("names the address {location}: {what}"))
}
