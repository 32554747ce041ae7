//! Keys in SQLite.

use crate::sqlite::durable::SqliteDurable;
use crate::sqlite::fault::{column, time};
use crate::sqlite::sql::Sql;
use crate::{KeyRow, KeyRows, StoreError};
use async_trait::async_trait;

const ALL: &str = "SELECT id, purpose, generation, created, sealed, public FROM key
    ORDER BY purpose, generation";
const INSERT: &str = "INSERT INTO key (id, purpose, generation, created, sealed, public)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING RETURNING 1";

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
                    sealed: column(row, 4)?,
                    public: column(row, 5)?,
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
            .bind(key.sealed.as_slice())
            .bind(key.public.as_slice());
        Ok(!self.writer.one(sql).await?.is_empty())
    }
}
