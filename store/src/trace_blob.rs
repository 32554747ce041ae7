//! How a trace lies in a store.

use crate::StoreError;
use model::TraceRecord;

pub(crate) fn write(trace: &TraceRecord) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(trace)
        .map_err(|fault| StoreError::Corrupt(format!("a trace cannot be written: {fault}")))
}

pub(crate) fn read(blob: &[u8]) -> Result<TraceRecord, StoreError> {
    serde_json::from_slice(blob).map_err(|fault| StoreError::Corrupt(format!("a trace: {fault}")))
}
