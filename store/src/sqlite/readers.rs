//! A few connections that only read.

use crate::StoreError;
use crate::sqlite::fault::engine;
use crate::sqlite::file::DatabaseFile;
use crate::sqlite::sql::{Row, Sql};
use rusqlite::Connection;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Read connections, taken in turn, on the thread that asks: a look-up takes
/// some microseconds, handing it to another thread costs several times as much.
pub(crate) struct Readers {
    connections: Vec<Mutex<Connection>>,
    turn: AtomicUsize,
}

impl Readers {
    pub(crate) fn open(file: &DatabaseFile, count: usize) -> Result<Self, StoreError> {
        let connections =
            (0..count).map(|_| file.reader().map(Mutex::new)).collect::<Result<_, _>>()?;
        Ok(Self { connections, turn: AtomicUsize::new(0) })
    }

    /// The first row.
    pub(crate) fn first(&self, sql: &Sql) -> Result<Option<Row>, StoreError> {
        sql.first(&*self.connection()?).map_err(engine)
    }

    /// All rows; for statements that bound them.
    pub(crate) fn all(&self, sql: &Sql) -> Result<Vec<Row>, StoreError> {
        sql.all(&*self.connection()?).map_err(engine)
    }

    /// A free connection, else the next in turn.
    fn connection(&self) -> Result<MutexGuard<'_, Connection>, StoreError> {
        if let Some(free) = self.connections.iter().find_map(|c| c.try_lock().ok()) {
            return Ok(free);
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.connections.len().max(1);
        match self.connections.get(turn) {
            Some(connection) => Ok(connection.lock().unwrap_or_else(PoisonError::into_inner)),
            None => Err(StoreError::Unavailable("no connection to read".to_owned())),
        }
    }
}
