//! What of a member's answer fills which of our attributes: pure data, the same for every
//! kind of connector.

use crate::AttributeName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Sources {
    /// `"displayName"`, `{ from = "type", values = { "教师" = "faculty" } }`
    One(Source),
    /// `["type", { constant = "reader" }]`
    Many(Vec<Source>),
}

impl Sources {
    /// All of them, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Source> {
        match self {
            Self::One(one) => std::slice::from_ref(one).iter(),
            Self::Many(many) => many.iter(),
        }
    }

    /// Every name of the member's that is looked at, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().flat_map(Source::names)
    }

    /// Whether a reader without this attribute is refused.
    pub fn is_required(&self) -> bool {
        self.iter().any(|source| matches!(source, Source::Rule(rule) if rule.required))
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
