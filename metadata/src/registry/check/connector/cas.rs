//! The kind `cas`.

use super::{Judge, Kind, key};
use crate::settings::CasSettings;
use model::{AttributeName, ConnectorEntry};

pub(super) const KIND: Kind = Kind {
    name: "cas",
    keys: &[
        "attributes",
        "reassignable",
        "bound_to",
        "server",
        "version",
        "callback",
        "login",
        "validate",
    ],
    judge,
};

fn judge(judge: &mut Judge<'_>, entry: &ConnectorEntry, at: &dyn Fn(&str) -> String) {
    if let Err(faults) = CasSettings::of(entry) {
        for fault in faults {
            judge.fault(&at(fault.key), fault.what, fault.remedy);
        }
    }
    let key = at("attributes.local_id");
    if !entry.attributes.contains_key(&AttributeName::LocalId) {
        // A login name is a student or staff number, and numbers are given out again: which
        // value is the reader's for good is the library's to say.
        let what = "missing: which value stays the same reader's?";
        let remedy = "name that attribute; or write local_id = \"user\", the login name itself, \
                      and reassignable = true";
        judge.fault(&key, what, remedy);
    }
    key::judge(judge, entry, &key);
}
