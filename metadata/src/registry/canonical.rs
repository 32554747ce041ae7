//! The one way to write a registry file, so that the same registry always
//! gives the same bytes.

use super::content::Content;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Keys in the order in which people read them; all others follow by name.
const ORDER: &[&str] = &[
    "id",
    "codes",
    "zh",
    "en",
    "name",
    "logo",
    "about",
    "aliases",
    "region",
    "class",
    "scopes",
    "status",
    "launch_url",
    "entitlements",
    "release",
    "contact",
    "links",
    "ranges",
    "reading_rooms",
    "kind",
    "by",
    "url",
    "mdq",
    "entity_id",
    "signer",
    "metadata",
    "attributes",
    "unsolicited",
    "reassignable",
    "bound_to",
    "from",
    "constant",
    "split",
    "pattern",
    "values",
    "otherwise",
    "date",
    "zone",
    "required",
    "accept_cbc",
    "idp",
    "encrypt",
    "signature_hash",
    "client_id",
    "client_secret_file",
    "jwks",
    "jwks_uri",
    "redirect_uris",
    "post_logout_redirect_uris",
    "phone",
    "mail",
    "hours",
    "oidc",
    "saml",
    "cas",
    "forward_auth",
    "connector",
];

/// Keys that are written as sections of their own.
const SECTIONS: &[&str] = &["connector", "oidc", "saml", "cas", "forward_auth"];

/// Every file of the registry in canonical form, by path; secrets are no files of it.
pub(crate) fn files(content: &Content) -> BTreeMap<String, String> {
    let mut files = content.files.clone();
    if let Some(consortium) = &content.consortium {
        files.insert("consortium.toml".to_owned(), document(consortium));
    }
    for member in &content.members {
        files.insert(format!("members/{}.toml", member.id), document(member));
    }
    for service in &content.services {
        files.insert(format!("services/{}.toml", service.id), document(service));
    }
    for (name, text) in &content.policy {
        files.insert(format!("policy/{name}"), text.clone());
    }
    if !content.renames.is_empty() {
        let sections = content.renames.iter().map(|(service, names)| {
            let lines = names
                .iter()
                .map(|(value, wire)| format!("{} = {}\n", key(value.as_str()), string(wire)));
            format!("[service.{}]\n{}", key(service.as_str()), lines.collect::<String>())
        });
        files.insert("attributes.toml".to_owned(), sections.collect::<Vec<_>>().join("\n"));
    }
    files
}

/// A value as a document: plain keys first, then its sections.
fn document(value: &impl Serialize) -> String {
    // Our own types have text keys only, so this cannot fail.
    let Ok(Value::Object(table)) = serde_json::to_value(value) else { return String::new() };
    let mut text = String::new();
    for (name, value) in ordered(&table).filter(|(name, _)| !SECTIONS.contains(name)) {
        line(&mut text, name, value);
    }
    for (name, value) in ordered(&table).filter(|(name, _)| SECTIONS.contains(name)) {
        let (open, close, tables) = match value {
            Value::Array(tables) => ("[[", "]]", tables.as_slice()),
            table => ("[", "]", std::slice::from_ref(table)),
        };
        for table in tables.iter().filter_map(Value::as_object) {
            text.extend(["\n", open, name, close, "\n"]);
            for (name, value) in ordered(table) {
                line(&mut text, name, value);
            }
        }
    }
    text
}

fn line(text: &mut String, name: &str, value: &Value) {
    if !value.is_null() {
        text.extend([&key(name), " = ", &inline(value), "\n"]);
    }
}

fn ordered(table: &Map<String, Value>) -> impl Iterator<Item = (&str, &Value)> {
    let known = ORDER.iter().filter_map(|name| table.get_key_value(*name));
    let rest = table.iter().filter(|(name, _)| !ORDER.contains(&name.as_str()));
    known.chain(rest).map(|(name, value)| (name.as_str(), value))
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => string(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(table) => {
            let pairs = ordered(table).filter(|(_, v)| !v.is_null());
            let pairs: Vec<_> = pairs.map(|(k, v)| format!("{} = {}", key(k), inline(v))).collect();
            if pairs.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", pairs.join(", ")) }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// A basic string of TOML: always on one line, in double quotes.
fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Writing to a String cannot fail.
            c if c.is_control() => drop(write!(out, "\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn key(name: &str) -> String {
    let is_bare = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if is_bare { name.to_owned() } else { string(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_read_back_as_it_was() {
        let some = (0..0x300).filter_map(char::from_u32);
        let all: String = some.chain(['\u{2028}', '\u{10ffff}']).collect();
        for text in ["", "\"", "\\", "'''", "\r\n", "\0", "\u{7f}", "\u{85}", &all] {
            let line = format!("{} = {}", key(text), string(text));
            assert_eq!(line.lines().count(), 1, "{line}");
            let table: toml::Table = line.parse().expect("TOML");
            assert_eq!(table.get(text).and_then(toml::Value::as_str), Some(text));
        }
    }
}
