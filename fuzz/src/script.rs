//! A fuzzer's bytes, read as decisions.

/// Decisions, one after the other; when the bytes are used up, all further ones are 0.
#[derive(Debug, Clone)]
pub struct Script<'a>(&'a [u8]);

impl<'a> Script<'a> {
    /// Reads decisions out of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether nothing is left to decide.
    pub fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// Any of 256.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// Less than `end`; 0 where there is nothing to choose from.
    pub fn below(&mut self, end: usize) -> usize {
        let drawn = usize::from(self.byte()) << 8 | usize::from(self.byte());
        drawn.checked_rem(end).unwrap_or_default()
    }

    /// One of these.
    pub fn one_of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }

    /// Up to 64 bytes as they stand, made UTF-8.
    pub fn text(&mut self) -> String {
        let length = usize::from(self.byte() % 65).min(self.0.len());
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8_lossy(taken).into_owned()
    }
}
