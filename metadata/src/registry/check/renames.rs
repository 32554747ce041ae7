//! `attributes.toml`.

use crate::claims::{RESERVED_CLAIMS, claim_name};
use crate::registry::Fault;
use crate::registry::content::Renames;
use model::ValueName;
use std::collections::BTreeSet;

const FILE: &str = "attributes.toml";

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
            .map(|value| claim_name(*value))
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
            if RESERVED_CLAIMS.contains(&wire.as_str()) {
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
