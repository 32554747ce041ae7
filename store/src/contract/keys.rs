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
    /// When it was made, and published from then on.
    pub created: Timestamp,
    /// When it comes into use: the newest of its purpose that has come signs.
    pub use_from: Timestamp,
    /// When it was given up: neither published nor used from then on.
    pub withdrawn: Option<Timestamp>,
    /// The private part, sealed under the master key; empty where it was given up.
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

    /// Brings a key into use earlier than was said; false where it is in use by then, or given up.
    async fn use_key_from(&self, id: &str, at: Timestamp) -> Result<bool, StoreError>;

    /// Gives a key up and forgets its private part; false, and nothing is changed, where
    /// it was given up already or no other of its purpose has come into use by `now`:
    /// whoever gives up what at the same time, one that can be used is always left.
    async fn withdraw_key(&self, id: &str, now: Timestamp) -> Result<bool, StoreError>;
}
