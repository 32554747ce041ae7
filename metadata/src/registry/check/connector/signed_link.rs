//! The kind `signed_link`.

use super::{Judge, Kind, key};
use crate::settings::SignedLinkSettings;
use model::{AttributeName, ConnectorEntry};

pub(super) const KIND: Kind = Kind {
    name: "signed_link",
    keys: &[
        "attributes",
        "unsolicited",
        "reassignable",
        "bound_to",
        "public_key",
        "next_public_key",
        "secret_file",
        "next_secret_file",
        "start",
    ],
    judge,
};

fn judge(judge: &mut Judge<'_>, entry: &ConnectorEntry, at: &dyn Fn(&str) -> String) {
    if let Err(faults) = SignedLinkSettings::of(entry) {
        for fault in faults {
            judge.fault(&at(fault.key), fault.what, fault.remedy);
        }
    }
    if entry.unsolicited.is_empty() {
        let what = "missing: a link leads to one of these services, and to no other";
        judge.fault(&at("unsolicited"), what, "name the services, as in unsolicited = [\"ill\"]");
    }
    let key = at("attributes.local_id");
    if !entry.attributes.contains_key(&AttributeName::LocalId) {
        let what = "missing: which value stays the same reader's?";
        let remedy = "name it, as in local_id = \"sub\", what the link is about; with \
                      reassignable = true where that number passes to another person one day";
        judge.fault(&key, what, remedy);
    }
    key::judge(judge, entry, &key);
}
