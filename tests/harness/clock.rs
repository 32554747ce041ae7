//! A clock that only the test moves, and randomness from a seed.

use aws_lc_rs::digest::{SHA256, digest};
use model::{Clock, Entropy, Random, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// 2026-11-21T10:31:05Z
pub const START_S: i64 = 1_795_257_065;

pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(START_S * 1000)))
    }

    /// One that stands at the time of programs that have a clock of their own.
    #[cfg(feature = "peers")]
    pub fn of_the_machine() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(readerpass::outside::SystemClock.now().unix_ms())))
    }

    pub fn forward_s(&self, s: i64) {
        self.0.fetch_add(s * 1000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.0.load(Ordering::SeqCst))
    }
}

/// Unpredictable to the hub, the same in every run of the test.
struct Seeded {
    seed: String,
    drawn: AtomicU64,
}

impl Random for Seeded {
    fn fill(&self, buffer: &mut [u8]) {
        for part in buffer.chunks_mut(32) {
            let n = self.drawn.fetch_add(1, Ordering::SeqCst);
            let block = digest(&SHA256, format!("{}:{n}", self.seed).as_bytes());
            part.copy_from_slice(&block.as_ref()[..part.len()]);
        }
    }
}

pub fn seeded(seed: &str) -> Entropy {
    Entropy::new(Arc::new(Seeded { seed: seed.to_owned(), drawn: AtomicU64::new(0) }))
}
