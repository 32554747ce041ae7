//! The fields of variable length: any order, repeated, unknown ones kept.

use std::collections::BTreeSet;

/// Most fields of one message that are kept; what comes after is not read.
const MOST_FIELDS: usize = 512;

/// One code with several values, where one value decides.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} stands there with values that differ")]
pub(crate) struct Contradiction(pub(crate) String);

/// The fields of one message. Personal: Debug shows codes only.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(String, String)>);

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(code, _)| code)).finish()
    }
}

/// Whether these two characters may be a code: a capital, and a capital or digit (`U1`).
fn is_code(text: &str) -> bool {
    matches!(text.as_bytes(), [b'A'..=b'Z', b'A'..=b'Z' | b'0'..=b'9'])
}

impl Fields {
    /// Splits the variable part, which begins with a code or is empty.
    ///
    /// Values hold stray delimiters: one only ends a field where a code may follow, or nothing.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut found: Vec<(String, String)> = Vec::new();
        for part in text.split('|') {
            match part.split_at_checked(2).filter(|(code, _)| is_code(code)) {
                Some((code, value)) if found.len() < MOST_FIELDS => {
                    found.push((code.to_owned(), value.to_owned()));
                }
                Some(_) => break,
                None => match found.last_mut() {
                    Some((_, value)) => {
                        value.push('|');
                        value.push_str(part);
                    }
                    None if part.trim().is_empty() => {}
                    None => return None,
                },
            }
        }
        for (_, value) in &mut found {
            let kept = value.trim_end_matches('|').replace("&#124;", "|");
            *value = kept;
        }
        Some(Self(found))
    }

    /// All values of a code, as they came.
    pub(crate) fn all<'f>(&'f self, code: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(c, _)| c == code).map(|(_, value)| value.as_str())
    }

    /// Every field, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(code, value)| (code.as_str(), value.as_str()))
    }

    /// The value on which a decision hangs, trimmed: the same however often it stands there.
    ///
    /// A name or address that its reader chose may hold a delimiter and a code after it. Where
    /// the system does not escape them, the real field still contradicts the false one.
    pub(crate) fn one<'f>(&'f self, code: &str) -> Result<Option<&'f str>, Contradiction> {
        let of_code = self.0.iter().filter(|(c, _)| c == code);
        let values: BTreeSet<&str> = of_code.map(|(_, value)| value.trim()).collect();
        match values.len() {
            0 | 1 => Ok(values.first().copied()),
            _ => Err(Contradiction(code.to_owned())),
        }
    }
}
