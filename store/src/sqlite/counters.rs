//! Counters in SQLite.

use crate::digest::counter_key;
use crate::sqlite::fault::count;
use crate::sqlite::shared::SqliteShared;
use crate::sqlite::sql::Sql;
use crate::{Counters, StoreError};
use async_trait::async_trait;
use model::Timestamp;

const ADD: &str = "INSERT INTO counter (key, expires, value) VALUES (?1, ?2, 1)
    ON CONFLICT (key) DO UPDATE SET
        value = iif(counter.expires > ?3, counter.value + 1, 1),
        expires = iif(counter.expires > ?3, counter.expires, excluded.expires)
    RETURNING value";
const READ: &str = "SELECT value FROM counter WHERE key = ?1 AND expires > ?2";
const CLEAR: &str = "DELETE FROM counter WHERE key = ?1";

#[async_trait]
impl Counters for SqliteShared {
    async fn add(&self, name: &str, window_s: u32, now: Timestamp) -> Result<u64, StoreError> {
        let key = counter_key(name);
        let sql = Sql::new(ADD)
            .bind(key.as_slice())
            .bind(now.plus_s(i64::from(window_s)).unix_ms())
            .bind(now.unix_ms());
        let rows = self.writer.one(sql).await?;
        self.wrote(now).await;
        match rows.first() {
            Some(row) => count(row, 0),
            None => Err(StoreError::Corrupt("a counter gave no count".to_owned())),
        }
    }

    async fn read(&self, name: &str, now: Timestamp) -> Result<u64, StoreError> {
        let key = counter_key(name);
        let sql = Sql::new(READ).bind(key.as_slice()).bind(now.unix_ms());
        self.first(&sql)?.map_or(Ok(0), |row| count(&row, 0))
    }

    async fn clear(&self, name: &str) -> Result<(), StoreError> {
        let key = counter_key(name);
        self.writer.one(Sql::new(CLEAR).bind(key.as_slice())).await?;
        Ok(())
    }
}
