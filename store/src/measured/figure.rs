//! The figure of one operation.

use crate::StoreError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the histogram in microseconds: the shared store takes some tens, a
/// write that waits for the disk some thousands.
pub const BOUNDS_US: [u64; 10] = [25, 50, 100, 250, 500, 1_000, 5_000, 25_000, 100_000, 1_000_000];
const BUCKETS: usize = BOUNDS_US.len() + 1;

/// What there is to tell of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationFigures {
    /// `durable` or `shared`.
    pub store: &'static str,
    /// The capability and its method: `sessions.find`.
    pub operation: &'static str,
    /// How many ended with an error of the store.
    pub failed: u64,
    /// How many took at most so long, as Prometheus adds them up; the last: all of them.
    pub at_most: Vec<u64>,
    /// What all of them took together.
    pub took: Duration,
}

/// Counts of one operation.
#[derive(Default)]
pub(super) struct Figure {
    buckets: [AtomicU64; BUCKETS],
    failed: AtomicU64,
    nanos: AtomicU64,
}

impl Figure {
    pub(super) fn count<T>(&self, took: Duration, outcome: &Result<T, StoreError>) {
        let place = BOUNDS_US.iter().position(|most| took <= Duration::from_micros(*most));
        if let Some(bucket) = self.buckets.get(place.unwrap_or(BUCKETS - 1)) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.nanos.fetch_add(nanos, Ordering::Relaxed);
        // That another writer was faster is an answer, no failure.
        if matches!(outcome, Err(fault) if !matches!(fault, StoreError::Conflict)) {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// `None` where it was never asked for.
    pub(super) fn told(
        &self,
        store: &'static str,
        operation: &'static str,
    ) -> Option<OperationFigures> {
        let mut so_far = 0;
        let add = |bucket: &AtomicU64| {
            so_far += bucket.load(Ordering::Relaxed);
            so_far
        };
        let at_most: Vec<u64> = self.buckets.iter().map(add).collect();
        (so_far > 0).then(|| OperationFigures {
            store,
            operation,
            failed: self.failed.load(Ordering::Relaxed),
            at_most,
            took: Duration::from_nanos(self.nanos.load(Ordering::Relaxed)),
        })
    }
}
