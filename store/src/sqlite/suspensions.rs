//! Suspensions in SQLite.

use crate::sqlite::durable::SqliteDurable;
use crate::sqlite::sql::Sql;
use crate::{StoreError, Suspensions};
use async_trait::async_trait;
use model::{ReaderId, Timestamp};

const IS: &str = "SELECT 1 FROM suspension WHERE reader = ?1";
const PUT: &str = "INSERT INTO suspension (reader, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
const LIFT: &str = "DELETE FROM suspension WHERE reader = ?1";

#[async_trait]
impl Suspensions for SqliteDurable {
    async fn is_suspended(&self, reader: &ReaderId) -> Result<bool, StoreError> {
        Ok(self.readers.first(&Sql::new(IS).bind(reader.as_str()))?.is_some())
    }

    async fn suspend_reader(&self, reader: &ReaderId, at: Timestamp) -> Result<(), StoreError> {
        self.writer.one(Sql::new(PUT).bind(reader.as_str()).bind(at.unix_ms())).await?;
        Ok(())
    }

    async fn lift_suspension(&self, reader: &ReaderId) -> Result<(), StoreError> {
        self.writer.one(Sql::new(LIFT).bind(reader.as_str())).await?;
        Ok(())
    }
}
