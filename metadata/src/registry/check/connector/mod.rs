//! The connectors of one member: one file a kind, and one table of them.

mod cas;
mod central;
mod key;
mod ldap;
mod saml;
mod signed_link;
mod sip2;

use super::{Judge, mapping};
use crate::registry::Fault;
use model::{ConnectorEntry, ConnectorId, Member, MemberStatus, STAFF_CONNECTOR, Text};
use std::collections::{BTreeSet, HashSet};

pub(super) use saml::metadata;

/// Gives the path of a key of the entry that is judged, as in `connector[0].host`.
type Place<'a> = dyn Fn(&str) -> String + 'a;

/// A kind of connector as its entries are written.
struct Kind {
    name: &'static str,
    /// Every key it knows beside `id` and `kind`; any other is a fault.
    keys: &'static [&'static str],
    /// What is wrong with the keys it knows; `at` gives the path of one.
    judge: fn(&mut Judge<'_>, &ConnectorEntry, &Place<'_>),
}

/// Every kind that this version has. A new one adds its file and its line.
const KINDS: &[Kind] =
    &[saml::KIND, central::KIND, cas::KIND, ldap::KIND, sip2::KIND, signed_link::KIND];

/// Kinds of the design that are still to come.
const TO_COME: &[&str] = &["oidc", "oauth2", "sql", "http", "radius", "network"];

/// Keys that every entry may be written with, whether or not its kind has a use for them.
const SHARED: [&str; 5] = ["metadata", "attributes", "unsolicited", "reassignable", "bound_to"];

const NO_CONNECTOR: &str = "missing: its readers cannot log in (LOG-014)";

/// A member that is tried out and has no login yet: worth a look, no fault.
pub(super) fn none_yet(member: &Member) -> Option<Fault> {
    let is_so = member.status == MemberStatus::Testing && member.connectors.is_empty();
    is_so.then(|| {
        let remedy =
            "add a [[connector]] before it goes live, e.g. kind = \"saml\" with its metadata";
        Fault::key(&format!("members/{}.toml", member.id), "connector", NO_CONNECTOR, remedy)
    })
}

pub(super) fn judge(judge: &mut Judge<'_>, member: &Member, services: &BTreeSet<String>) {
    if member.status == MemberStatus::Live && member.connectors.is_empty() {
        let remedy = "add a [[connector]], e.g. kind = \"central\", or write status = \"applied\" until it has one";
        judge.fault("connector", NO_CONNECTOR, remedy);
    }
    let mut ids: BTreeSet<ConnectorId> = BTreeSet::new();
    let mut names: HashSet<Text> = HashSet::new();
    for (place, entry) in member.connectors.iter().enumerate() {
        let at = |key: &str| format!("connector[{place}].{key}");
        let Some(kind) = KINDS.iter().find(|kind| kind.name == entry.kind) else {
            unknown_kind(judge, &at("kind"), &entry.kind);
            continue;
        };
        id(judge, entry, &at("id"), &mut ids);
        if let Some(name) = entry.name.as_ref().filter(|name| !names.insert((*name).clone())) {
            let what = format!("two connectors of this member are called `{}`", name.zh);
            judge.fault(&at("name"), what, "readers choose by it: call each by its own name");
        }
        keys(judge, kind, entry, &at);
        for service in entry.unsolicited.iter().filter(|s| !services.contains(s.as_str())) {
            let what = format!("there is no service `{service}`");
            judge.fault(&at("unsolicited"), what, "name a service of this registry");
        }
        mapping::judge(judge, entry, &at);
        mapping::bound(judge, entry, &at);
        (kind.judge)(judge, entry, &at);
    }
}

fn unknown_kind(judge: &mut Judge<'_>, key: &str, kind: &str) {
    let what = if TO_COME.contains(&kind) {
        format!("the connector kind `{kind}` is not built yet")
    } else {
        format!("unknown connector kind `{kind}`")
    };
    let known: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    judge.fault(key, what, format!("this version knows {}", known.join(", ")));
}

fn id(judge: &mut Judge<'_>, entry: &ConnectorEntry, key: &str, ids: &mut BTreeSet<ConnectorId>) {
    let Some(id) = entry.id() else {
        let what = format!("the kind `{}` cannot be an id", entry.kind);
        judge.fault(key, what, "give the connector an id of a-z, 0-9 and -");
        return;
    };
    if id.as_str() == STAFF_CONNECTOR {
        let what = format!("`{STAFF_CONNECTOR}` is the sign-in of those who work here");
        judge.fault(key, what, "give it another id");
    }
    if !ids.insert(id.clone()) {
        let what = format!("two connectors of this member have the id `{id}`");
        judge.fault(key, what, "give each its own; it stands in addresses and never changes");
    }
}

/// A key that its kind does not know would be thought to do something, and does not.
fn keys(judge: &mut Judge<'_>, kind: &Kind, entry: &ConnectorEntry, at: &impl Fn(&str) -> String) {
    for setting in entry.settings.keys().filter(|key| !kind.keys.contains(&key.as_str())) {
        let what = format!("unknown key of a {} connector", kind.name);
        judge.fault(&at(setting), what, "remove it, or correct its spelling");
    }
    let is_set = |key: &str| match key {
        "metadata" => entry.metadata.is_some(),
        "attributes" => !entry.attributes.is_empty(),
        "unsolicited" => !entry.unsolicited.is_empty(),
        "bound_to" => entry.bound_to.is_some(),
        _ => entry.reassignable,
    };
    for key in SHARED.into_iter().filter(|key| is_set(key) && !kind.keys.contains(key)) {
        judge.fault(&at(key), format!("a {} connector has no such key", kind.name), "remove it");
    }
}
