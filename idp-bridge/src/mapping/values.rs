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
        let all = self.0.iter().filter(move |(name, _)| Self::is_named(name, &wanted));
        all.map(|(_, value)| value.as_str())
    }

    /// The values under this very name, in order.
    pub(super) fn exactly(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Whether `name` is one of the names of what is looked for as `wanted`.
    pub(super) fn is_named(name: &str, wanted: &str) -> bool {
        name == wanted || !is_name_id(wanted) && saml::is_same_attribute(name, wanted)
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}
