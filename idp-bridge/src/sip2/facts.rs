//! What an accepted patron's record says: its fields by their codes, and its flags.

use super::settings::Settings;
use super::verdict::PatronAccepted;
use super::wire::parse_end;
use crate::At;
use crate::claimed::Facts;
use crate::mapping::{self, Values, usual};
use model::{AttributeName, Refusal, Source, Sources, Standing, code};
use std::collections::BTreeSet;

/// Under this name the mapping finds the flags that are set.
const FLAGS: &str = "patron_status";

/// On these something hangs beside what is shown: one value, whole, or the answer is not believed.
const DECISIVE: [AttributeName; 5] = [
    AttributeName::LocalId,
    AttributeName::ValidUntil,
    AttributeName::Standing,
    AttributeName::Category,
    AttributeName::Affiliation,
];

/// Reads the record of one patron.
pub(super) fn facts(
    at: &At<'_>,
    settings: &Settings,
    proof: &PatronAccepted,
) -> Result<Facts, Refusal> {
    let (values, dropped) = values(at, settings, proof)?;
    let mut facts = mapping::read(at, &values)?;
    facts.notes.extend(dropped);
    let closes = |flag| settings.blocked_by.contains(flag);
    if facts.standing == Standing::Good && proof.status().set().iter().any(closes) {
        facts.standing = Standing::Blocked;
    }
    Ok(facts)
}

/// Every field that can be believed, and why others were dropped.
///
/// A reader's own text may hold a delimiter and a code behind it. Where the system does not
/// escape that, a field of the reader's making stands beside the real one: of two values that
/// differ none is taken.
fn values(
    at: &At<'_>,
    settings: &Settings,
    proof: &PatronAccepted,
) -> Result<(Values, Vec<String>), Refusal> {
    let fields = &proof.reply().fields;
    let decisive: BTreeSet<&str> = DECISIVE.iter().flat_map(|name| names(at, *name)).collect();
    let dates: BTreeSet<&str> = plain_names(at, AttributeName::ValidUntil).collect();
    let (mut values, mut dropped) = (Values::new(), Vec::new());
    let codes: BTreeSet<&str> = fields.iter().map(|(code, _)| code).collect();
    for code in codes {
        let why = match fields.one(code) {
            Err(_) => "values that contradict each other",
            Ok(Some(value)) if value.chars().any(is_broken) => {
                "not in the charset that the entry names, or not printable"
            }
            Ok(value) => {
                let value = value.unwrap_or_default();
                let end = parse_end(value, settings.zone).filter(|_| dates.contains(code));
                values.add(code, end.map(model::Timestamp::rfc3339).as_deref().unwrap_or(value));
                continue;
            }
        };
        if decisive.contains(code) {
            return Err(Refusal::new(code::LOG_BAD_VALUE, format!("{code}: {why}")));
        }
        dropped.push(format!("{code}: dropped, {why}"));
    }
    for flag in proof.status().set() {
        values.add(FLAGS, flag.as_str());
    }
    Ok((values, dropped))
}

/// The fields that are looked at for an attribute.
fn names<'a>(at: &At<'a>, name: AttributeName) -> Vec<&'a str> {
    match at.entry.attributes.get(&name) {
        Some(sources) => sources.names().collect(),
        None => usual("sip2", name).to_vec(),
    }
}

/// Those whose values are taken as they stand, so that no rule says how a date is written.
fn plain_names<'a>(at: &At<'a>, name: AttributeName) -> impl Iterator<Item = &'a str> {
    let sources = at.entry.attributes.get(&name);
    let written = sources.into_iter().flat_map(Sources::as_slice);
    let written = written.filter_map(|source| match source {
        Source::Name(name) => Some(name.as_str()),
        Source::Rule(_) => None,
    });
    let usual = if sources.is_some() { &[] } else { usual("sip2", name) };
    written.chain(usual.iter().copied())
}

fn is_broken(c: char) -> bool {
    c == char::REPLACEMENT_CHARACTER || c.is_control()
}
