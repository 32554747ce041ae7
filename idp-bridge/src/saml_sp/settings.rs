//! Settings of an entry, and how it stands.

use super::request::{endpoint, idp_in_force};
use super::{At, Probe, handle};
use crate::mapping::{EMAIL, PERSISTENT, is_lasting, is_name_id};
use model::{AttributeName, ConnectorEntry, Member};

/// Metadata that end sooner than this are spoken of, seconds.
const SOON_S: i64 = 14 * 86_400;

/// Opens assertions in AES-CBC too, where a signature of the Response covers them.
const ACCEPT_CBC: &str = "accept_cbc";

pub(super) fn accepts_cbc(entry: &ConnectorEntry) -> bool {
    entry.settings.get(ACCEPT_CBC).and_then(serde_json::Value::as_bool).unwrap_or(false)
}

pub(super) fn check(member: &Member, entry: &ConnectorEntry) -> Vec<String> {
    let mut faults: Vec<String> = entry
        .settings
        .keys()
        .filter(|key| *key != ACCEPT_CBC)
        .map(|key| format!("`{key}` is no setting of kind `saml`: remove it"))
        .collect();
    if entry.settings.get(ACCEPT_CBC).is_some_and(|v| !v.is_boolean()) {
        faults.push(format!("`{ACCEPT_CBC}` is true or false"));
    }
    if entry.metadata.is_none() {
        let what = "`metadata` is missing: name the file or address of the identity provider's";
        faults.push(what.to_owned());
    }
    if let Some(names) = entry.attributes.get(&AttributeName::LocalId) {
        faults.extend(names.names().filter_map(|name| local_id_fault(name, entry.reassignable)));
    }
    let lookalikes = entry.unsolicited.iter().filter(|id| handle(id.as_str()).is_some());
    faults.extend(lookalikes.map(|id| {
        format!("`unsolicited`: `{id}` looks like a login handle of the hub: give the service another id")
    }));
    if member.scopes.is_empty() {
        let what = "`scopes` of the member is empty: its scoped values (pairwise-id, \
                    eduPersonScopedAffiliation) will be refused: list its domains";
        faults.push(what.to_owned());
    }
    faults
}

fn local_id_fault(name: &str, is_reassignable: bool) -> Option<String> {
    if is_name_id(name) && name != PERSISTENT && name != EMAIL {
        return Some(format!(
            "`attributes.local_id`: `{name}` may name another reader every day: \
             use {PERSISTENT} or pairwise-id"
        ));
    }
    if !is_lasting(name) && !is_reassignable {
        return Some(format!(
            "`attributes.local_id`: `{name}` may pass to another person one day: \
             say `reassignable = true`, or use pairwise-id"
        ));
    }
    None
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
