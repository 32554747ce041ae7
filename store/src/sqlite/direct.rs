//! The writing connection of the shared store, used on the thread that asks.
//!
//! A commit with `synchronous=NORMAL` waits for no disk: it takes some ten
//! microseconds, a fraction of what handing it to another thread would cost.
//! Two things that wait for the disk or for others are kept away from here: the
//! checkpoint has a connection and a thread of its own (`checkpoint`), and a
//! lock that another process holds is waited for as a task, not as a thread.

use crate::StoreError;
use crate::sqlite::fault::{engine, is_busy};
use crate::sqlite::sql::{Row, Sql};
use rusqlite::Connection;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

/// Pauses between tries while another process writes; the last one repeats.
const PAUSES_MS: [u64; 6] = [1, 1, 2, 5, 10, 20];
/// Tries before it is given up: about five seconds.
const TRIES: usize = 250;

/// The one connection of this process that writes.
pub(crate) struct Direct(Arc<Mutex<Connection>>);

/// What the writers of this process pass one by one.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Mutex<Connection>>);

impl Gate {
    /// Keeps writers away until what it gives is dropped; blocks the thread until the
    /// one who writes has ended. For threads that may block only.
    pub(crate) fn hold(&self) -> MutexGuard<'_, Connection> {
        self.0.blocking_lock()
    }
}

impl Direct {
    /// Takes the connection that opened the file.
    pub(crate) fn new(connection: Connection) -> Result<Self, StoreError> {
        // Never sleep inside the engine: `write` waits as a task does.
        connection.busy_timeout(Duration::ZERO).map_err(engine)?;
        connection.pragma_update(None, "wal_autocheckpoint", 0).map_err(engine)?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// The gate before this connection.
    pub(crate) fn gate(&self) -> Gate {
        Gate(self.0.clone())
    }

    /// Runs one statement and gives its rows.
    pub(crate) async fn one(&self, sql: Sql) -> Result<Vec<Row>, StoreError> {
        self.write(|connection| sql.all(connection)).await
    }

    /// Runs statements, all or none, and gives the rows of each.
    pub(crate) async fn all(&self, steps: &[Sql]) -> Result<Vec<Vec<Row>>, StoreError> {
        self.write(|connection| {
            let mut rows = Vec::with_capacity(steps.len());
            transaction(connection, |connection| {
                for step in steps {
                    rows.push(step.all(connection)?);
                }
                Ok(true)
            })?;
            Ok(rows)
        })
        .await
    }

    /// Runs statements of which each must give a row, all or none: tells the place of the
    /// first that gave none.
    pub(crate) async fn all_fruitful(&self, steps: &[Sql]) -> Result<Option<usize>, StoreError> {
        self.write(|connection| {
            let mut barren = None;
            transaction(connection, |connection| {
                for (place, step) in steps.iter().enumerate() {
                    if step.first(connection)?.is_none() {
                        barren = Some(place);
                        return Ok(false);
                    }
                }
                Ok(true)
            })?;
            Ok(barren)
        })
        .await
    }

    /// Reads where nobody is writing: this connection's page cache holds what was just
    /// written, which every other connection would read from the file again. `None`
    /// where it is in use, or the engine asks to wait.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Option<Result<T, StoreError>> {
        let connection = self.0.try_lock().ok()?;
        match work(&connection) {
            Err(fault) if is_busy(&fault) => None,
            done => Some(done.map_err(engine)),
        }
    }

    /// Runs `work`, which leaves nothing where it fails, until no other holds the lock.
    ///
    /// A caller that goes away goes while it waits; once begun, the work is
    /// done in one go.
    async fn write<T>(
        &self,
        work: impl Fn(&Connection) -> rusqlite::Result<T> + Send,
    ) -> Result<T, StoreError> {
        let connection = self.0.lock().await;
        let mut pauses = PAUSES_MS.iter();
        let mut pause_ms = 0;
        for _ in 0..TRIES {
            match work(&connection) {
                Err(fault) if is_busy(&fault) => {
                    pause_ms = pauses.next().copied().unwrap_or(pause_ms);
                    tokio::time::sleep(Duration::from_millis(pause_ms)).await;
                }
                done => return done.map_err(engine).inspect_err(told),
            }
        }
        let fault = StoreError::Unavailable("another process holds the lock".to_owned());
        told(&fault);
        Err(fault)
    }
}

fn told(fault: &StoreError) {
    tracing::error!(%fault, "the store could not write");
}

/// Runs `work` in one transaction. Where it fails, or says no, nothing of it stays.
fn transaction(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<bool>,
) -> rusqlite::Result<()> {
    Sql::new("BEGIN IMMEDIATE").all(connection)?;
    let outcome = work(connection).and_then(|is_kept| {
        let end = Sql::new(if is_kept { "COMMIT" } else { "ROLLBACK" });
        end.all(connection).map(|_| ())
    });
    if outcome.is_err() {
        // Fails where the engine has rolled back already, which is as well.
        let _rolled_back = Sql::new("ROLLBACK").all(connection);
    }
    outcome
}
