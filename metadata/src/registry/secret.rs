//! Client secrets.

use zeroize::Zeroizing;

/// Bits that a secret must be able to hold (rule 10).
const BITS: usize = 128;

/// The secret in a file's text, without the line end; the error is for people.
pub(super) fn secret(text: &str) -> Result<Zeroizing<String>, String> {
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err("the file is empty".to_owned());
    }
    // RFC 6749 appendix A.2: visible ASCII, or HTTP Basic cannot carry it alike everywhere.
    if secret.len() > 512 || !secret.bytes().all(|b| b.is_ascii_graphic()) {
        return Err("not at most 512 visible ASCII characters on one line".to_owned());
    }
    let bits = bits(secret);
    if bits < BITS {
        return Err(format!("holds at most {bits} bits; {BITS} are needed"));
    }
    Ok(Zeroizing::new(secret.to_owned()))
}

/// The most that a text of these characters can hold, had it been drawn at random.
fn bits(secret: &str) -> usize {
    let all = |test: fn(&u8) -> bool| secret.as_bytes().iter().all(test);
    let tenths = if all(u8::is_ascii_digit) {
        33
    } else if all(u8::is_ascii_hexdigit) {
        40
    } else if all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        51
    } else {
        60
    };
    let mut seen = [false; 128];
    for byte in secret.bytes() {
        if let Some(slot) = seen.get_mut(usize::from(byte)) {
            *slot = true;
        }
    }
    let different = seen.iter().filter(|s| **s).count();
    // A word said over and over is as long as it likes and no harder to guess.
    let counted = secret.len().min(different * 6);
    counted * tenths / 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_needs_room_for_128_bits() {
        for good in [
            "0123456789abcdef0123456789abcdef",
            "pW3-x9Q_kLm2ZtR8vYb4Hc",
            "pW3-x9Q_kLm2ZtR8vYb4Hc\r\n",
        ] {
            assert!(secret(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "\n",
            "secret",
            "changeme-changeme",
            "0123456789abcdef0123456789abcde",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "pW3-x9Q_kLm2ZtR8vYb4H",
            "pW3-x9Q_kLm2 tR8vYb4Hcxxxx",
            "密码密码密码密码密码密码密码密码密码密码密码密码",
            "two\nlines-pW3-x9Q_kLm2ZtR8vYb4Hc",
        ] {
            assert!(secret(bad).is_err(), "{bad}");
        }
        assert!(secret(&"pW3-x9Q_kLm2ZtR8vYb4Hc".repeat(30)).is_err());
    }
}
