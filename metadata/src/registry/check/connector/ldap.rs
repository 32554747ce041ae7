//! The kind `ldap`.

use super::{Judge, Kind, key};
use crate::ldap::LdapSettings;
use model::ConnectorEntry;

pub(super) const KIND: Kind = Kind {
    name: "ldap",
    keys: &[
        "attributes",
        "reassignable",
        "bound_to",
        "servers",
        "ca",
        "network",
        "plain",
        "bind_dn",
        "bind_password_file",
        "bind_dn_template",
        "base",
        "filter",
        "nested_groups",
        "group_base",
    ],
    judge,
};

fn judge(judge: &mut Judge<'_>, entry: &ConnectorEntry, at: &dyn Fn(&str) -> String) {
    for fault in LdapSettings::read(entry).err().unwrap_or_default() {
        judge.fault(&at(&fault.key), fault.what, fault.remedy);
    }
    key::judge(judge, entry, &at("attributes.local_id"));
}
