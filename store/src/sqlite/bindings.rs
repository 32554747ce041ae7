//! Bindings of keys in SQLite.

use crate::sqlite::durable::SqliteDurable;
use crate::sqlite::fault::column;
use crate::sqlite::sql::{Row, Sql};
use crate::{BindingRow, Bindings, StoreError};
use async_trait::async_trait;
use model::{ReaderId, Timestamp};

const FIND: &str = "SELECT generation, bound, refused FROM binding WHERE key = ?1";
const BIND: &str = "INSERT INTO binding (key, bound, at) VALUES (?1, ?2, ?3)
    ON CONFLICT (key) DO UPDATE SET generation = generation
    RETURNING generation, bound, refused";
const MOVE: &str = "UPDATE binding SET bound = ?3, refused = NULL, at = ?4
    WHERE key = ?1 AND bound = ?2 RETURNING 1";
const REFUSED: &str = "UPDATE binding SET refused = ?2 WHERE key = ?1";
const SETTLE: &str = "UPDATE binding SET bound = refused, refused = NULL,
    generation = generation + ?3, at = ?4
    WHERE key = ?1 AND refused = ?2 RETURNING 1";

#[async_trait]
impl Bindings for SqliteDurable {
    async fn find_binding(&self, key: &ReaderId) -> Result<Option<BindingRow>, StoreError> {
        let found = self.readers.first(&Sql::new(FIND).bind(key.as_str()))?;
        found.as_ref().map(row).transpose()
    }

    async fn bind(
        &self,
        key: &ReaderId,
        bound: &[u8],
        at: Timestamp,
    ) -> Result<BindingRow, StoreError> {
        let sql = Sql::new(BIND).bind(key.as_str()).bind(bound).bind(at.unix_ms());
        let rows = self.writer.one(sql).await?;
        row(rows.first().unwrap_or(&Row::new()))
    }

    async fn move_binding(
        &self,
        key: &ReaderId,
        was: &[u8],
        to: &[u8],
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = Sql::new(MOVE).bind(key.as_str()).bind(was).bind(to).bind(at.unix_ms());
        Ok(!self.writer.one(sql).await?.is_empty())
    }

    async fn note_refused(&self, key: &ReaderId, refused: &[u8]) -> Result<(), StoreError> {
        self.writer.one(Sql::new(REFUSED).bind(key.as_str()).bind(refused)).await?;
        Ok(())
    }

    async fn settle_binding(
        &self,
        key: &ReaderId,
        refused: &[u8],
        is_next: bool,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql =
            Sql::new(SETTLE).bind(key.as_str()).bind(refused).bind(is_next).bind(at.unix_ms());
        Ok(!self.writer.one(sql).await?.is_empty())
    }
}

fn row(row: &Row) -> Result<BindingRow, StoreError> {
    Ok(BindingRow { generation: column(row, 0)?, bound: column(row, 1)?, refused: column(row, 2)? })
}
