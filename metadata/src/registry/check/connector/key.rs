//! Keys that a member gives to another person when the first has left.

use super::Judge;
use model::{AttributeName, ConnectorEntry};

const REASSIGNABLE: &[&str] = &[
    "edupersonprincipalname",
    "eppn",
    "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",
    "urn:mace:dir:attribute-def:edupersonprincipalname",
    "mail",
    "email",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "urn:mace:dir:attribute-def:mail",
    "nameid:email",
    "nameid:emailaddress",
    "nameid:unspecified",
    "user",
    "username",
    "user_name",
    "uid",
    "urn:oid:0.9.2342.19200300.100.1.1",
    "urn:mace:dir:attribute-def:uid",
    "employeenumber",
    "urn:oid:2.16.840.1.113730.3.1.3",
    "studentnumber",
    "student_number",
    "studentid",
    "student_id",
    "xh",
    "gh",
    "card_number",
    "cardnumber",
    "telephonenumber",
    "urn:oid:2.5.4.20",
    "mobile",
    "cn",
    "samaccountname",
    "userprincipalname",
];

/// Judges `attributes.local_id`, where it is written.
pub(super) fn judge(judge: &mut Judge<'_>, entry: &ConnectorEntry, key: &str) {
    let Some(names) = entry.attributes.get(&AttributeName::LocalId) else { return };
    if names.as_slice().is_empty() {
        judge.fault(key, "empty", "name at least one attribute");
    }
    for name in names.names() {
        if REASSIGNABLE.contains(&name.to_ascii_lowercase().as_str()) && !entry.reassignable {
            let what = format!("`{name}` may pass to another person one day");
            let remedy =
                "name a key that never does, such as pairwise-id, or write reassignable = true";
            judge.fault(key, what, remedy);
        }
    }
}
