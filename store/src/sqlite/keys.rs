//! Keys in SQLite.

use crate::sqlite::durable::SqliteDurable;
use crate::sqlite::fault::{column, time};
use crate::sqlite::sql::Sql;
use crate::{KeyRow, KeyRows, StoreError};
use async_trait::async_trait;
use model::Timestamp;

const ALL: &str = "SELECT id, purpose, generation, created, use_from, withdrawn, sealed, public
    FROM key ORDER BY purpose, generation";
const INSERT: &str = "INSERT INTO key
    (id, purpose, generation, created, use_from, withdrawn, sealed, public)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING RETURNING 1";
const USE: &str = "UPDATE key SET use_from = ?2
    WHERE id = ?1 AND withdrawn IS NULL AND use_from > ?2 RETURNING 1";
const WITHDRAW: &str = "UPDATE key SET withdrawn = ?2, sealed = x''
    WHERE id = ?1 AND withdrawn IS NULL AND EXISTS (SELECT 1 FROM key AS other
        WHERE other.purpose = key.purpose AND other.id <> key.id
        AND other.withdrawn IS NULL AND other.use_from <= ?2) RETURNING 1";

#[async_trait]
impl KeyRows for SqliteDurable {
    async fn keys(&self) -> Result<Vec<KeyRow>, StoreError> {
        let rows = self.readers.all(&Sql::new(ALL))?;
        rows.iter()
            .map(|row| {
                Ok(KeyRow {
                    id: column(row, 0)?,
                    purpose: column(row, 1)?,
                    generation: column(row, 2)?,
                    created: time(row, 3)?,
                    use_from: time(row, 4)?,
                    withdrawn: column::<Option<i64>>(row, 5)?.map(Timestamp::from_unix_ms),
                    sealed: column(row, 6)?,
                    public: column(row, 7)?,
                })
            })
            .collect()
    }

    async fn insert_key(&self, key: &KeyRow) -> Result<bool, StoreError> {
        let sql = Sql::new(INSERT)
            .bind(key.id.as_str())
            .bind(key.purpose.as_str())
            .bind(key.generation)
            .bind(key.created.unix_ms())
            .bind(key.use_from.unix_ms())
            .bind(key.withdrawn.map(Timestamp::unix_ms))
            .bind(key.sealed.as_slice())
            .bind(key.public.as_slice());
        Ok(!self.writer.one(sql).await?.is_empty())
    }

    async fn use_key_from(&self, id: &str, at: Timestamp) -> Result<bool, StoreError> {
        let sql = Sql::new(USE).bind(id).bind(at.unix_ms());
        Ok(!self.writer.one(sql).await?.is_empty())
    }

    async fn withdraw_key(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        let sql = Sql::new(WITHDRAW).bind(id).bind(now.unix_ms());
        Ok(!self.writer.one(sql).await?.is_empty())
    }
}
