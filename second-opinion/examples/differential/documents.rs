//! One input: what is done to the good answer, in which order.

use crate::parties::PARTIES;
use crate::variants::{break_something, say_otherwise, write_otherwise};
use samael::crypto::{Crypto, CryptoProvider as _};

/// Most changes to one answer before it is signed.
const MOST: usize = 3;

/// Decisions, the same for the same seed and number.
pub(crate) struct Script(u64);

impl Script {
    pub(crate) fn new(seed: u64, n: u64) -> Self {
        let mut script = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ n);
        script.0 = script.drawn();
        script
    }

    /// splitmix64.
    fn drawn(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Less than `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.drawn() >> 33).unwrap_or_default() % end
    }

    pub(crate) fn one_of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }
}

/// Of eight, seven say something else, one of them broken before it is signed; half of all are
/// written otherwise when they are signed, and one of sixteen is broken then.
pub(crate) fn document(n: u64, script: &mut Script) -> Option<String> {
    let mut parts = pieces(script.one_of::<String>(&PARTIES.templates));
    if !n.is_multiple_of(8) {
        for _ in 0..=script.below(MOST) {
            say_otherwise(&mut parts, script);
        }
    }
    if n % 8 == 1 {
        break_something(&mut parts, script);
    }
    let mut parts = pieces(&Crypto::sign_xml(parts.concat(), &PARTIES.key).ok()?);
    if n.is_multiple_of(2) {
        for _ in 0..=script.below(MOST * 3) {
            write_otherwise(&mut parts, script);
        }
    }
    if n % 16 == 3 {
        break_something(&mut parts, script);
    }
    Some(parts.concat())
}

/// A document as its tags and texts.
fn pieces(xml: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = xml;
    while !rest.is_empty() {
        let end = if rest.starts_with('<') {
            rest.find('>').map_or(rest.len(), |at| at + 1)
        } else {
            rest.find('<').unwrap_or(rest.len())
        };
        let (piece, after) = rest.split_at(end);
        pieces.push(piece.to_owned());
        rest = after;
    }
    pieces
}
