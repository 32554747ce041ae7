//! Recovery codes: ten, each good once, for who has lost the phone.

use crate::issued;
use aws_lc_rs::hmac;
use model::{Entropy, ReaderId};
use zeroize::Zeroizing;

const CODES: usize = 10;
const HASH_LEN: usize = 32;
/// Longest text that is looked at.
const LONGEST: usize = 64;

/// Ten codes of 100 random bits each, in the form of an issued password.
pub(super) fn draw(entropy: &Entropy) -> Vec<Zeroizing<String>> {
    (0..CODES).map(|_| issued::draw(entropy)).collect()
}

/// What is kept of them: keyed hashes, one after the other.
///
/// Drawn by us with 100 bits, a code needs no slow hash: it cannot be guessed at.
pub(super) fn hashes(key: &hmac::Key, account: &ReaderId, codes: &[Zeroizing<String>]) -> Vec<u8> {
    codes.iter().flat_map(|code| hash(key, account, code).as_ref().to_vec()).collect()
}

/// How many codes are left.
pub(super) fn left(kept: &[u8]) -> usize {
    kept.len() / HASH_LEN
}

/// The hashes that are left when this code is used; `None`: it is none of them.
pub(super) fn without(
    key: &hmac::Key,
    account: &ReaderId,
    kept: &[u8],
    typed: &str,
) -> Option<Vec<u8>> {
    if typed.len() > LONGEST {
        return None;
    }
    let typed = hash(key, account, typed);
    let is_it =
        |h: &[u8]| aws_lc_rs::constant_time::verify_slices_are_equal(h, typed.as_ref()).is_ok();
    let (mut left, mut is_found) = (Vec::with_capacity(kept.len()), false);
    for each in kept.chunks_exact(HASH_LEN) {
        if is_it(each) {
            is_found = true;
        } else {
            left.extend_from_slice(each);
        }
    }
    is_found.then_some(left)
}

/// Of the letters alone: dashes, spaces and capitals are how people write them down.
fn hash(key: &hmac::Key, account: &ReaderId, code: &str) -> hmac::Tag {
    let plain: Zeroizing<String> = Zeroizing::new(
        code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect(),
    );
    hmac::sign(key, format!("{account}\n{}", plain.as_str()).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::entropy;

    #[test]
    fn each_code_is_good_once_and_for_its_account_only() {
        let key = crate::keyed(&[7; 32], "recovery codes");
        let account = ReaderId::parse("a1").expect("an id");
        let codes = draw(&entropy(3));
        let kept = hashes(&key, &account, &codes);
        assert_eq!((codes.len(), kept.len()), (CODES, CODES * HASH_LEN));
        let written = codes[4].to_uppercase().replace('-', " ");
        let left = without(&key, &account, &kept, &written).expect("one of them");
        assert_eq!(left.len(), (CODES - 1) * HASH_LEN);
        assert!(without(&key, &account, &left, &codes[4]).is_none(), "used");
        assert!(without(&key, &account, &left, &codes[5]).is_some(), "the rest stand");
        let other = ReaderId::parse("a2").expect("an id");
        assert!(without(&key, &other, &kept, &codes[0]).is_none(), "another account");
        for wrong in ["", "----", "aaaa-bbbb-cccc-dddd-eeee", &"x".repeat(LONGEST + 1)] {
            assert!(without(&key, &account, &kept, wrong).is_none(), "{wrong}");
        }
        let text: Vec<u8> = codes[0].bytes().filter(u8::is_ascii_alphanumeric).collect();
        assert!(!kept.windows(text.len()).any(|w| w == text), "kept as it is");
    }
}
