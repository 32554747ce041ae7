//! The ring of traces in SQLite. Row ids count up, so the oldest have the lowest.

use crate::sqlite::fault::column;
use crate::sqlite::shared::SqliteShared;
use crate::sqlite::sql::Sql;
use crate::{StoreError, TraceRing, trace_blob};
use async_trait::async_trait;
use model::{LoginCode, Timestamp, TraceRecord};

const WRITE: &str = "REPLACE INTO trace (code, at, record) VALUES (?1, ?2, ?3)";
const FIND: &str = "SELECT record FROM trace WHERE code = ?1";

#[async_trait]
impl TraceRing for SqliteShared {
    async fn write_trace(&self, trace: &TraceRecord, now: Timestamp) -> Result<(), StoreError> {
        self.writer.one(write_trace(trace, now)?).await?;
        self.wrote(now).await;
        Ok(())
    }

    async fn find_trace(&self, code: LoginCode) -> Result<Option<TraceRecord>, StoreError> {
        let sql = Sql::new(FIND).bind(code.to_string());
        let Some(row) = self.first(&sql)? else { return Ok(None) };
        trace_blob::read(column(&row, 0)?).map(Some)
    }
}

pub(super) fn write_trace(trace: &TraceRecord, now: Timestamp) -> Result<Sql, StoreError> {
    let blob = trace_blob::write(trace)?;
    Ok(Sql::new(WRITE).bind(trace.code.to_string()).bind(now.unix_ms()).bind(blob))
}
