//! What a directory says beside a bind about the password itself
//! (draft-behera-ldap-password-policy-11 section 6), where it was asked to.

use super::ber::{ENUMERATED, Elements, Fault, OCTETS, SEQUENCE};

/// The name of request and response.
pub(crate) const NAME: &str = "1.3.6.1.4.1.42.2.27.8.5.1";
const ERROR: u8 = 0x81;

/// Why a right password does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// It has expired.
    Expired,
    /// The account is locked.
    Locked,
    /// It was given out, and must be changed.
    MustChange,
}

/// Looks for the word among response controls; what cannot be read has said nothing.
pub(crate) fn word(controls: &[u8]) -> Option<Word> {
    let mut all = Elements::of(controls);
    while let Ok(Some(control)) = all.next() {
        if let Ok(Some(word)) = word_of(control.content) {
            return Some(word);
        }
    }
    None
}

fn word_of(control: &[u8]) -> Result<Option<Word>, Fault> {
    let mut parts = Elements::of(control);
    if parts.expect(OCTETS, "control")?.content != NAME.as_bytes() {
        return Ok(None);
    }
    while let Some(part) = parts.next()? {
        if part.tag != OCTETS {
            continue;
        }
        let mut inside =
            Elements::of(Elements::of(part.content).expect(SEQUENCE, "policy")?.content);
        while let Some(said) = inside.next()? {
            if said.tag == ERROR || said.tag == ENUMERATED {
                return Ok(match said.content {
                    [0] => Some(Word::Expired),
                    [1] => Some(Word::Locked),
                    [2] => Some(Word::MustChange),
                    _ => None,
                });
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_found_or_nothing_was_said() {
        let control = |name: &[u8], value: &[u8]| {
            let length = |bytes: &[u8]| u8::try_from(bytes.len()).expect("short");
            let inner = [&[OCTETS, length(name)], name, &[OCTETS, length(value)], value].concat();
            [&[SEQUENCE, length(&inner)], &inner[..]].concat()
        };
        let good = |code| control(NAME.as_bytes(), &[SEQUENCE, 3, ERROR, 1, code]);
        assert_eq!(word(&good(0)), Some(Word::Expired));
        assert_eq!(word(&[control(b"1.2", &[]), good(1)].concat()), Some(Word::Locked));
        assert_eq!(word(&good(2)), Some(Word::MustChange));
        for nothing in
            [good(3), control(NAME.as_bytes(), &[1]), control(b"1.2", &good(0)), vec![0xff; 9]]
        {
            assert_eq!(word(&nothing), None, "{nothing:x?}");
        }
    }
}
