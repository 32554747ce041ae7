//! What a member said, by its own names.

use super::names::is_name_id;
use std::collections::BTreeSet;
use std::fmt;

/// Values by the member's names, in the member's order. Personal: Debug shows names only.
///
/// No larger than the answer that it was read from, which whoever reads it bounds.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Values(Vec<(String, String)>);

impl Values {
    /// Nothing said yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value behind those that the name has. Blanks round it are no part of it, and
    /// an empty one says nothing.
    pub fn add(&mut self, name: &str, value: &str) {
        let value = value.trim();
        if !value.is_empty() {
            self.0.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Every name, once, sorted.
    pub fn names(&self) -> BTreeSet<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The values of an attribute by any of its names (plain, OID, urn:mace), in order.
    /// The name of the subject is no attribute, and goes by its very name only.
    pub fn of<'v>(&'v self, name: &str) -> impl Iterator<Item = &'v str> + use<'v> {
        let wanted = name.to_owned();
        let is_exact = is_name_id(name);
        self.0.iter().filter_map(move |(name, value)| {
            let is_it = *name == wanted || !is_exact && saml::is_same_attribute(name, &wanted);
            is_it.then_some(value.as_str())
        })
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}
