//! The registry in SQLite: the newest versions, each whole.

use crate::sqlite::durable::SqliteDurable;
use crate::sqlite::fault::{column, count};
use crate::sqlite::sql::Sql;
use crate::{RegistryRows, StoreError, StoredRegistry};
use async_trait::async_trait;
use model::Timestamp;

const VERSION: &str = "SELECT coalesce(max(version), 0) FROM registry";
const LOAD: &str = "SELECT version, content FROM registry ORDER BY version DESC LIMIT 1";
const SWAP: &str = "INSERT INTO registry (version, content, at) SELECT ?1 + 1, ?2, ?3
    WHERE (SELECT coalesce(max(version), 0) FROM registry) = ?1 RETURNING version";
/// The versions before stay for a while, for an operator who must look back.
const FORGET: &str =
    "DELETE FROM registry WHERE version <= (SELECT max(version) FROM registry) - 8";

#[async_trait]
impl RegistryRows for SqliteDurable {
    async fn registry_version(&self) -> Result<u64, StoreError> {
        self.readers.first(&Sql::new(VERSION))?.map_or(Ok(0), |row| count(&row, 0))
    }

    async fn load_registry(&self) -> Result<Option<StoredRegistry>, StoreError> {
        let Some(row) = self.readers.first(&Sql::new(LOAD))? else { return Ok(None) };
        Ok(Some(StoredRegistry { version: count(&row, 0)?, content: column(&row, 1)? }))
    }

    async fn swap_registry(
        &self,
        expected: u64,
        content: &[u8],
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let expected = i64::try_from(expected).map_err(|_| StoreError::Conflict)?;
        let swap = Sql::new(SWAP).bind(expected).bind(content).bind(at.unix_ms());
        let results = self.writer.all(vec![swap, Sql::new(FORGET)]).await?;
        match results.first().and_then(|rows| rows.first()) {
            Some(row) => count(row, 0),
            None => Err(StoreError::Conflict),
        }
    }
}
