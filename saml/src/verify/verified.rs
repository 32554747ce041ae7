//! The proof that something was verified.

use std::ops::Deref;

/// A value read from bytes whose signature verified and whose every check passed.
///
/// Only this crate's verifiers make one: no other constructor, no `Clone`, no
/// `Deserialize`, so the compiler refuses a skipped check.
#[derive(Debug)]
#[must_use]
pub struct Verified<T> {
    value: T,
    opened: Option<Opened>,
}

/// The text of an assertion that was encrypted; says nothing of itself in logs.
struct Opened(Vec<u8>);

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opened({} bytes)", self.0.len())
    }
}

impl<T> Verified<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self { value, opened: None }
    }

    /// The same, read out of `text` that was encrypted.
    pub(crate) fn out_of(self, text: Vec<u8>) -> Self {
        Self { opened: Some(Opened(text)), ..self }
    }

    /// The text that it was read out of, where it arrived encrypted.
    pub fn opened(&self) -> Option<&[u8]> {
        self.opened.as_ref().map(|opened| opened.0.as_slice())
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
