//! The hub's own address in SQLite: one row.

use crate::sqlite::durable::SqliteDurable;
use crate::sqlite::fault::column;
use crate::sqlite::sql::Sql;
use crate::{Origin, StoreError};
use async_trait::async_trait;

const FIND: &str = "SELECT public_url FROM origin WHERE one = 1";
/// The update changes nothing: it makes the row that stands come back.
const KEEP: &str = "INSERT INTO origin (one, public_url) VALUES (1, ?1)
    ON CONFLICT (one) DO UPDATE SET public_url = public_url RETURNING public_url";
const REPLACE: &str = "INSERT INTO origin (one, public_url) VALUES (1, ?1)
    ON CONFLICT (one) DO UPDATE SET public_url = excluded.public_url";

#[async_trait]
impl Origin for SqliteDurable {
    async fn keep_origin(&self, origin: &str) -> Result<String, StoreError> {
        if let Some(row) = self.readers.first(&Sql::new(FIND))? {
            return column(&row, 0);
        }
        let rows = self.writer.one(Sql::new(KEEP).bind(origin)).await?;
        match rows.first() {
            Some(row) => column(row, 0),
            None => Err(StoreError::Corrupt("the origin was not kept".to_owned())),
        }
    }

    async fn replace_origin(&self, origin: &str) -> Result<(), StoreError> {
        self.writer.one(Sql::new(REPLACE).bind(origin)).await?;
        Ok(())
    }
}
