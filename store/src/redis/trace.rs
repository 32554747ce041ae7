//! The ring of traces in Redis: a sorted set holds their order.

use super::scripts::WRITE_TRACE;
use super::{RedisShared, engine};
use crate::{StoreError, TRACE_DAYS, TRACE_RECORDS, TraceRing, trace_blob};
use ::redis::cmd;
use async_trait::async_trait;
use model::{LoginCode, Timestamp, TraceRecord};

const PREFIX: &str = "rp:trace:";
const TTL_MS: u64 = TRACE_DAYS as u64 * 86_400_000;

#[async_trait]
impl TraceRing for RedisShared {
    async fn write_trace(&self, trace: &TraceRecord, _now: Timestamp) -> Result<(), StoreError> {
        let code = trace.code.to_string();
        WRITE_TRACE
            .key(format!("{PREFIX}{code}"))
            .key("rp:traces")
            .key("rp:traces:last")
            .arg(&code)
            .arg(trace_blob::write(trace)?)
            .arg(TTL_MS)
            .arg(TRACE_RECORDS)
            .arg(PREFIX)
            .invoke_async(&mut self.connection.clone())
            .await
            .map_err(engine)
    }

    async fn find_trace(&self, code: LoginCode) -> Result<Option<TraceRecord>, StoreError> {
        let blob: Option<Vec<u8>> = cmd("GET")
            .arg(format!("{PREFIX}{code}"))
            .query_async(&mut self.connection.clone())
            .await
            .map_err(engine)?;
        blob.map(|blob| trace_blob::read(&blob)).transpose()
    }
}
