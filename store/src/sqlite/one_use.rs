//! One-use records in SQLite.

use crate::digest::row_key;
use crate::sqlite::shared::SqliteShared;
use crate::sqlite::sql::Sql;
use crate::{OneUse, Space, StoreError};
use async_trait::async_trait;
use model::Timestamp;

/// One statement: the engine lets one writer at a time in, over all processes.
const PUT_ONCE: &str = "INSERT INTO one_use (key, expires) VALUES (?1, ?2)
    ON CONFLICT (key) DO UPDATE SET expires = excluded.expires WHERE one_use.expires <= ?3
    RETURNING 1";

#[async_trait]
impl OneUse for SqliteShared {
    async fn put_once(
        &self,
        space: Space,
        key: &str,
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if expires <= now {
            return Ok(false);
        }
        let sql = Sql::new(PUT_ONCE)
            .bind(row_key(space, key).as_slice())
            .bind(expires.unix_ms())
            .bind(now.unix_ms());
        let first = !self.writer.one(sql).await?.is_empty();
        self.wrote(now).await;
        Ok(first)
    }
}
