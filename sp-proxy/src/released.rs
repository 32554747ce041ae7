//! The released values of one answer under their names on the wire.

use metadata::{RESERVED_CLAIMS, claim_name};
use model::{Value, ValueName};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// Released values as JSON members; `rename` gives the service's own name of a value.
///
/// `check` refuses a rename that takes the name of a protocol's claim; here it is dropped.
/// One text is a string, several an array, named texts an object.
pub(crate) fn to_json(
    values: &BTreeMap<ValueName, Value>,
    rename: impl Fn(ValueName) -> Option<String>,
) -> Map<String, Json> {
    values
        .iter()
        .map(|(name, value)| {
            (rename(*name).unwrap_or_else(|| claim_name(*name).to_owned()), encode(value))
        })
        .filter(|(name, _)| !RESERVED_CLAIMS.contains(&name.as_str()))
        .collect()
}

fn encode(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::String(text.clone()),
        Value::List(list) => list.iter().cloned().map(Json::String).collect(),
        Value::Map(map) => {
            Json::Object(map.iter().map(|(k, v)| (k.clone(), Json::String(v.clone()))).collect())
        }
    }
}

/// Released values as lists of texts, for SAML: a map becomes `key=value` texts
/// in the order of its keys (`opac=https://…`).
pub(crate) fn to_texts(value: &Value) -> Vec<String> {
    match value {
        Value::Text(text) => vec![text.clone()],
        Value::List(list) => list.clone(),
        Value::Map(map) => map.iter().map(|(k, v)| format!("{k}={v}")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> BTreeMap<ValueName, Value> {
        let links = BTreeMap::from([
            ("opac".to_owned(), "https://opac.example/".to_owned()),
            ("help".to_owned(), "https://help.example/?a=b".to_owned()),
        ]);
        BTreeMap::from([
            (ValueName::Name, Value::Text("读者甲".into())),
            (ValueName::Mail, Value::Text("a@example.org".into())),
            (ValueName::Phone, Value::Text("123".into())),
            (ValueName::Affiliation, Value::List(vec!["member@nju.edu.cn".into()])),
            (ValueName::Links, Value::Map(links)),
        ])
    }

    #[test]
    fn mail_and_phone_bear_their_oidc_names_and_the_rest_the_hubs() {
        let json = Json::Object(to_json(&values(), |_| None));
        assert_eq!(
            json,
            serde_json::json!({
                "name": "读者甲",
                "email": "a@example.org",
                "phone_number": "123",
                "affiliation": ["member@nju.edu.cn"],
                "links": { "help": "https://help.example/?a=b", "opac": "https://opac.example/" },
            })
        );
    }

    #[test]
    fn a_rename_never_takes_the_name_of_a_protocol_claim() {
        let renamed = |to: &str| {
            let to = to.to_owned();
            to_json(&values(), move |name| (name == ValueName::Mail).then(|| to.clone()))
        };
        assert!(renamed("emailAddress").contains_key("emailAddress"));
        for reserved in RESERVED_CLAIMS {
            assert!(!renamed(reserved).contains_key(*reserved), "{reserved}");
        }
    }

    #[test]
    fn links_become_key_value_texts() {
        assert_eq!(
            to_texts(&values()[&ValueName::Links]),
            ["help=https://help.example/?a=b", "opac=https://opac.example/"]
        );
    }
}
