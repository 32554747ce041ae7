//! What would come of values at a login, without one.

use super::Values;
use super::reading::Reading;
use super::usual::{evidence, usual};
use crate::At;
use crate::claimed::Facts;
use model::{AttributeName, Membership, Profile, Refusal};

/// What the connector would make of values, had a reader just brought them.
///
/// Plain data for people to look at: no claim can be made of it, so it lets nobody in.
#[derive(Debug)]
pub struct Rehearsal {
    /// The reader, where a login would be accepted.
    pub reader: Option<(Profile, Membership)>,
    /// Why it would be refused, all that there is to say at once.
    pub refusals: Vec<Refusal>,
    /// Every attribute that came, with what it became.
    pub received: Vec<Received>,
    /// Every attribute of ours, with where it came from.
    pub filled: Vec<Filled>,
    /// What was dropped and why, without values.
    pub notes: Vec<String>,
}

/// One attribute of the member's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its name as it came.
    pub name: String,
    /// Its values, in order.
    pub values: Vec<String>,
    /// What of ours was taken from it.
    pub fills: Vec<AttributeName>,
    /// Some source looks at it, though perhaps another came first.
    pub is_known: bool,
}

/// One attribute of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Its name.
    pub attribute: AttributeName,
    /// The member's name that filled it, or `constant`.
    pub from: Option<String>,
    /// It has a value in the end; else what there was has been dropped or refused.
    pub is_kept: bool,
}

/// Reads `values` as a login at this connector would, and goes on where it would end.
pub fn rehearse(at: &At<'_>, values: &Values) -> Rehearsal {
    let mut reading = Reading::new(at, values);
    let (reader, refusals) = if let Ok(facts) = reading.facts() {
        (Some(reader(at, facts)), Vec::new())
    } else {
        reading = Reading::new(at, values);
        (None, reading.every_fault())
    };
    let filled = AttributeName::ALL.iter().map(|wanted| Filled {
        attribute: *wanted,
        from: reading.from.get(wanted).cloned(),
        is_kept: reading.kept.contains(wanted),
    });
    let filled: Vec<Filled> = filled.collect();
    let received = received(at, values, &filled);
    Rehearsal { reader, refusals, received, filled, notes: reading.notes }
}

fn reader(at: &At<'_>, facts: Facts) -> (Profile, Membership) {
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
    (facts.profile, membership)
}

fn received(at: &At<'_>, values: &Values, filled: &[Filled]) -> Vec<Received> {
    let looked_at: Vec<&str> = AttributeName::ALL
        .iter()
        .flat_map(|wanted| match at.entry.attributes.get(wanted) {
            Some(sources) => sources.names().collect(),
            None => usual(&at.entry.kind, *wanted).to_vec(),
        })
        .collect();
    let one = |name: &str| Received {
        name: name.to_owned(),
        values: values.exactly(name).map(str::to_owned).collect(),
        fills: filled
            .iter()
            .filter(|f| f.from.as_deref().is_some_and(|from| Values::is_named(name, from)))
            .map(|f| f.attribute)
            .collect(),
        is_known: looked_at.iter().any(|by| Values::is_named(name, by)),
    };
    values.names().into_iter().map(one).collect()
}
