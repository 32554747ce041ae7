//! Which library? Search as people type it.
//!
//! One query may mix characters, full pinyin and initials (`南京d`, `nanjd`,
//! `njdx`); aliases, English names and codes are searched as well. The index
//! is made once per snapshot; a search allocates only its answer.

mod index;
mod line;
mod matching;
mod near;
mod readings;

#[cfg(test)]
mod tests;

pub(crate) use index::Index;
pub use near::nearness;

use model::Member;
use std::ops::Range;

/// One library that a query finds.
#[derive(Debug, Clone)]
pub struct Hit<'a> {
    /// The member; its status says whether it is open, being tried out or suspended.
    pub member: &'a Member,
    /// Why it was found.
    pub matched: Matched,
}

/// Which part of which text a query matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// The text that matched.
    pub field: MatchField,
    /// Characters of the shown Chinese name to mark; empty where none correspond.
    pub ranges: Vec<Range<usize>>,
    /// The alias, English name or code that matched; `None` where it was the Chinese name.
    pub text: Option<String>,
    /// Characters of `text` to mark.
    pub text_ranges: Vec<Range<usize>>,
}

/// The kind of text that a query matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchField {
    /// The Chinese name, by its characters.
    Name,
    /// The Chinese name, by its pinyin.
    Pinyin,
    /// Another name, by characters or pinyin.
    Alias,
    /// The English name.
    English,
    /// The id or a code.
    Code,
}
