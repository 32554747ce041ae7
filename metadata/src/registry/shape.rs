//! Keys whose value may have several forms, looked at before they are read:
//! the deserializer would only say that no form fits, and not where.

use super::Fault;
use toml::{Table, Value};

/// What is wrong with the `[[connector]]` entries of a member.
pub(super) fn connectors(file: &str, document: &Table) -> Vec<Fault> {
    let mut faults = Vec::new();
    let entries = match document.get("connector") {
        None => return faults,
        Some(Value::Array(entries)) => entries,
        Some(_) => {
            return vec![expected(file, "connector", "a list of tables, each [[connector]]")];
        }
    };
    for (place, entry) in entries.iter().enumerate() {
        let at = |key: &str| format!("connector[{place}].{key}");
        let Value::Table(entry) = entry else {
            faults.push(expected(file, &format!("connector[{place}]"), "a table"));
            continue;
        };
        if entry.get("kind").is_none() {
            faults.push(Fault::key(
                file,
                at("kind"),
                "missing",
                "say the kind, as in kind = \"saml\"",
            ));
        }
        for key in ["id", "kind"] {
            faults.extend(
                entry.get(key).filter(|v| !v.is_str()).map(|_| expected(file, &at(key), "a text")),
            );
        }
        faults.extend(
            entry
                .get("name")
                .filter(|v| !is_name(v))
                .map(|_| expected(file, &at("name"), "{ zh = \"…\", en = \"…\" }")),
        );
        faults.extend(entry.get("metadata").and_then(|v| metadata(file, &at("metadata"), v)));
        faults.extend(
            entry
                .get("reassignable")
                .filter(|v| !v.is_bool())
                .map(|_| expected(file, &at("reassignable"), "true or false")),
        );
        faults.extend(
            entry
                .get("bound_to")
                .filter(|v| !v.is_str())
                .map(|_| expected(file, &at("bound_to"), "a text, as in \"name\"")),
        );
        faults.extend(
            entry
                .get("unsolicited")
                .filter(|v| !is_texts(v))
                .map(|_| expected(file, &at("unsolicited"), "a list of service ids")),
        );
        faults.extend(
            entry
                .get("attributes")
                .map(|v| attributes(file, &at("attributes"), v))
                .unwrap_or_default(),
        );
    }
    faults
}

/// What is wrong with the parts of a service that have several forms.
pub(super) fn service(file: &str, document: &Table) -> Vec<Fault> {
    let mut faults = Vec::new();
    if let Some(Value::Table(saml)) = document.get("saml") {
        faults.extend(saml.get("metadata").and_then(|v| metadata(file, "saml.metadata", v)));
    }
    if let Some(Value::Array(entries)) = document.get("entitlements") {
        for (place, entry) in entries.iter().enumerate() {
            let key = format!("entitlements[{place}]");
            faults.extend(entitlement(file, &key, entry));
        }
    }
    faults
}

fn entitlement(file: &str, key: &str, entry: &Value) -> Option<Fault> {
    let table = match entry {
        Value::String(_) => return None,
        Value::Table(table) => table,
        _ => return Some(expected(file, key, "a text, or a table with id and by")),
    };
    if let Some(unknown) = table.keys().find(|k| !matches!(k.as_str(), "id" | "by")) {
        return Some(unknown_key(file, &format!("{key}.{unknown}"), "id, by"));
    }
    let by = table.get("by").and_then(Value::as_str);
    if !table.get("id").is_some_and(Value::is_str) {
        return Some(expected(file, &format!("{key}.id"), "a text"));
    }
    let is_known = table.get("by").is_none() || matches!(by, Some("policy" | "application"));
    (!is_known).then(|| expected(file, &format!("{key}.by"), "\"policy\" or \"application\""))
}

/// A name in both languages.
fn is_name(value: &Value) -> bool {
    let said = |table: &Table, lang: &str| {
        table.get(lang).and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty())
    };
    matches!(value, Value::Table(table)
        if table.len() == 2 && said(table, "zh") && said(table, "en"))
}

fn metadata(file: &str, key: &str, value: &Value) -> Option<Fault> {
    let table = match value {
        Value::String(_) => return None,
        Value::Table(table) => table,
        _ => return Some(expected(file, key, "a file name, or a table with url and signer")),
    };
    let known: &[&str] = if table.contains_key("mdq") {
        &["mdq", "entity_id", "signer"]
    } else {
        &["url", "signer"]
    };
    if let Some(unknown) = table.keys().find(|k| !known.contains(&k.as_str())) {
        return Some(unknown_key(file, &format!("{key}.{unknown}"), &known.join(", ")));
    }
    if let Some((name, _)) = table.iter().find(|(_, v)| !v.is_str()) {
        return Some(expected(file, &format!("{key}.{name}"), "a text"));
    }
    let needed = known.iter().find(|name| **name != "signer" && !table.contains_key(**name))?;
    Some(Fault::key(file, format!("{key}.{needed}"), "missing", "add the key"))
}

fn attributes(file: &str, key: &str, value: &Value) -> Vec<Fault> {
    let Value::Table(table) = value else {
        return vec![expected(file, key, "a table, as in { name = \"displayName\" }")];
    };
    let faults = table.iter().flat_map(|(name, value)| {
        let at = format!("{key}.{name}");
        match name.parse::<model::AttributeName>() {
            Err(what) => vec![Fault::key(file, at, what, "use one of the hub's names")],
            Ok(_) => sources(file, &at, value),
        }
    });
    faults.collect()
}

fn sources(file: &str, key: &str, value: &Value) -> Vec<Fault> {
    match value {
        Value::Array(all) => all
            .iter()
            .enumerate()
            .flat_map(|(place, one)| source(file, &format!("{key}[{place}]"), one))
            .collect(),
        one => source(file, key, one),
    }
}

fn source(file: &str, key: &str, value: &Value) -> Vec<Fault> {
    let rule = match value {
        Value::String(_) => return Vec::new(),
        Value::Table(rule) => rule,
        _ => {
            let what = "a text, a table such as { from = \"type\" }, or a list of them";
            return vec![expected(file, key, what)];
        }
    };
    let faults = rule.iter().filter_map(|(name, value)| {
        let at = format!("{key}.{name}");
        let (is_good, what) = match name.as_str() {
            "from" => (value.is_str() || is_texts(value), "a text, or a list of texts"),
            "values" => (is_table_of_texts(value), "a table, as in { \"教师\" = \"faculty\" }"),
            "required" => (value.is_bool(), "true or false"),
            "constant" | "split" | "pattern" | "otherwise" | "date" | "zone" => {
                (value.is_str(), "a text")
            }
            _ => return Some(unknown_key(file, &at, &RULE.join(", "))),
        };
        (!is_good).then(|| expected(file, &at, what))
    });
    faults.collect()
}

/// The keys of a rule, in the order of its steps.
const RULE: [&str; 9] =
    ["from", "constant", "split", "pattern", "values", "otherwise", "date", "zone", "required"];

fn is_table_of_texts(value: &Value) -> bool {
    value.as_table().is_some_and(|table| table.values().all(Value::is_str))
}

fn is_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(Value::is_str))
}

fn expected(file: &str, key: &str, what: &str) -> Fault {
    Fault::key(file, key, "wrong type", format!("write {what}"))
}

fn unknown_key(file: &str, key: &str, known: &str) -> Fault {
    Fault::key(
        file,
        key,
        "unknown key",
        format!("remove it, or correct its spelling; known are {known}"),
    )
}
