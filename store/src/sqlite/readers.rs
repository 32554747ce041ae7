//! A few connections that only read.

use crate::StoreError;
use crate::sqlite::fault::engine;
use crate::sqlite::file::DatabaseFile;
use crate::sqlite::sql::Sql;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{Mutex, MutexGuard};

/// Read connections, taken in turn. Leaner than a pool, which would ask each
/// connection whether it lives at every return.
pub(crate) struct Readers {
    connections: Vec<Mutex<SqliteConnection>>,
    turn: AtomicUsize,
}

impl Readers {
    pub(crate) async fn open(file: &DatabaseFile, count: usize) -> Result<Self, StoreError> {
        let mut connections = Vec::with_capacity(count);
        for _ in 0..count {
            connections.push(Mutex::new(file.reader().await?));
        }
        Ok(Self { connections, turn: AtomicUsize::new(0) })
    }

    /// The first row.
    pub(crate) async fn first(&self, sql: Sql) -> Result<Option<SqliteRow>, StoreError> {
        let mut connection = self.connection().await?;
        sql.first(&mut connection).await.map_err(engine)
    }

    /// All rows; for statements that bound them.
    pub(crate) async fn all(&self, sql: Sql) -> Result<Vec<SqliteRow>, StoreError> {
        let mut connection = self.connection().await?;
        sql.all(&mut connection).await.map_err(engine)
    }

    /// A free connection, else the next in turn.
    async fn connection(&self) -> Result<MutexGuard<'_, SqliteConnection>, StoreError> {
        if let Some(free) = self.connections.iter().find_map(|c| c.try_lock().ok()) {
            return Ok(free);
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.connections.len().max(1);
        match self.connections.get(turn) {
            Some(connection) => Ok(connection.lock().await),
            None => Err(StoreError::Unavailable("no connection to read".to_owned())),
        }
    }
}
