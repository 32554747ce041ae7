//! What of a member's answer fills which of our attributes: pure data, the same for every
//! kind of connector.

use crate::AttributeName;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// One text or several, as TOML lets people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// `"displayName"`
    One(String),
    /// `["pairwise-id", "subject-id"]`
    Many(Vec<String>),
}

impl OneOrMany {
    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(one) => std::slice::from_ref(one).iter(),
            Self::Many(many) => many.iter(),
        }
        .map(String::as_str)
    }
}

/// Where our attributes come from, by our names.
pub type AttributeMap = BTreeMap<AttributeName, Sources>;

/// One source or several: the first that gives a value wins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Sources {
    /// `"displayName"`, `{ from = "type", values = { "教师" = "faculty" } }`
    One(Source),
    /// `["type", { constant = "reader" }]`
    Many(Vec<Source>),
}

impl Sources {
    /// All of them, in order.
    pub fn as_slice(&self) -> &[Source] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }

    /// Every name of the member's that is looked at, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.as_slice().iter().flat_map(Source::names)
    }

    /// Whether a reader without this attribute is refused.
    pub fn is_required(&self) -> bool {
        self.as_slice().iter().any(|source| matches!(source, Source::Rule(rule) if rule.required))
    }
}

impl From<&str> for Sources {
    fn from(name: &str) -> Self {
        Self::One(Source::Name(name.to_owned()))
    }
}

impl<'a> FromIterator<&'a str> for Sources {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        Self::Many(names.into_iter().map(|name| Source::Name(name.to_owned())).collect())
    }
}

/// Where one value may come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Source {
    /// The attribute of that name, as it stands.
    Name(String),
    /// Values that are made of the member's.
    Rule(Box<Rule>),
}

impl Source {
    /// The member's names that it looks at, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let (name, from) = match self {
            Self::Name(name) => (Some(name.as_str()), None),
            Self::Rule(rule) => (None, rule.from.as_ref()),
        };
        name.into_iter().chain(from.into_iter().flat_map(OneOrMany::iter))
    }
}

// By hand: a derived struct also reads itself from a list, so of the forms that serde tries
// one by one `["pairwise-id", "subject-id"]` would be a rule whose constant is `subject-id`.
impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(SourceForm)
    }
}

struct SourceForm;

impl<'de> Visitor<'de> for SourceForm {
    type Value = Source;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or a table such as { from = \"type\" }")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Source, E> {
        Ok(Source::Name(name.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Source, A::Error> {
        Rule::deserialize(MapAccessDeserializer::new(map)).map(|rule| Source::Rule(Box::new(rule)))
    }
}

impl<'de> Deserialize<'de> for Sources {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(SourcesForm)
    }
}

struct SourcesForm;

impl<'de> Visitor<'de> for SourcesForm {
    type Value = Sources;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a table such as { from = \"type\" }, or a list of them")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Sources, E> {
        SourceForm.visit_str(name).map(Sources::One)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Sources, A::Error> {
        SourceForm.visit_map(map).map(Sources::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Sources, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(Sources::Many)
    }
}

/// How values are made of the member's, in this order: `from`, `split`, `pattern`,
/// `values` with `otherwise`, `date`. No step repeats, none looks back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Names of the member's attributes; the first present is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<OneOrMany>,
    /// In the place of `from`: this very value, whatever the member says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constant: Option<String>,
    /// What separates several values in one text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// A regular expression for the whole value; its group, where it has one, is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The member's words and ours; ours may be empty, which is no value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// Our word for all that `values` does not name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
    /// How a date is written: `YYYYMMDD`, `YYYYMMDD    HHMMSS`, `D/M/YYYY`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The offset of dates that name none, `+08:00` where this is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// A reader of whom no source gives a value is refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Sources, String> {
        serde_json::from_str(json).map_err(|e| e.to_string())
    }

    #[test]
    fn a_list_of_names_is_a_list_of_names_and_never_a_rule() {
        let names = read(r#"["pairwise-id", "subject-id"]"#).expect("sources");
        assert_eq!(names, ["pairwise-id", "subject-id"].into_iter().collect());
        assert!(matches!(read(r#""uid""#), Ok(Sources::One(Source::Name(_)))));
        assert!(matches!(read(r#"{"from": "uid"}"#), Ok(Sources::One(Source::Rule(_)))));
        let mixed = read(r#"["uid", {"from": ["a", "b"], "constant": "x"}]"#).expect("sources");
        assert_eq!(mixed.names().collect::<Vec<_>>(), ["uid", "a", "b"]);
        for bad in [r#"[["a", "b"]]"#, "5", r#"{"form": "uid"}"#, "[5]", "null"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sources_are_written_as_they_were_read() {
        for json in [
            r#""uid""#,
            r#"["uid"]"#,
            r#"{"from":["a","b"],"split":";","values":{"教师":"faculty"},"otherwise":""}"#,
            r#"["uid",{"constant":"x"}]"#,
            r#"{"from":"PA","date":"YYYYMMDD","zone":"+08:00","required":true}"#,
        ] {
            let written = serde_json::to_string(&read(json).expect("sources"));
            assert_eq!(written.expect("JSON"), json);
        }
    }
}
