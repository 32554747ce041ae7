//! Counters that limit guesses and floods.

use crate::StoreError;
use async_trait::async_trait;
use model::Timestamp;

/// Counts in fixed windows. A window opens with its first count and ends
/// `window_s` later, whatever is counted meanwhile: a stream of guesses cannot
/// keep an account locked for ever.
#[async_trait]
pub trait Counters: Send + Sync {
    /// Counts one, over all nodes, and gives the count so far in this window.
    async fn add(&self, name: &str, window_s: u32, now: Timestamp) -> Result<u64, StoreError>;

    /// The count in the window that is open now; 0 where none is.
    async fn read(&self, name: &str, now: Timestamp) -> Result<u64, StoreError>;

    /// Closes the window.
    async fn clear(&self, name: &str) -> Result<(), StoreError>;
}
