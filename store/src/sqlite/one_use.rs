//! One-use records in SQLite.

use crate::digest::row_key;
use crate::sqlite::shared::SqliteShared;
use crate::sqlite::sql::Sql;
use crate::{OneUse, Space, StoreError, Used};
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
        let first = !self.writer.one(put(&Used { space, key, expires }, now)).await?.is_empty();
        self.wrote(now).await;
        Ok(first)
    }

    async fn put_all_once(
        &self,
        values: &[Used<'_>],
        now: Timestamp,
    ) -> Result<Option<usize>, StoreError> {
        if let Some(stale) = values.iter().position(|value| value.expires <= now) {
            return Ok(Some(stale));
        }
        let steps: Vec<Sql> = values.iter().map(|value| put(value, now)).collect();
        let taken = self.writer.all_fruitful(&steps).await?;
        self.wrote(now).await;
        Ok(taken)
    }
}

/// Gives a row where the value was free.
fn put(value: &Used<'_>, now: Timestamp) -> Sql {
    Sql::new(PUT_ONCE)
        .bind(row_key(value.space, value.key).as_slice())
        .bind(value.expires.unix_ms())
        .bind(now.unix_ms())
}
