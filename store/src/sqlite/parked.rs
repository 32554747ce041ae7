//! Parked values in SQLite.

use crate::digest::row_key;
use crate::sqlite::fault::column;
use crate::sqlite::shared::SqliteShared;
use crate::sqlite::sql::Sql;
use crate::{Parked, Space, StoreError, sealed};
use async_trait::async_trait;
use model::Timestamp;

const PUT: &str = "INSERT INTO parked (key, expires, value) VALUES (?1, ?2, ?3)
    ON CONFLICT (key) DO UPDATE SET expires = excluded.expires, value = excluded.value";
const PEEK: &str = "SELECT value FROM parked WHERE key = ?1 AND expires > ?2";
const TAKE: &str = "DELETE FROM parked WHERE key = ?1 RETURNING value, expires > ?2";
const FORGET: &str = "DELETE FROM parked WHERE key = ?1";

#[async_trait]
impl Parked for SqliteShared {
    async fn put(
        &self,
        space: Space,
        key: &str,
        value: &[u8],
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sealed = sealed::seal(space.as_str(), key, value)?;
        let name = row_key(space, key);
        let sql = Sql::new(PUT).bind(name.as_slice()).bind(expires.unix_ms()).bind(sealed);
        self.writer.one(sql).await?;
        self.wrote(now).await;
        Ok(())
    }

    async fn peek(
        &self,
        space: Space,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let name = row_key(space, key);
        let sql = Sql::new(PEEK).bind(name.as_slice()).bind(now.unix_ms());
        let Some(row) = self.first(&sql)? else { return Ok(None) };
        sealed::open(space.as_str(), key, column(&row, 0)?).map(Some)
    }

    async fn take(
        &self,
        space: Space,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let name = row_key(space, key);
        let sql = Sql::new(TAKE).bind(name.as_slice()).bind(now.unix_ms());
        let rows = self.writer.one(sql).await?;
        self.wrote(now).await;
        match rows.first() {
            Some(row) if column(row, 1)? => {
                sealed::open(space.as_str(), key, column(row, 0)?).map(Some)
            }
            _ => Ok(None),
        }
    }

    async fn forget(&self, space: Space, key: &str) -> Result<(), StoreError> {
        let name = row_key(space, key);
        self.writer.one(Sql::new(FORGET).bind(name.as_slice())).await?;
        Ok(())
    }
}
