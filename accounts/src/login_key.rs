//! The form of a login name under which it is found.

use unicode_normalization::UnicodeNormalization;

/// Longest login name in bytes.
const MOST_BYTES: usize = 128;

/// A login name made comparable: two names that look alike to a keyboard are one key.
///
/// NFKC, lower case, without space at the ends: full-width letters of a
/// Chinese input method and capitals of a phone find the same account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoginKey(String);

/// Why a text is no login name, as a remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a login name has 1 to {MOST_BYTES} bytes, without control or invisible characters or spaces"
)]
pub struct BadLogin;

impl LoginKey {
    pub(crate) fn read(login: &str) -> Result<Self, BadLogin> {
        let trimmed = login.trim();
        if trimmed.len() > MOST_BYTES {
            return Err(BadLogin);
        }
        // Lower case first and again after NFKC, which brings out new capitals.
        let key: String = trimmed.nfkc().flat_map(char::to_lowercase).nfkc().collect();
        let key = key.to_lowercase();
        let is_whole = !key.is_empty() && key.len() <= MOST_BYTES * 2;
        if is_whole && !key.chars().any(is_unseen) { Ok(Self(key)) } else { Err(BadLogin) }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Space, control, and characters that show as nothing or turn the line around:
/// with them a second account could look like the first.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<String> {
        LoginKey::read(text).ok().map(|k| k.0)
    }

    #[test]
    fn case_width_and_composition_do_not_matter() {
        for typed in ["Reader-7", " reader-7 ", "ＲＥＡＤＥＲ－７", "ｒeader-7\u{3000}"] {
            assert_eq!(key(typed).as_deref(), Some("reader-7"), "{typed}");
        }
        assert_eq!(key("e\u{301}a"), key("\u{c9}A"));
        assert_eq!(key("读者甲").as_deref(), Some("读者甲"));
    }

    #[test]
    fn the_key_of_a_key_is_itself() {
        for typed in ["Reader-7", "ＡＢＣ", "İstanbul", "ﬁle", "\u{1d400}x", "ΑΣ", "ẞtraße"]
        {
            let once = key(typed).expect("reads");
            assert_eq!(key(&once).as_deref(), Some(once.as_str()), "{typed}");
        }
    }

    #[test]
    fn unseen_characters_spaces_and_lengths_are_refused() {
        for typed in ["", "  ", "a\u{200b}b", "a\0b", "a b", "a\u{202e}b", "a\nb", "a\u{ad}b"] {
            assert_eq!(key(typed), None, "{typed:?}");
        }
        assert!(key(&"x".repeat(MOST_BYTES)).is_some());
        assert!(key(&"x".repeat(MOST_BYTES + 1)).is_none());
    }
}
