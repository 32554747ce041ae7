//! Readers who are cut off, whichever member vouches for them.

use crate::StoreError;
use async_trait::async_trait;
use model::{ReaderId, Timestamp};

/// Keeps suspensions.
#[async_trait]
pub trait Suspensions: Send + Sync {
    /// Whether the reader is cut off. Asked on every answer: cheap.
    async fn is_suspended(&self, reader: &ReaderId) -> Result<bool, StoreError>;

    /// Cuts the reader off; the first time stands.
    async fn suspend_reader(&self, reader: &ReaderId, at: Timestamp) -> Result<(), StoreError>;

    /// Lets the reader in again.
    async fn lift_suspension(&self, reader: &ReaderId) -> Result<(), StoreError>;
}
