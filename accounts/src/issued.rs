//! One-time passwords that the hub issues and the reader changes at once.

use model::Entropy;
use zeroize::Zeroizing;

/// 32 characters, five bits each, without 0, 1, l and o.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const GROUPS: usize = 5;
const GROUP: usize = 4;

/// Draws `abcd-efgh-ijkm-npqr-stuv`: 100 random bits in a form to read out.
pub(crate) fn draw(entropy: &Entropy) -> Zeroizing<String> {
    let bytes = Zeroizing::new(entropy.bytes::<{ GROUPS * GROUP }>());
    let mut text = Zeroizing::new(String::with_capacity(GROUPS * (GROUP + 1)));
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place % GROUP == 0 {
            text.push('-');
        }
        // 256 is 8 × 32: every character is equally likely.
        if let Some(symbol) = ALPHABET.get(usize::from(byte % 32)) {
            text.push(char::from(*symbol));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::entropy;

    #[test]
    fn it_is_readable_fresh_each_time_and_holds_a_hundred_bits() {
        let entropy = entropy(1);
        let (one, two) = (draw(&entropy), draw(&entropy));
        assert_ne!(*one, *two);
        assert_eq!(one.len(), GROUPS * GROUP + GROUPS - 1);
        assert!(
            one.split('-').all(|g| g.len() == GROUP && g.bytes().all(|b| ALPHABET.contains(&b)))
        );
        let distinct: std::collections::BTreeSet<_> = ALPHABET.iter().collect();
        assert_eq!(distinct.len(), 32);
    }
}
