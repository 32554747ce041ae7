//! Reads `matrix.toml`: class and standing × entry and right, as a librarian writes it.
//!
//! ```toml
//! [classes]                         # every class that rules may name
//! A = { zh = "…", en = "…" }
//!
//! [[row]]                           # who may what
//! class    = ["A"]                  # absent: any
//! standing = ["good"]               # absent: good
//! enter    = ["ill"]                # services
//! allow    = ["ill:request"]        # rights
//! max_age_s = 600                   # entering asks for a login not older than this
//! reason   = { zh = "…", en = "…" }
//!
//! [[deny]]                          # beats every row and every Cedar permit
//! class    = ["B"]                  # absent: any; here standing too
//! use      = ["ill:guaranteed"]
//! reason   = { zh = "…", en = "…" } # with the next step
//! ```
//!
//! Further keys of either that narrow whom it is for: `category`, `affiliation`,
//! `member`, `region` (`江苏` holds `江苏/南京`), `evidence`; and `id`, the name that
//! decisions carry.

mod row;

use crate::plain::plain;
use crate::rule::Rule;
use crate::source::{MATRIX, PolicyFault};
use crate::vocabulary::Vocabulary;
use model::{Class, Text};
use row::{Row, Table};
use serde::Deserialize;
use std::collections::BTreeMap;

/// `matrix.toml` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Matrix {
    #[serde(default)]
    classes: BTreeMap<String, Text>,
    #[serde(default)]
    row: Vec<Row>,
    #[serde(default)]
    deny: Vec<Row>,
}

impl Matrix {
    /// Reads the text; a fault of form ends it, for nothing after it can be trusted.
    pub(crate) fn parse(text: &str) -> Result<Self, PolicyFault> {
        let source = toml::Deserializer::parse(text)
            .map_err(|error| PolicyFault::toml(MATRIX, text, &error))?;
        serde_path_to_error::deserialize(source).map_err(|error| {
            let said = plain(error.inner().message());
            let key = said.key(&error.path().to_string());
            let remedy = said.remedy(example(&key));
            PolicyFault::new(MATRIX, key, said.what, remedy)
        })
    }

    /// The classes that rules may name.
    pub(crate) fn classes(&self, faults: &mut Vec<PolicyFault>) -> BTreeMap<Class, Text> {
        let mut classes = BTreeMap::new();
        for (word, name) in &self.classes {
            let key = format!("classes.{word}");
            if name.zh.trim().is_empty() || name.en.trim().is_empty() {
                let what = "the class has no name in one of the languages";
                faults.push(PolicyFault::new(
                    MATRIX,
                    &key,
                    what,
                    "write { zh = \"…\", en = \"…\" }",
                ));
            }
            match Class::parse(word) {
                Ok(class) => drop(classes.insert(class, name.clone())),
                Err(fault) => {
                    faults.push(PolicyFault::new(MATRIX, key, fault.to_string(), fault.rule));
                }
            }
        }
        classes
    }

    /// The rules of every row; what is wrong goes to `faults`.
    pub(crate) fn rules(&self, words: &Vocabulary, faults: &mut Vec<PolicyFault>) -> Vec<Rule> {
        let rows = self.row.iter().enumerate().map(|(n, row)| (Table::Row, n, row));
        let denials = self.deny.iter().enumerate().map(|(n, row)| (Table::Deny, n, row));
        rows.chain(denials)
            .filter_map(|(table, number, row)| row.rule(table, number, words, faults))
            .collect()
    }
}

/// How a key is written, by its last name; a list for its entries, too.
fn example(key: &str) -> Option<&'static str> {
    let key = key.trim_end_matches(|c: char| c == '[' || c == ']' || c.is_ascii_digit());
    if key.starts_with("classes") {
        return Some("A = { zh = \"…\", en = \"…\" }");
    }
    Some(match key.rsplit('.').next()? {
        "row" => "[[row]]",
        "deny" => "[[deny]]",
        "id" => "id = \"ill-guaranteed-a\"",
        "class" => "class = [\"A\"]",
        "standing" => "standing = [\"good\"]",
        "category" => "category = [\"graduate\"]",
        "affiliation" => "affiliation = [\"student\"]",
        "member" => "member = [\"nju\"]",
        "region" => "region = [\"江苏\"]",
        "evidence" => "evidence = [\"asserted\"]",
        "enter" => "enter = [\"ill\"]",
        "allow" => "allow = [\"ill:request\"]",
        "use" => "use = [\"ill:guaranteed\"]",
        "max_age_s" => "max_age_s = 600",
        "reason" | "zh" | "en" => "reason = { zh = \"…\", en = \"…\" }",
        _ => return None,
    })
}
