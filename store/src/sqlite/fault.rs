//! What SQLite's errors and values mean to us.

use crate::StoreError;
use crate::sqlite::sql::Row;
use model::Timestamp;
use rusqlite::ErrorCode;
use rusqlite::types::Value;

/// An error of the engine: damaged, or not available.
pub(crate) fn engine(fault: rusqlite::Error) -> StoreError {
    match fault.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Corrupt(fault.to_string())
        }
        _ => StoreError::Unavailable(fault.to_string()),
    }
}

/// Whether another connection holds the lock for a moment.
pub(crate) fn is_busy(fault: &rusqlite::Error) -> bool {
    fault.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}

/// A value as a column holds it.
pub(crate) trait Column<'r>: Sized {
    /// `None` where the column holds another type.
    fn read(value: &'r Value) -> Option<Self>;
}

/// A column of a row, `Corrupt` where it is not what it should be.
pub(crate) fn column<'r, T: Column<'r>>(row: &'r Row, place: usize) -> Result<T, StoreError> {
    row.get(place)
        .and_then(T::read)
        .ok_or_else(|| StoreError::Corrupt(format!("column {place} holds another type")))
}

/// A column that holds a time.
pub(crate) fn time(row: &Row, place: usize) -> Result<Timestamp, StoreError> {
    column(row, place).map(Timestamp::from_unix_ms)
}

/// A column that holds a count.
pub(crate) fn count(row: &Row, place: usize) -> Result<u64, StoreError> {
    let value: i64 = column(row, place)?;
    u64::try_from(value).map_err(|_| StoreError::Corrupt(format!("a count of {value}")))
}

impl Column<'_> for i64 {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }
}

impl Column<'_> for u32 {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value)?.try_into().ok()
    }
}

impl Column<'_> for bool {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value).map(|number| number != 0)
    }
}

impl<'r> Column<'r> for &'r str {
    fn read(value: &'r Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Column<'_> for String {
    fn read(value: &Value) -> Option<Self> {
        <&str>::read(value).map(ToOwned::to_owned)
    }
}

impl<'r> Column<'r> for &'r [u8] {
    fn read(value: &'r Value) -> Option<Self> {
        match value {
            Value::Blob(bytes) => Some(bytes),
            _ => None,
        }
    }
}

impl Column<'_> for Vec<u8> {
    fn read(value: &Value) -> Option<Self> {
        <&[u8]>::read(value).map(<[u8]>::to_vec)
    }
}

impl<'r, T: Column<'r>> Column<'r> for Option<T> {
    fn read(value: &'r Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            held => T::read(held).map(Some),
        }
    }
}
