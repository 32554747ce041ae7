//! The hashes of the audit log.
//!
//! ```text
//!   writer 1:  start ◀── entry 1 ◀── entry 2 ◀── …
//!   writer 2:  start ◀── entry 1 ◀── …
//!   heads:     (1,2,hash) (2,1,hash) ◀── (1,7,hash) ◀── …
//! ```
//!
//! An entry's hash covers the hash before it, so a change shows in the entry
//! itself or in the next. A heads record tells how far each chain had come, so
//! a chain cut short shows too.

use crate::digest::{Hash, digest, hex};
use model::Timestamp;
use std::collections::BTreeMap;

/// What stands before a writer's first entry.
pub(crate) fn start(writer: u64, opened: Timestamp) -> [u8; 32] {
    let opened = opened.unix_ms().to_be_bytes();
    digest("readerpass audit writer", &[&writer.to_be_bytes(), &opened])
}

/// What stands before the first heads record.
pub(crate) fn heads_start() -> [u8; 32] {
    digest("readerpass audit heads", &[])
}

/// The columns of an entry that its hash covers.
pub(crate) struct Covered<'a> {
    pub(crate) writer: u64,
    pub(crate) seq: u64,
    pub(crate) at: Timestamp,
    pub(crate) actor: &'a str,
    pub(crate) act: &'a str,
    pub(crate) member: Option<&'a str>,
    pub(crate) service: Option<&'a str>,
    pub(crate) code: Option<&'a str>,
    pub(crate) outcome: Option<&'a str>,
    pub(crate) personal_hashes: Option<&'a str>,
}

impl Covered<'_> {
    /// The entry's hash, after the hash `before` it.
    pub(crate) fn hash(&self, before: &[u8]) -> [u8; 32] {
        let mut hash = Hash::new("readerpass audit entry");
        hash.part(before);
        hash.part(&self.writer.to_be_bytes());
        hash.part(&self.seq.to_be_bytes());
        hash.part(&self.at.unix_ms().to_be_bytes());
        hash.part(self.actor.as_bytes());
        hash.part(self.act.as_bytes());
        for column in [self.member, self.service, self.code, self.outcome, self.personal_hashes] {
            hash.optional(column);
        }
        hash.finish()
    }
}

/// The hash of a heads record, after the hash `before` it.
pub(crate) fn heads(before: &[u8], n: u64, at: Timestamp, heads: &str) -> [u8; 32] {
    let at = at.unix_ms().to_be_bytes();
    digest("readerpass audit heads", &[before, &n.to_be_bytes(), &at, heads.as_bytes()])
}

/// A personal field as it lies beside the chain: its own salt, and its value.
pub(crate) type Field = (String, String);

/// A salt for each field, from the entry's one: who keeps one field's salt
/// learns nothing of another's, so an erased field cannot be guessed.
pub(crate) fn salted(
    personal: &BTreeMap<String, String>,
    salt: &[u8; 16],
) -> BTreeMap<String, Field> {
    personal
        .iter()
        .map(|(name, value)| {
            let salt = hex(&digest("readerpass audit salt", &[salt, name.as_bytes()]));
            (name.clone(), (salt, value.clone()))
        })
        .collect()
}

/// The hash that the chain covers in place of a personal field.
pub(crate) fn field_hash(name: &str, (salt, value): &Field) -> String {
    let parts = [salt.as_bytes(), name.as_bytes(), value.as_bytes()];
    hex(&digest("readerpass audit field", &parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Covered<'static> {
        Covered {
            writer: 1,
            seq: 2,
            at: Timestamp::from_unix_s(3),
            actor: "command",
            act: "registry.applied",
            member: None,
            service: Some("ill"),
            code: None,
            outcome: None,
            personal_hashes: None,
        }
    }

    #[test]
    fn every_column_is_covered() {
        let base = entry().hash(b"before");
        let at = Timestamp::from_unix_s(4);
        let others = [
            entry().hash(b"other"),
            Covered { writer: 2, ..entry() }.hash(b"before"),
            Covered { seq: 3, ..entry() }.hash(b"before"),
            Covered { at, ..entry() }.hash(b"before"),
            Covered { actor: "system", ..entry() }.hash(b"before"),
            Covered { act: "registry.export", ..entry() }.hash(b"before"),
            Covered { member: Some("ill"), service: None, ..entry() }.hash(b"before"),
            Covered { service: Some("opac"), ..entry() }.hash(b"before"),
            Covered { code: Some(""), ..entry() }.hash(b"before"),
            Covered { outcome: Some("POL-001"), ..entry() }.hash(b"before"),
            Covered { personal_hashes: Some("{}"), ..entry() }.hash(b"before"),
        ];
        for (place, other) in others.iter().enumerate() {
            assert_ne!(*other, base, "column {place}");
        }
    }

    #[test]
    fn fields_of_one_entry_have_unlike_salts() {
        let personal = BTreeMap::from([("a", "x"), ("b", "x")].map(|(n, v)| (n.into(), v.into())));
        let fields = salted(&personal, &[7; 16]);
        assert_ne!(fields["a"].0, fields["b"].0);
        assert_ne!(field_hash("a", &fields["a"]), field_hash("b", &fields["b"]));
        assert_ne!(salted(&personal, &[8; 16]), fields);
    }
}
