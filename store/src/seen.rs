//! Remembers which sessions were noted as in use a moment ago.

use model::Timestamp;
use std::sync::{Mutex, PoisonError};

/// Uses closer together than this are written once.
pub(crate) const TOUCH_EVERY_MS: i64 = 60_000;
const SLOTS: usize = 4096;

/// A small fixed table of what the store is known to hold as `last_seen`.
///
/// It only spares writes: `last_seen` never goes back, so what is remembered
/// stays true whatever other processes do, and a forgotten one costs a write.
pub(crate) struct Seen(Mutex<Vec<Option<(u64, Timestamp)>>>);

impl Seen {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(vec![None; SLOTS]))
    }

    /// Remembers that the store holds `last_seen` for this session.
    pub(crate) fn note(&self, key: &[u8; 32], last_seen: Timestamp) {
        let (slot, tag) = place(key);
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = slots.get_mut(slot) {
            *entry = Some((tag, last_seen));
        }
    }

    /// Whether a note of `now` would be too close to the last to be written.
    pub(crate) fn is_fresh(&self, key: &[u8; 32], now: Timestamp) -> bool {
        let (slot, tag) = place(key);
        let slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(slots.get(slot), Some(Some((held, seen)))
            if *held == tag && now.unix_ms().saturating_sub(seen.unix_ms()) < TOUCH_EVERY_MS)
    }
}

fn place(key: &[u8; 32]) -> (usize, u64) {
    let mut tag = [0; 8];
    for (to, from) in tag.iter_mut().zip(key) {
        *to = *from;
    }
    let slot = key.iter().rev().take(2).fold(0_usize, |slot, byte| slot << 8 | usize::from(*byte));
    (slot % SLOTS, u64::from_be_bytes(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_fresh_for_a_minute_and_only_for_its_own_session() {
        let seen = Seen::new();
        let start = Timestamp::from_unix_s(1000);
        assert!(!seen.is_fresh(&[1; 32], start));
        seen.note(&[1; 32], start);
        assert!(seen.is_fresh(&[1; 32], start.plus_s(59)));
        assert!(!seen.is_fresh(&[1; 32], start.plus_s(60)));
        let mut neighbour = [1; 32];
        neighbour[0] = 2;
        assert!(!seen.is_fresh(&neighbour, start), "same slot, other session");
    }
}
