//! The policy folder as it was read, and what may be wrong in it.

use crate::plain::plain;
use std::collections::BTreeSet;
use std::fmt;

/// Greatest size of one policy file: far above what people write, far below what
/// would make reading it slow.
const MAX_FILE_BYTES: usize = 1024 * 1024;

/// The file that holds the matrix.
pub(crate) const MATRIX: &str = "matrix.toml";
const ASSERTIONS: &str = "assertions.toml";

/// The texts of a policy folder; reading the folder is the caller's part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicySource {
    /// `*.cedar`: file name and text, in the order of their names.
    pub cedar: Vec<(String, String)>,
    /// `matrix.toml`.
    pub matrix: Option<String>,
    /// `assertions.toml`: its syntax is checked, nothing is proved by it yet.
    pub assertions: Option<String>,
}

impl PolicySource {
    /// Whether there is no rule file at all, which is the same as no policy folder.
    pub fn is_empty(&self) -> bool {
        self.cedar.is_empty() && self.matrix.is_none()
    }

    pub(crate) fn check_sizes(&self, faults: &mut Vec<PolicyFault>) {
        let cedar = self.cedar.iter().map(|(file, text)| (file.as_str(), text));
        let matrix = self.matrix.iter().map(|text| (MATRIX, text));
        let assertions = self.assertions.iter().map(|text| (ASSERTIONS, text));
        for (file, text) in cedar.chain(matrix).chain(assertions) {
            if text.len() > MAX_FILE_BYTES {
                let what = format!("{} bytes are too many", text.len());
                faults.push(PolicyFault::whole(
                    file,
                    what,
                    "split it: a policy file may have 1 MiB",
                ));
            }
        }
    }

    pub(crate) fn check_assertions(&self, faults: &mut Vec<PolicyFault>) {
        let Some(text) = &self.assertions else { return };
        if let Err(error) = text.parse::<toml::Table>() {
            faults.push(PolicyFault::toml(ASSERTIONS, text, &error));
        }
    }
}

/// What of a registry could not be read: nothing is said of words that may stand there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unread {
    /// Services whose files are broken; any right may be theirs.
    pub services: BTreeSet<String>,
    /// `matrix.toml` is broken; any class may be declared there.
    pub matrix: bool,
}

/// One thing wrong in a policy folder: where, what, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFault {
    /// File, as the [`PolicySource`] names it.
    pub file: String,
    /// Key, rule or line in it; absent where the whole file is meant.
    pub key: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl PolicyFault {
    pub(crate) fn new(
        file: &str,
        key: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            file: file.to_owned(),
            key: Some(key.into()),
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    pub(crate) fn whole(file: &str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { file: file.to_owned(), key: None, what: what.into(), remedy: remedy.into() }
    }

    pub(crate) fn toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let key = error.span().map(|span| line_of(text, span.start));
        let said = plain(error.message());
        let remedy = said.remedy.unwrap_or_else(|| "correct the TOML there".to_owned());
        Self { file: file.to_owned(), key, what: said.what, remedy }
    }
}

impl fmt::Display for PolicyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file)?;
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        write!(f, "{} — {}", self.what, self.remedy)
    }
}

impl std::error::Error for PolicyFault {}

/// `line 12`, from an offset in bytes.
pub(crate) fn line_of(text: &str, offset: usize) -> String {
    let breaks = text.match_indices('\n').take_while(|(at, _)| *at < offset).count();
    format!("line {}", breaks + 1)
}
