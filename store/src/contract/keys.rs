//! The hub's own keys, sealed.

use crate::StoreError;
use async_trait::async_trait;
use model::Timestamp;
use std::fmt;

/// One key. Debug shows no part of it.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its public name (`kid`).
    pub id: String,
    /// What it is for.
    pub purpose: String,
    /// Counts up with every rotation.
    pub generation: u32,
    /// When it was made.
    pub created: Timestamp,
    /// The private part, sealed under the master key.
    pub sealed: Vec<u8>,
    /// The certificate (DER), or empty.
    pub public: Vec<u8>,
}

impl fmt::Debug for KeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRow")
            .field("id", &self.id)
            .field("purpose", &self.purpose)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// Keeps keys.
#[async_trait]
pub trait KeyRows: Send + Sync {
    /// Every key, by purpose and generation.
    async fn keys(&self) -> Result<Vec<KeyRow>, StoreError>;

    /// Keeps a new key; false where its id, or its purpose and generation, exists:
    /// another process was first, and its key counts.
    async fn insert_key(&self, key: &KeyRow) -> Result<bool, StoreError>;
}
