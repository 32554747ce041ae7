//! Keys in words and as JSON.

use metadata::{KeyFacts, KeyPurpose, KeyState};
use model::Timestamp;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// `2026-11-21 18:47 +08:00`, the zone of the pages.
pub(super) fn time(at: Timestamp) -> String {
    let local = web::local_time(Timestamp::from_unix_s(at.unix_s()));
    let (day, rest) = local.split_once('T').unwrap_or((&local, ""));
    let (clock, offset) = rest.split_at_checked(8).unwrap_or((rest, ""));
    format!("{day} {} {offset}", clock.get(..5).unwrap_or(clock))
}

pub(super) fn json(key: &KeyFacts) -> Value {
    let at = |at: Option<Timestamp>| at.map(web::local_time);
    json!({
        "purpose": key.purpose.as_str(),
        "generation": key.generation,
        "id": key.id,
        "kid": key.kid,
        "sort": key.sort,
        "state": key.state.as_str(),
        "created": web::local_time(key.created),
        "used_from": web::local_time(key.use_from),
        "superseded": at(key.superseded),
        "retire_from": at(key.retire_from),
        "withdrawn": at(key.withdrawn),
        "certificate": key.certificate.as_ref().map(|certificate| json!({
            "sha256": certificate.fingerprint,
            "not_after": web::local_time(certificate.not_after),
        })),
        "opens": key.opens,
    })
}

/// What is to be done next about a key that was just made or brought.
pub(super) fn follow_up(key: &KeyFacts, before: Option<&KeyFacts>, is_at_once: bool) -> String {
    let (purpose, generation) = (key.purpose, key.generation);
    let mut text = match (purpose, is_at_once) {
        (KeyPurpose::SamlEncryption, _) => format!(
            "{purpose} {generation} stands in the metadata: members encrypt to it as they fetch them anew\n"
        ),
        (_, true) => format!(
            "{purpose} {generation} is in use\nwarning: peers that have not fetched it yet refuse what it signs\n"
        ),
        (_, false) => {
            format!("{purpose} {generation} is published, and signs from {}\n", time(key.use_from))
        }
    };
    if purpose == KeyPurpose::Saml {
        text.push_str("give the new metadata to peers that do not fetch them by themselves\n");
    }
    if let Some(before) = before {
        let due = key.use_from.plus_s(purpose.lives_s());
        let _infallible = writeln!(
            text,
            "then, from {}: readerpass keys retire --purpose {purpose} --generation {}",
            time(due),
            before.generation
        );
    }
    text
}

/// The key in use before another of its purpose.
pub(super) fn before<'k>(all: &'k [KeyFacts], key: &KeyFacts) -> Option<&'k KeyFacts> {
    all.iter()
        .filter(|other| other.purpose == key.purpose && other.generation < key.generation)
        .filter(|other| matches!(other.state, KeyState::InUse | KeyState::Earlier))
        .max_by_key(|other| other.generation)
}
