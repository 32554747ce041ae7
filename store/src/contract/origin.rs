//! The address that everything in the store was made under.

use crate::StoreError;
use async_trait::async_trait;

/// Keeps the hub's own address.
#[async_trait]
pub trait Origin: Send + Sync {
    /// Keeps the address where none is kept yet, and gives the one that is: the first stands.
    async fn keep_origin(&self, origin: &str) -> Result<String, StoreError>;

    /// Puts another address in its place.
    async fn replace_origin(&self, origin: &str) -> Result<(), StoreError>;
}
