//! Brings the write-ahead log of the shared store back into its file.
//!
//! A checkpoint waits for the disk, so it runs on a thread for such work, with a
//! connection of its own, while logins go on writing.

use crate::StoreError;
use crate::sqlite::direct::Gate;
use crate::sqlite::fault::{column, engine};
use crate::sqlite::file::DatabaseFile;
use crate::sqlite::sql::Sql;
use rusqlite::Connection;
use std::sync::{Arc, Mutex};

/// Pages in the log beyond which writers are held back for a moment, so that it
/// can start anew: 16 MB. A log that is always written to would else only grow.
const LONG: i64 = 4096;

/// The connection for checkpoints; at most one runs.
pub(crate) struct Checkpoint {
    connection: Arc<Mutex<Connection>>,
    writers: Gate,
}

impl Checkpoint {
    /// `writers` is what this process's writers pass one by one.
    pub(crate) fn open(file: &DatabaseFile, writers: Gate) -> Result<Self, StoreError> {
        Ok(Self { connection: Arc::new(Mutex::new(file.connect()?)), writers })
    }

    /// Starts a checkpoint unless one is running; waits for nothing.
    pub(crate) fn begin(&self) {
        let (connection, writers) = (self.connection.clone(), self.writers.clone());
        tokio::task::spawn_blocking(move || {
            if let Ok(connection) = connection.try_lock()
                && let Err(fault) = run(&connection, &writers)
            {
                tracing::warn!(%fault, "the write-ahead log could not be brought back");
            }
        });
    }
}

fn run(connection: &Connection, writers: &Gate) -> Result<(), StoreError> {
    let passive = Sql::new("PRAGMA wal_checkpoint(PASSIVE)");
    let row = passive.first(connection).map_err(engine)?.unwrap_or_default();
    if column::<i64>(&row, 1)? > LONG {
        // The engine looks for the lock with pauses, a busy writer without: it would hardly
        // ever find it free. What is left to bring back is what was written meanwhile.
        let _held_back = writers.hold();
        Sql::new("PRAGMA wal_checkpoint(RESTART)").first(connection).map_err(engine)?;
    }
    Ok(())
}
