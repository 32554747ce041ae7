//! A copy of everything durable, taken while the hub runs.

use crate::StoreError;
use async_trait::async_trait;
use std::path::Path;

/// Copies what is durable.
#[async_trait]
pub trait Backup: Send + Sync {
    /// Writes a copy of the whole store as it is at one moment; writers go on meanwhile.
    ///
    /// The file is made with mode 0600, and holds nothing that was erased or deleted. A
    /// path at which something lies already is refused.
    async fn snapshot_to(&self, path: &Path) -> Result<(), StoreError>;
}
