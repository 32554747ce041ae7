//! Who uses a key that may pass to another person: keyed hashes, no personal data.

use crate::StoreError;
use async_trait::async_trait;
use model::{ReaderId, Timestamp};
use std::fmt;

/// What is known of the person behind a key.
#[derive(Clone, PartialEq, Eq)]
pub struct BindingRow {
    /// How many people had the key before.
    pub generation: u32,
    /// What tells this person from the next, hashed or a time.
    pub bound: Vec<u8>,
    /// The same of whoever was refused last, until somebody settles it.
    pub refused: Option<Vec<u8>>,
}

impl fmt::Debug for BindingRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BindingRow")
            .field("generation", &self.generation)
            .field("is_refused", &self.refused.is_some())
            .finish_non_exhaustive()
    }
}

/// Keeps bindings, by the id of the first reader who had the key.
#[async_trait]
pub trait Bindings: Send + Sync {
    /// What stands for the key.
    async fn find_binding(&self, key: &ReaderId) -> Result<Option<BindingRow>, StoreError>;

    /// Binds the key where it is not bound yet, and gives what stands then: of two first
    /// logins at once both are told the same.
    async fn bind(
        &self,
        key: &ReaderId,
        bound: &[u8],
        at: Timestamp,
    ) -> Result<BindingRow, StoreError>;

    /// Puts `to` in the place of `was`, for the same person, in one atomic step; false
    /// where `was` no longer stands.
    async fn move_binding(
        &self,
        key: &ReaderId,
        was: &[u8],
        to: &[u8],
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Notes who was refused, in the place of whoever was before.
    async fn note_refused(&self, key: &ReaderId, refused: &[u8]) -> Result<(), StoreError>;

    /// Lets in who was refused, as the same person or as the next, in one atomic step;
    /// false where nobody was, or another since.
    async fn settle_binding(
        &self,
        key: &ReaderId,
        refused: &[u8],
        is_next: bool,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
}
