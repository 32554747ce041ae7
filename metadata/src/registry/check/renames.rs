//! `attributes.toml`.

use crate::registry::Fault;
use crate::registry::content::Renames;
use model::ValueName;
use std::collections::BTreeSet;

const FILE: &str = "attributes.toml";

/// Claims that say who is asked and who answers: no value may take their
/// place (OpenID Connect Core sections 2 and 5.1, RFC 7519 section 4.1).
const RESERVED: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
    "events",
    "cnf",
    "act",
    "may_act",
    "scope",
    "client_id",
    "email_verified",
    "phone_number_verified",
];

pub(super) fn judge(renames: &Renames, services: &BTreeSet<String>, faults: &mut Vec<Fault>) {
    for (service, names) in renames {
        let section = format!("service.{service}");
        if !services.contains(service.as_str()) {
            let what = format!("there is no service `{service}`");
            faults.push(Fault::key(FILE, &section, what, "name a service of this registry"));
        }
        let mut taken: BTreeSet<&str> = ValueName::ALL
            .iter()
            .filter(|value| !names.contains_key(value))
            .map(|value| default_name(*value))
            .collect();
        for (value, wire) in names {
            let key = format!("{section}.{value}");
            let is_plain =
                (1..=256).contains(&wire.len()) && wire.bytes().all(|b| b.is_ascii_graphic());
            if !is_plain {
                let what = "not 1 to 256 printable ASCII characters";
                faults.push(Fault::key(
                    FILE,
                    &key,
                    what,
                    "write the name that the service expects",
                ));
            }
            if RESERVED.contains(&wire.as_str()) {
                let what = format!("`{wire}` belongs to the protocol");
                faults.push(Fault::key(FILE, &key, what, "choose another name"));
            }
            if !taken.insert(wire) {
                let what = format!("two values would be called `{wire}`");
                faults.push(Fault::key(FILE, &key, what, "give each value its own name"));
            }
        }
    }
}

/// The name on the wire where nothing renames it (OIDC).
fn default_name(value: ValueName) -> &'static str {
    match value {
        ValueName::Mail => "email",
        ValueName::Phone => "phone_number",
        other => other.as_str(),
    }
}
