//! The ring of traces: how recent logins went.

use crate::StoreError;
use async_trait::async_trait;
use model::{LoginCode, Timestamp, TraceRecord};

/// How many traces are kept at least; a few hundred more may linger.
pub const TRACE_RECORDS: u32 = 20_000;
/// How many days a trace is kept.
pub const TRACE_DAYS: u32 = 14;

/// Keeps the newest traces and forgets the oldest.
#[async_trait]
pub trait TraceRing: Send + Sync {
    /// Keeps a trace; replaces the one of the same code.
    async fn write_trace(&self, trace: &TraceRecord, now: Timestamp) -> Result<(), StoreError>;

    /// The trace of a login, while it is kept.
    async fn find_trace(&self, code: LoginCode) -> Result<Option<TraceRecord>, StoreError>;
}
