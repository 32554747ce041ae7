//! The proof that something was verified.

use std::ops::Deref;

/// A value read from bytes whose signature verified and whose every check passed.
///
/// Only this crate's verifiers make one: no other constructor, no `Clone`, no
/// `Deserialize`, so the compiler refuses a skipped check.
#[derive(Debug)]
#[must_use]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
