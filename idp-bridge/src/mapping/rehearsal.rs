//! What would come of values at a login, without one.

use super::Values;
use super::reading::Reading;
use super::usual::{evidence, usual};
use crate::At;
use model::{AttributeName, Membership, Profile, Refusal};
use std::collections::{BTreeMap, BTreeSet};

/// What the connector would make of values, had a reader just brought them.
///
/// Plain data for people to look at: no claim can be made of it, so it lets nobody in.
#[derive(Debug)]
pub struct Rehearsal {
    /// The reader, where a login would be accepted.
    pub reader: Option<(Profile, Membership)>,
    /// Why it would be refused, all that there is to say at once.
    pub refusals: Vec<Refusal>,
    /// The member's name behind each of ours that it filled, also where the value was
    /// dropped in the end.
    pub from: BTreeMap<AttributeName, String>,
    /// What was dropped and why, without values.
    pub notes: Vec<String>,
    /// Names that no source looks at.
    pub unused: Vec<String>,
}

/// Reads `values` as a login at this connector would, and goes on where it would end.
pub fn rehearse(at: &At<'_>, values: &Values) -> Rehearsal {
    let mut refusals = Vec::new();
    let mut reading = Reading::new(at, values);
    let read = reading.facts();
    let mut reader = None;
    match read {
        Ok(facts) => {
            let membership = Membership {
                member: at.member.id.clone(),
                connector: at.connector.clone(),
                key: facts.key,
                class: facts.class,
                category: facts.category,
                affiliation: facts.affiliation,
                standing: facts.standing,
                valid_until: facts.valid_until,
                evidence: evidence(&at.entry.kind),
            };
            reader = Some((facts.profile, membership));
        }
        Err(first) => {
            refusals.push(first);
            reading = Reading::new(at, values);
            for refusal in reading.every_fault() {
                if refusals.iter().all(|known| known.to_string() != refusal.to_string()) {
                    refusals.push(refusal);
                }
            }
        }
    }
    let unused = unused(at, values);
    Rehearsal { reader, refusals, from: reading.from, notes: reading.notes, unused }
}

fn unused(at: &At<'_>, values: &Values) -> Vec<String> {
    let mut looked_at: BTreeSet<&str> = BTreeSet::new();
    for wanted in AttributeName::ALL {
        match at.entry.attributes.get(wanted) {
            Some(sources) => looked_at.extend(sources.names()),
            None => looked_at.extend(usual(&at.entry.kind, *wanted)),
        }
    }
    let is_used = |name: &str| looked_at.iter().any(|l| saml::is_same_attribute(l, name));
    values.names().into_iter().filter(|name| !is_used(name)).map(str::to_owned).collect()
}
