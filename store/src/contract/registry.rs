//! The registry of members and services, stored whole.

use crate::StoreError;
use async_trait::async_trait;
use model::Timestamp;

/// One version of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRegistry {
    /// Counts up by one with every change.
    pub version: u64,
    /// The registry, in the encoding of `metadata`.
    pub content: Vec<u8>,
}

/// Keeps the registry.
#[async_trait]
pub trait RegistryRows: Send + Sync {
    /// The version in force; 0 where none has been applied. Cheap: asked every 250 ms.
    async fn registry_version(&self) -> Result<u64, StoreError>;

    /// The registry in force.
    async fn load_registry(&self) -> Result<Option<StoredRegistry>, StoreError>;

    /// Puts a new registry in force, all or nothing, and gives its version.
    ///
    /// `Conflict` unless the version in force is `expected`, so two operators
    /// who apply at once cannot undo each other unseen.
    async fn swap_registry(
        &self,
        expected: u64,
        content: &[u8],
        at: Timestamp,
    ) -> Result<u64, StoreError>;
}
