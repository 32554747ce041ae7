//! The settings of a connector of kind `sip2`.

use super::{Judge, Kind};
use crate::tcp::may_waive;
use ipnet::IpNet;
use model::{AttributeName, ConnectorEntry};
use serde_json::Value;

/// What a setting holds.
enum Shape {
    Host,
    Port,
    Network,
    Connections,
    Zone,
    Flags,
    Bool,
    /// A text that is sent in a field.
    Field,
    /// The name of a file, looked at where it is read.
    File,
    One(&'static [&'static str]),
}

/// Every setting of the kind.
const SETTINGS: [(&str, Shape); 21] = [
    ("host", Shape::Host),
    ("port", Shape::Port),
    ("network", Shape::Network),
    ("tls", Shape::Bool),
    ("ca", Shape::File),
    ("charset", Shape::One(&["utf-8", "gbk", "gb2312", "gb18030", "cp850"])),
    ("checksum", Shape::One(&["spec", "dp2", "ignore"])),
    ("sequence", Shape::One(&["lenient", "strict"])),
    ("user", Shape::Field),
    ("password_file", Shape::File),
    ("location", Shape::Field),
    ("institution", Shape::Field),
    ("terminal_password_file", Shape::File),
    ("status", Shape::One(&["after", "before", "never"])),
    ("ask", Shape::One(&["auto", "information", "status"])),
    ("end_session", Shape::Bool),
    ("aliases", Shape::Bool),
    ("password", Shape::One(&["required"])),
    ("connections", Shape::Connections),
    ("zone", Shape::Zone),
    ("blocked_by", Shape::Flags),
];

/// The flags of a patron, in the order of the wire.
const FLAGS: [&str; 14] = [
    "charge_denied",
    "renewal_denied",
    "recall_denied",
    "hold_denied",
    "card_lost",
    "too_many_charged",
    "too_many_overdue",
    "too_many_renewals",
    "too_many_claims",
    "too_many_lost",
    "excessive_fines",
    "excessive_fees",
    "recall_overdue",
    "too_many_billed",
];

pub(super) const KIND: Kind = Kind { name: "sip2", keys: KEYS, judge };

/// Those of every kind that this one knows, and its own of [`SETTINGS`].
const KEYS: &[&str] = &[
    "attributes",
    "reassignable",
    "bound_to",
    "host",
    "port",
    "network",
    "tls",
    "ca",
    "charset",
    "checksum",
    "sequence",
    "user",
    "password_file",
    "location",
    "institution",
    "terminal_password_file",
    "status",
    "ask",
    "end_session",
    "aliases",
    "password",
    "connections",
    "zone",
    "blocked_by",
];

fn judge(judge: &mut Judge<'_>, entry: &ConnectorEntry, at: &dyn Fn(&str) -> String) {
    for (key, shape) in &SETTINGS {
        if let Some((what, remedy)) = entry.settings.get(*key).and_then(|v| wrong(shape, v)) {
            judge.fault(&at(key), what, remedy);
        }
    }
    let has = |key: &str| entry.settings.contains_key(key);
    let is_true = |key: &str| entry.settings.get(key) == Some(&Value::Bool(true));
    if !has("host") {
        let remedy = "name the machine that speaks SIP2, e.g. host = \"sip2.lib.example.edu.cn\"";
        judge.fault(&at("host"), "missing", remedy);
    }
    if has("ca") && entry.settings.get("tls") == Some(&Value::Bool(false)) {
        judge.fault(&at("ca"), "tls = false, so nobody is trusted by it", "remove one of the two");
    }
    if !has("ca") && !is_true("tls") && !has("network") {
        let what = "passwords would cross the internet in the clear";
        let remedy = "let the library put TLS before it (stunnel) and write tls = true or ca = \"FILE.pem\", or lead a VPN there and name its network, as in network = \"10.1.0.0/16\"";
        judge.fault(&at("tls"), what, remedy);
    }
    if has("password_file") && !has("user") {
        let remedy = "add user = \"…\", the name that goes with it (CN of message 93)";
        judge.fault(&at("user"), "missing, though there is a password_file", remedy);
    }
    local_id(judge, entry, at);
}

/// A card number passes to another person one day; an internal id does not.
fn local_id(judge: &mut Judge<'_>, entry: &ConnectorEntry, at: &dyn Fn(&str) -> String) {
    let Some(names) = entry.attributes.get(&AttributeName::LocalId) else { return };
    if names.names().any(|name| name != "XI") && !entry.reassignable {
        let what = "a field other than XI may pass to another person one day";
        let remedy =
            "name XI, the system's own number for the reader, or write reassignable = true";
        judge.fault(&at("attributes.local_id"), what, remedy);
    }
}

type Wrong = (String, &'static str);

fn wrong(shape: &Shape, value: &Value) -> Option<Wrong> {
    let text = value.as_str();
    let said = |is_good: bool, what: &str, remedy| (!is_good).then(|| (what.to_owned(), remedy));
    match shape {
        Shape::Host => {
            let is_host = text.is_some_and(|host| {
                let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
                (1..=253).contains(&host.len()) && host.chars().all(is_part)
            });
            said(is_host, "not the name or address of a machine", "write it without port or scheme")
        }
        Shape::Port => {
            let is_port = value.as_u64().is_some_and(|port| (1..=65_535).contains(&port));
            said(is_port, "not a port", "write a number from 1 to 65535, as in port = 6001")
        }
        Shape::Network => {
            let network = text.and_then(|network| network.parse::<IpNet>().ok());
            let what = "not a private network";
            let remedy = "write the one that the machine lies in, as in network = \"10.1.0.0/16\"";
            said(network.is_some_and(may_waive), what, remedy)
        }
        Shape::Connections => {
            let is_few = value.as_u64().is_some_and(|count| (1..=4).contains(&count));
            said(is_few, "not 1 to 4", "write how many connections the library's system can spare")
        }
        Shape::Zone => {
            let is_zone = text.is_some_and(|zone| {
                zone.len() == 6
                    && model::Timestamp::parse_rfc3339(&format!("1970-01-02T00:00:00{zone}"))
                        .is_some()
            });
            said(is_zone, "not an offset from UTC", "write it as in zone = \"+08:00\"")
        }
        Shape::Flags => {
            let is_flag = |flag: &Value| flag.as_str().is_some_and(|flag| FLAGS.contains(&flag));
            let is_list = value.as_array().is_some_and(|flags| flags.iter().all(is_flag));
            let remedy = "write a list of: charge_denied, renewal_denied, recall_denied, hold_denied, card_lost, too_many_charged, too_many_overdue, too_many_renewals, too_many_claims, too_many_lost, excessive_fines, excessive_fees, recall_overdue, too_many_billed";
            said(is_list, "not a list of patron flags", remedy)
        }
        Shape::Bool => said(value.is_boolean(), "not true or false", "write true or false"),
        Shape::Field => {
            let is_field = |text: &str| {
                !text.is_empty()
                    && text.len() <= 255
                    && !text.contains('|')
                    && !text.chars().any(char::is_control)
            };
            let what = "not a text that SIP2 can carry";
            said(text.is_some_and(is_field), what, "write 1 to 255 characters without `|`")
        }
        Shape::File => {
            said(text.is_some_and(|name| !name.is_empty()), "not a file name", "name the file")
        }
        Shape::One(known) => {
            let is_known = text.is_some_and(|text| known.contains(&text));
            let what = if *known == ["required"] {
                "a login by card number alone is not built yet".to_owned()
            } else {
                format!("not one of {}", known.join(", "))
            };
            (!is_known).then_some((what, "write one of those, or remove it"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_a_key_that_may_be_written() {
        assert!(SETTINGS.iter().all(|(name, _)| KEYS.contains(name)));
        assert_eq!(KEYS.len(), SETTINGS.len() + 3);
    }
}
