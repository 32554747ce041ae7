//! What is wrong with a registry folder, said so that it can be put right.

use serde::Serialize;
use std::fmt;

/// One thing that is wrong: where, what, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// The file, relative to the registry folder, with forward slashes.
    pub file: String,
    /// The key in it, as in `connector[0].metadata`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl Fault {
    /// A fault of a whole file.
    pub(crate) fn file(file: &str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { file: file.to_owned(), key: None, what: what.into(), remedy: remedy.into() }
    }

    /// A fault at one key of a file.
    pub(crate) fn key(
        file: &str,
        key: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let key = Some(key.into()).filter(|k: &String| !k.is_empty() && k != ".");
        Self { file: file.to_owned(), key, what: what.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(key) = &self.key {
            write!(f, ": {key}")?;
        }
        write!(f, ": {} — {}", self.what, self.remedy)
    }
}
