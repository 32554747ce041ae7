//! A password in memory: bounded, normalised, wiped when dropped.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Longest password in bytes, before and after normalisation.
pub(crate) const MOST_BYTES: usize = 256;

/// A password as it enters the hash. Never printed; wiped when dropped.
#[derive(Clone)]
pub(crate) struct Password(Zeroizing<String>);

/// Above [`MOST_BYTES`], or empty.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OutOfBounds;

impl Password {
    /// Normalises by the OpaqueString profile (RFC 8265 section 4.2): NFC, any
    /// space is U+0020, no case or width mapping. Two keyboards that send `é`
    /// differently send one password.
    pub(crate) fn typed(text: &str) -> Result<Self, OutOfBounds> {
        if text.is_empty() || text.len() > MOST_BYTES {
            return Err(OutOfBounds);
        }
        // Room for the longest expansion, so that no copy is left behind by growth.
        let mut normal = Zeroizing::new(String::with_capacity(text.len() * 3 + 4));
        normal.extend(text.chars().map(plain_space).nfc());
        if normal.len() > MOST_BYTES { Err(OutOfBounds) } else { Ok(Self(normal)) }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn plain_space(c: char) -> char {
    if c.is_whitespace() && !c.is_control() { ' ' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composed_and_decomposed_are_one_password() {
        let composed = Password::typed("caf\u{e9}\u{3000}au lait").expect("reads");
        let decomposed = Password::typed("cafe\u{301} au\u{a0}lait").expect("reads");
        assert_eq!(composed.as_str(), decomposed.as_str());
        assert_ne!(
            composed.as_str(),
            Password::typed("Caf\u{e9} au lait").expect("reads").as_str()
        );
    }

    #[test]
    fn empty_and_overlong_are_out_of_bounds() {
        assert!(Password::typed("").is_err());
        assert!(Password::typed(&"x".repeat(MOST_BYTES)).is_ok());
        assert!(Password::typed(&"x".repeat(MOST_BYTES + 1)).is_err());
        // U+0344 grows under NFC.
        assert!(Password::typed(&"\u{344}".repeat(MOST_BYTES / 2)).is_err());
    }
}
