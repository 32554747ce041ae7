//! The connectors of one member.

use super::{Judge, mapping, sip2};
use crate::registry::Fault;
use model::{
    AttributeName, ConnectorEntry, ConnectorId, Member, MemberStatus, MetadataRef, STAFF_CONNECTOR,
    Text,
};
use std::collections::{BTreeSet, HashSet};

const BUILT: [&str; 3] = ["saml", "central", "sip2"];
const TO_COME: [&str; 9] =
    ["oidc", "oauth2", "cas", "ldap", "sql", "http", "radius", "signed_link", "network"];

/// Keys that a member gives to another person when the first has left.
const REASSIGNABLE: &[&str] = &[
    "edupersonprincipalname",
    "eppn",
    "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",
    "urn:mace:dir:attribute-def:edupersonprincipalname",
    "mail",
    "email",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "urn:mace:dir:attribute-def:mail",
    "nameid:emailaddress",
    "nameid:unspecified",
    "uid",
    "urn:oid:0.9.2342.19200300.100.1.1",
    "urn:mace:dir:attribute-def:uid",
    "employeenumber",
    "urn:oid:2.16.840.1.113730.3.1.3",
    "studentnumber",
    "student_number",
    "studentid",
    "student_id",
    "card_number",
    "cardnumber",
    "telephonenumber",
    "urn:oid:2.5.4.20",
    "mobile",
    "cn",
];

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
        let kind = entry.kind.as_str();
        if !BUILT.contains(&kind) {
            let what = if TO_COME.contains(&kind) {
                format!("the connector kind `{kind}` is not built yet")
            } else {
                format!("unknown connector kind `{kind}`")
            };
            judge.fault(&at("kind"), what, format!("this version knows {}", BUILT.join(", ")));
            continue;
        }
        if entry.id().is_some_and(|id| id.as_str() == STAFF_CONNECTOR) {
            let what = format!("`{STAFF_CONNECTOR}` is the sign-in of those who work here");
            judge.fault(&at("id"), what, "give it another id");
        }
        if let Some(id) = entry.id().filter(|id| !ids.insert(id.clone())) {
            let what = format!("two connectors of this member have the id `{id}`");
            judge.fault(
                &at("id"),
                what,
                "give each its own; it stands in addresses and never changes",
            );
        }
        if let Some(name) = entry.name.as_ref().filter(|name| !names.insert((*name).clone())) {
            let what = format!("two connectors of this member are called `{}`", name.zh);
            judge.fault(&at("name"), what, "readers choose by it: call each by its own name");
        }
        for (setting, value) in &entry.settings {
            if kind == "saml" && setting == "accept_cbc" {
                if !value.is_boolean() {
                    judge.fault(&at(setting), "not true or false", "write true, or remove it");
                }
                continue;
            }
            if kind == "sip2" && sip2::is_setting(setting) {
                continue;
            }
            let what = format!("unknown key of a {kind} connector");
            judge.fault(&at(setting), what, "remove it, or correct its spelling");
        }
        for service in entry.unsolicited.iter().filter(|s| !services.contains(s.as_str())) {
            let what = format!("there is no service `{service}`");
            judge.fault(&at("unsolicited"), what, "name a service of this registry");
        }
        mapping::judge(judge, entry, &at);
        mapping::bound(judge, entry, &at);
        match kind {
            "saml" => saml(judge, entry, &at),
            "sip2" => sip2::judge(judge, entry, &at),
            _ => central(judge, entry, &at),
        }
    }
}

fn saml(judge: &mut Judge<'_>, entry: &ConnectorEntry, at: &impl Fn(&str) -> String) {
    match &entry.metadata {
        None => judge.fault(
            &at("metadata"),
            "missing",
            "name the file with the metadata of the identity provider",
        ),
        Some(reference) => metadata(judge, reference, &at("metadata")),
    }
    let key = at("attributes.local_id");
    // Where none is named, the connector takes the identifiers that last by definition.
    let Some(names) = entry.attributes.get(&AttributeName::LocalId) else { return };
    if names.iter().next().is_none() {
        judge.fault(&key, "empty", "name at least one attribute");
    }
    for name in names.names() {
        let folded = name.to_ascii_lowercase();
        if folded == "nameid:transient" {
            let what = "a transient NameID is another one at every login";
            judge.fault(&key, what, "name an attribute that stays the same");
        } else if REASSIGNABLE.contains(&folded.as_str()) && !entry.reassignable {
            let what = format!("`{name}` may pass to another person one day");
            let remedy =
                "name a key that never does, such as pairwise-id, or write reassignable = true";
            judge.fault(&key, what, remedy);
        }
    }
}

fn central(judge: &mut Judge<'_>, entry: &ConnectorEntry, at: &impl Fn(&str) -> String) {
    let is_set = [
        ("metadata", entry.metadata.is_some()),
        ("attributes", !entry.attributes.is_empty()),
        ("unsolicited", !entry.unsolicited.is_empty()),
        ("reassignable", entry.reassignable),
        ("bound_to", entry.bound_to.is_some()),
    ];
    for (key, _) in is_set.into_iter().filter(|(_, is_set)| *is_set) {
        judge.fault(&at(key), "a central connector has no such key", "remove it");
    }
}

/// A reference to SAML metadata: nothing unsigned is taken from the network.
pub(super) fn metadata(judge: &mut Judge<'_>, reference: &MetadataRef, key: &str) {
    match reference {
        MetadataRef::File(_) => {}
        MetadataRef::Url { url, signer } => {
            judge.address(&format!("{key}.url"), url);
            if signer.is_none() {
                let what = "metadata at an address without signer: whoever holds the address could name any key";
                judge.fault(
                    key,
                    what,
                    "add signer = \"FILE.pem\", the certificate that signs the document",
                );
            }
        }
        MetadataRef::Mdq { .. } => {
            judge.fault(
                key,
                "metadata query is not built yet",
                "use a file, or { url = …, signer = … }",
            );
        }
    }
}
