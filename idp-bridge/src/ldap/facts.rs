//! What is asked of an entry, and what it says, in the hub's words.

use super::account::{STATE, worse};
use super::reader::Bound;
use super::values::text_of;
use crate::At;
use crate::claimed::Facts;
use crate::mapping::{self, Values};
use metadata::ldap::{FilterTemplate, LdapSettings};
use model::{AttributeName, ConnectorEntry, Refusal};
use std::collections::BTreeSet;

/// Where groups are found that the hub looked up itself: no attribute of the directory.
const GROUPS: &str = "groups";

/// The attributes that the entry's mapping looks at.
fn mapped(entry: &ConnectorEntry) -> BTreeSet<&str> {
    let of = |wanted: &AttributeName| mapping::names(entry, *wanted);
    AttributeName::ALL.iter().flat_map(of).collect()
}

/// Every attribute that the directory is asked for; never all that it has.
pub(super) fn requested(entry: &ConnectorEntry, settings: &LdapSettings) -> Vec<String> {
    let compared = settings.entrance.filter().into_iter().flat_map(FilterTemplate::attributes);
    let all = mapped(entry).into_iter().chain(compared).chain(STATE);
    let mut seen = BTreeSet::from([GROUPS.to_owned()]);
    all.filter(|name| seen.insert(name.to_ascii_lowercase())).map(str::to_owned).collect()
}

/// Reads one entry for one connector: by the mapping of all kinds, with the state of the
/// account on top, of which the stricter counts.
pub(super) fn facts(at: &At<'_>, bound: &Bound) -> Result<Facts, Refusal> {
    let mut values = Values::new();
    for name in mapped(at.entry) {
        let held = bound.entry.values.get(&name.to_ascii_lowercase());
        for text in held.into_iter().flatten().filter_map(|value| text_of(name, value)) {
            values.add(name, &text);
        }
        if name.eq_ignore_ascii_case(GROUPS) {
            for group in &bound.groups {
                values.add(name, group);
            }
        }
    }
    let mut facts = mapping::read(at, &values)?;
    facts.standing = worse(facts.standing, bound.state.standing);
    facts.valid_until = match (facts.valid_until, bound.state.valid_until) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    facts.notes.extend(bound.state.notes.iter().chain(&bound.notes).cloned());
    Ok(facts)
}
