//! Brings the write-ahead log of the shared store back into its file.
//!
//! A checkpoint waits for the disk, so it runs on a thread for such work, with a
//! connection of its own, while logins go on writing.

use crate::StoreError;
use crate::sqlite::fault::{column, engine};
use crate::sqlite::file::DatabaseFile;
use crate::sqlite::sql::Sql;
use rusqlite::Connection;
use std::sync::{Arc, Mutex};

/// Pages in the log beyond which writers are held back for a moment, so that it
/// can start anew: 16 MB. A log that is always written to would else only grow.
const LONG: i64 = 4096;

/// The connection for checkpoints; at most one runs.
pub(crate) struct Checkpoint(Arc<Mutex<Connection>>);

impl Checkpoint {
    pub(crate) fn open(file: &DatabaseFile) -> Result<Self, StoreError> {
        Ok(Self(Arc::new(Mutex::new(file.connect()?))))
    }

    /// Starts a checkpoint unless one is running; waits for nothing.
    pub(crate) fn begin(&self) {
        let connection = self.0.clone();
        tokio::task::spawn_blocking(move || {
            if let Ok(connection) = connection.try_lock()
                && let Err(fault) = run(&connection)
            {
                tracing::warn!(%fault, "the write-ahead log could not be brought back");
            }
        });
    }
}

fn run(connection: &Connection) -> Result<(), StoreError> {
    let passive = Sql::new("PRAGMA wal_checkpoint(PASSIVE)");
    let row = passive.first(connection).map_err(engine)?.unwrap_or_default();
    if column::<i64>(&row, 1)? > LONG {
        Sql::new("PRAGMA wal_checkpoint(RESTART)").first(connection).map_err(engine)?;
    }
    Ok(())
}
