//! One `[[row]]` or `[[deny]]`, and the Cedar policies that it means.

use crate::engine::EngineFault;
use crate::rule::{MAX_AGE_S, Rule, id_fault};
use crate::source::{MATRIX, PolicyFault};
use crate::vocabulary::{self, Unknown, Vocabulary, kind};
use cedar_policy as cedar;
use model::{Standing, Text};
use serde::Deserialize;
use serde_json::{Value, json};

/// Which of the two tables a row stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Row,
    Deny,
}

/// A row of either table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    id: Option<String>,
    class: Option<Vec<String>>,
    standing: Option<Vec<String>>,
    category: Option<Vec<String>>,
    affiliation: Option<Vec<String>>,
    member: Option<Vec<String>>,
    region: Option<Vec<String>>,
    evidence: Option<Vec<String>>,
    #[serde(default)]
    enter: Vec<String>,
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    r#use: Vec<String>,
    max_age_s: Option<u32>,
    reason: Option<Text>,
}

impl Row {
    /// The rule of this row, or `None` where something in it is wrong.
    pub(super) fn rule(
        &self,
        table: Table,
        number: usize,
        words: &Vocabulary,
        faults: &mut Vec<PolicyFault>,
    ) -> Option<Rule> {
        let key = match table {
            Table::Row => format!("row[{number}]"),
            Table::Deny => format!("deny[{number}]"),
        };
        let mut check = Check { key: &key, words, faults: Vec::new() };
        check.row(self, table);
        let sound = check.faults.is_empty();
        faults.append(&mut check.faults);
        if !sound {
            return None;
        }
        let id = self.id.clone().unwrap_or_else(|| format!("matrix:{key}"));
        match self.policies(table, &id) {
            Ok(policies) => Some(Rule {
                id,
                file: MATRIX.to_owned(),
                key,
                reason: self.reason.clone().unwrap_or_default(),
                max_age_s: self.max_age_s,
                policies,
            }),
            Err(error) => {
                faults.push(PolicyFault::new(MATRIX, key, error.to_string(), "correct the row"));
                None
            }
        }
    }

    /// The words for rights: `allow` in a row, `use` in a denial.
    fn rights(&self) -> impl Iterator<Item = &String> {
        self.allow.iter().chain(&self.r#use)
    }

    /// One policy for each service and right, so that each lies in the slice of its own
    /// resource and a decision looks at no other.
    fn policies(&self, table: Table, id: &str) -> Result<Vec<cedar::Policy>, EngineFault> {
        let conditions = self.conditions(table);
        let policy = |action: &str, kind: &str, resource: &String| {
            let policy = json!({
                "effect": match table { Table::Row => "permit", Table::Deny => "forbid" },
                "principal": { "op": "All" },
                "action": { "op": "==", "entity": entity(kind::ACTION, action) },
                "resource": { "op": "==", "entity": entity(kind, resource) },
                "conditions": &conditions,
            });
            let id = cedar::PolicyId::new(format!("{id} {action} {resource}"));
            cedar::Policy::from_json(Some(id), policy).map_err(EngineFault::of)
        };
        let entries = self.enter.iter().map(|id| policy("enter", kind::SERVICE, id));
        let rights = self.rights().map(|id| policy("use", kind::ENTITLEMENT, id));
        entries.chain(rights).collect()
    }

    fn conditions(&self, table: Table) -> Vec<Value> {
        let good = || vec![Standing::Good.as_str().to_owned()];
        let standing = match table {
            Table::Row => Some(self.standing.clone().unwrap_or_else(good)),
            Table::Deny => self.standing.clone(),
        };
        let mut all = Vec::new();
        let mut one_of = |attribute: &str, kind: &str, words: Option<&Vec<String>>| {
            if let Some(words) = words {
                all.push(json!({ "contains": { "left": entities(kind, words), "right": of(attribute) } }));
            }
        };
        one_of("class", kind::CLASS, self.class.as_ref());
        one_of("standing", kind::STANDING, standing.as_ref());
        one_of("member", kind::MEMBER, self.member.as_ref());
        one_of("evidence", kind::EVIDENCE, self.evidence.as_ref());
        if let Some(words) = &self.region {
            all.push(
                json!({ "in": { "left": of("region"), "right": entities(kind::REGION, words) } }),
            );
        }
        if let Some(words) = &self.affiliation {
            all.push(
                json!({ "containsAny": { "left": of("affiliation"), "right": texts(words) } }),
            );
        }
        if let Some(words) = &self.category {
            all.push(json!({ "has": { "left": { "Var": "principal" }, "attr": "category" } }));
            all.push(json!({ "contains": { "left": texts(words), "right": of("category") } }));
        }
        all.into_iter().map(|body| json!({ "kind": "when", "body": body })).collect()
    }
}

/// The check of one row, gathering every fault in it.
struct Check<'a> {
    key: &'a str,
    words: &'a Vocabulary,
    faults: Vec<PolicyFault>,
}

impl Check<'_> {
    fn row(&mut self, row: &Row, table: Table) {
        let words = self.words;
        self.list("class", row.class.as_deref(), |w| words.check(kind::CLASS, w));
        self.list("standing", row.standing.as_deref(), |w| words.check(kind::STANDING, w));
        self.list("member", row.member.as_deref(), |w| words.check(kind::MEMBER, w));
        self.list("evidence", row.evidence.as_deref(), |w| words.check(kind::EVIDENCE, w));
        self.list("affiliation", row.affiliation.as_deref(), vocabulary::check_affiliation);
        self.list("category", row.category.as_deref(), |_| Ok(()));
        self.list("region", row.region.as_deref(), |_| Ok(()));
        self.list("enter", some(&row.enter), |w| words.check(kind::SERVICE, w));
        self.list("allow", some(&row.allow), |w| words.check(kind::ENTITLEMENT, w));
        self.list("use", some(&row.r#use), |w| words.check(kind::ENTITLEMENT, w));
        self.form(row, table);
        self.reason(row.reason.as_ref());
    }

    fn form(&mut self, row: &Row, table: Table) {
        if let Some(remedy) = row.id.as_deref().and_then(id_fault) {
            self.fault("id", "not an id", remedy);
        }
        if table == Table::Row && !row.r#use.is_empty() {
            self.fault("use", "`use` stands in a [[row]]", "a [[row]] gives rights by `allow`");
        }
        if table == Table::Deny && !row.allow.is_empty() {
            self.fault(
                "allow",
                "`allow` stands in a [[deny]]",
                "a [[deny]] takes rights away by `use`",
            );
        }
        if row.enter.is_empty() && row.rights().next().is_none() {
            let key = if table == Table::Row { "allow" } else { "use" };
            let remedy = format!("name services under `enter` or rights under `{key}`");
            self.fault("enter", "the row names no service and no right", &remedy);
        }
        if let Some(age) = row.max_age_s {
            if table == Table::Deny || row.enter.is_empty() {
                self.fault("max_age_s", "it belongs to a [[row]] with `enter`", "leave it out");
            } else if !MAX_AGE_S.contains(&age) {
                let remedy =
                    format!("write seconds from {} to {}", MAX_AGE_S.start(), MAX_AGE_S.end());
                self.fault("max_age_s", "out of bounds", &remedy);
            }
        }
    }

    fn reason(&mut self, reason: Option<&Text>) {
        if reason.is_none_or(|r| r.zh.trim().is_empty() || r.en.trim().is_empty()) {
            let remedy = "write reason = { zh = \"…\", en = \"…\" }: why, and the next step";
            self.fault("reason", "the reason is missing in one of the languages", remedy);
        }
    }

    /// A list that is there may not be empty: `class = []` would match nobody,
    /// and whoever writes it hardly means that.
    fn list(
        &mut self,
        name: &str,
        list: Option<&[String]>,
        check: impl Fn(&str) -> Result<(), Unknown>,
    ) {
        let Some(list) = list else { return };
        if list.is_empty() {
            self.fault(name, "the list is empty", "name at least one, or leave the key out");
        }
        for (n, word) in list.iter().enumerate() {
            let key = format!("{name}[{n}]");
            if word.trim().is_empty() {
                self.fault(&key, "the word is empty", "leave it out");
            } else if list.iter().take(n).any(|earlier| earlier == word) {
                self.fault(&key, &format!("`{word}` stands there twice"), "leave one out");
            } else if let Err(unknown) = check(word) {
                self.fault(&key, &unknown.what, &unknown.remedy);
            }
        }
    }

    fn fault(&mut self, name: &str, what: &str, remedy: &str) {
        self.faults.push(PolicyFault::new(MATRIX, format!("{}.{name}", self.key), what, remedy));
    }
}

fn some(list: &[String]) -> Option<&[String]> {
    (!list.is_empty()).then_some(list)
}

fn of(attribute: &str) -> Value {
    json!({ ".": { "left": { "Var": "principal" }, "attr": attribute } })
}

fn entity(kind: &str, id: &str) -> Value {
    json!({ "type": kind, "id": id })
}

fn entities(kind: &str, ids: &[String]) -> Value {
    let all: Vec<_> =
        ids.iter().map(|id| json!({ "Value": { "__entity": entity(kind, id) } })).collect();
    json!({ "Set": all })
}

fn texts(words: &[String]) -> Value {
    let all: Vec<_> = words.iter().map(|word| json!({ "Value": word })).collect();
    json!({ "Set": all })
}
