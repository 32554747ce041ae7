//! Where a value is looked for when the member's entry does not say.

use super::names::PERSISTENT;
use model::{AttributeName, ConnectorEntry, Evidence};

/// The usual names of an attribute at connectors of `kind`; none where there is no usage.
pub(crate) fn usual(kind: &str, name: AttributeName) -> &'static [&'static str] {
    match kind {
        "saml" => saml(name),
        "ldap" => ldap(name),
        "sip2" => sip2(name),
        _ => &[],
    }
}

/// The member's names that are looked at for one of ours.
pub(crate) fn names(entry: &ConnectorEntry, wanted: AttributeName) -> Vec<&str> {
    match entry.attributes.get(&wanted) {
        Some(sources) => sources.names().collect(),
        None => usual(&entry.kind, wanted).to_vec(),
    }
}

/// What a login at a connector of `kind` rests on, as far as its kind alone tells.
pub(super) fn evidence(kind: &str) -> Evidence {
    match kind {
        "network" => Evidence::Network,
        "central" | "ldap" | "radius" | "sip2" | "sql" | "http" => Evidence::PasswordChecked,
        _ => Evidence::Asserted,
    }
}

/// Only the key: it lasts by definition (RFC 4530; MS-ADTS 3.1.1.1.4). Of anything else a
/// directory is asked for what the entry names, and for no more.
fn ldap(name: AttributeName) -> &'static [&'static str] {
    match name {
        AttributeName::LocalId => &["entryUUID", "objectGUID"],
        _ => &[],
    }
}

/// The names of eduPerson and of its neighbours, then our own.
fn saml(name: AttributeName) -> &'static [&'static str] {
    match name {
        AttributeName::LocalId => &["pairwise-id", "subject-id", "eduPersonTargetedID", PERSISTENT],
        AttributeName::Affiliation => &["eduPersonScopedAffiliation"],
        AttributeName::Name => &["displayName"],
        AttributeName::Mail => &["mail"],
        AttributeName::Phone => &["telephoneNumber"],
        AttributeName::Category => &["category"],
        AttributeName::Department => &["department"],
        AttributeName::CardNumber => &["card_number"],
        AttributeName::ValidUntil => &["valid_until"],
        AttributeName::Standing => &["standing"],
    }
}

/// The fields of SIP2, and those that most systems add to it. XI is the system's own number
/// of the reader: it lasts, and nobody types it.
fn sip2(name: AttributeName) -> &'static [&'static str] {
    match name {
        AttributeName::LocalId => &["XI"],
        AttributeName::Name => &["AE"],
        AttributeName::Mail => &["BE"],
        AttributeName::Phone => &["BF"],
        AttributeName::Category => &["PC"],
        AttributeName::CardNumber => &["AA"],
        AttributeName::ValidUntil => &["PA"],
        AttributeName::Affiliation | AttributeName::Department | AttributeName::Standing => &[],
    }
}
