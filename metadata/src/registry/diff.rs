//! What an apply would change, file by file and key by key.

use super::canonical;
use super::content::{Content, Needed, Owner, Remote, has_ending};
use model::ServiceId;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// All changes between two registries; secrets are named, never shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// One for each file that differs, by path.
    pub changes: Vec<Change>,
}

/// One file that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its path in the folder.
    pub file: String,
    /// What happened to it.
    pub what: What,
    /// Its keys that differ, where it is one of ours; empty for a file new, gone or kept as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// It is new.
    Added,
    /// It reads differently.
    Changed,
    /// It is gone.
    Removed,
}

/// One key that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// The key, as in `connector[0].metadata`.
    pub key: String,
    /// Its value before; `None` where it was absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Its value after; `None` where it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Diff {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Compares two registries.
    pub(crate) fn between(before: &Content, after: &Content) -> Self {
        let (old, new) = (canonical::files(before), canonical::files(after));
        let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let mut changes: Vec<Change> = paths
            .into_iter()
            .filter_map(|path| change(path, old.get(path), new.get(path)))
            .collect();
        for (file, field) in secrets(before, after).into_iter().chain(documents(before, after)) {
            match changes.iter_mut().find(|c| c.file == file) {
                Some(change) => change.fields.push(field),
                None => changes.push(Change { file, what: What::Changed, fields: vec![field] }),
            }
        }
        Self { changes }
    }
}

/// Secrets that were replaced: that they were, and nothing of them.
fn secrets(before: &Content, after: &Content) -> Vec<(String, FieldChange)> {
    let differs = |(id, mac): (&ServiceId, &String)| {
        let is_other = before.secrets.get(id).is_some_and(|old| old != mac);
        let hidden = || Some("***".to_owned());
        let key = "oidc.client_secret_file (its content)".to_owned();
        let field = FieldChange { key, before: hidden(), after: hidden() };
        is_other.then(|| (format!("services/{id}.toml"), field))
    };
    let clients = after.secrets.iter().filter_map(differs);
    clients.chain(sealed(before, after)).collect()
}

/// The same for those of connectors.
fn sealed(before: &Content, after: &Content) -> Vec<(String, FieldChange)> {
    let differs = |(owner, sealed): (&Owner, &String)| {
        let is_other = before.sealed.get(owner).is_some_and(|old| old != sealed);
        let (member, setting) = owner.as_str().strip_prefix("setting/")?.split_once('/')?;
        let hidden = || Some("***".to_owned());
        let key = format!("connector {setting} (its content)");
        let field = FieldChange { key, before: hidden(), after: hidden() };
        is_other.then(|| (format!("members/{member}.toml"), field))
    };
    after.sealed.iter().filter_map(differs).collect()
}

/// Documents that lie elsewhere and read differently than when they were last fetched.
fn documents(before: &Content, after: &Content) -> Vec<(String, FieldChange)> {
    let differs = |needed: Needed| {
        let (old, new) = (before.remote.get(&needed.owner)?, after.remote.get(&needed.owner)?);
        let fetched = |remote: &Remote| Some(format!("fetched {}", remote.fetched.rfc3339()));
        let key = format!("{} (its content)", needed.key);
        let field = FieldChange { key, before: fetched(old), after: fetched(new) };
        (old.text != new.text).then_some((needed.file, field))
    };
    after.needed().into_iter().filter_map(differs).collect()
}

fn change(path: &str, old: Option<&String>, new: Option<&String>) -> Option<Change> {
    let (what, fields) = match (old, new) {
        (None, Some(_)) => (What::Added, Vec::new()),
        (Some(_), None) => (What::Removed, Vec::new()),
        (Some(old), Some(new)) if old != new => (What::Changed, fields(path, old, new)),
        _ => return None,
    };
    Some(Change { file: path.to_owned(), what, fields })
}

fn fields(path: &str, old: &str, new: &str) -> Vec<FieldChange> {
    if !has_ending(path, "toml") {
        return Vec::new();
    }
    let (old, new) = (flattened(old), flattened(new));
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    keys.into_iter()
        .filter(|key| old.get(*key) != new.get(*key))
        .map(|key| FieldChange {
            key: key.clone(),
            before: old.get(key).cloned(),
            after: new.get(key).cloned(),
        })
        .collect()
}

/// Every leaf of a document by its key; a list of plain values is one leaf.
fn flattened(text: &str) -> BTreeMap<String, String> {
    let mut leaves = BTreeMap::new();
    if let Ok(value) = toml::from_str::<Value>(text) {
        flatten(&mut leaves, String::new(), &value);
    }
    leaves
}

fn flatten(leaves: &mut BTreeMap<String, String>, key: String, value: &Value) {
    match value {
        Value::Object(table) => {
            for (name, value) in table {
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                flatten(leaves, key, value);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (place, item) in items.iter().enumerate() {
                flatten(leaves, format!("{key}[{place}]"), item);
            }
        }
        leaf => drop(leaves.insert(key, leaf.to_string())),
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            let mark = match change.what {
                What::Added => '+',
                What::Changed => '~',
                What::Removed => '-',
            };
            writeln!(f, "{mark} {}", change.file)?;
            for field in &change.fields {
                let shown =
                    |value: &Option<String>| value.clone().unwrap_or_else(|| "(absent)".to_owned());
                writeln!(
                    f,
                    "    {}: {} → {}",
                    field.key,
                    shown(&field.before),
                    shown(&field.after)
                )?;
            }
        }
        Ok(())
    }
}
