//! What SQLite's errors mean to us.

use crate::StoreError;
use model::Timestamp;
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{Decode, Row as _, Type};

/// Result codes that mean a damaged file: SQLITE_CORRUPT, SQLITE_NOTADB.
const DAMAGED: [i32; 2] = [11, 26];

/// An error of the engine: damaged, or not available.
pub(crate) fn engine(fault: sqlx::Error) -> StoreError {
    let code = fault
        .as_database_error()
        .and_then(|fault| fault.code()?.parse::<i32>().ok())
        .map(|code| code & 0xff);
    if code.is_some_and(|code| DAMAGED.contains(&code)) {
        StoreError::Corrupt(fault.to_string())
    } else {
        StoreError::Unavailable(fault.to_string())
    }
}

/// A column of a row, `Corrupt` where it is not what it should be.
pub(crate) fn column<'r, T>(row: &'r SqliteRow, place: usize) -> Result<T, StoreError>
where
    T: Decode<'r, Sqlite> + Type<Sqlite>,
{
    row.try_get(place).map_err(|fault| StoreError::Corrupt(fault.to_string()))
}

/// A column that holds a time.
pub(crate) fn time(row: &SqliteRow, place: usize) -> Result<Timestamp, StoreError> {
    column(row, place).map(Timestamp::from_unix_ms)
}

/// A column that holds a count.
pub(crate) fn count(row: &SqliteRow, place: usize) -> Result<u64, StoreError> {
    let value: i64 = column(row, place)?;
    u64::try_from(value).map_err(|_| StoreError::Corrupt(format!("a count of {value}")))
}
