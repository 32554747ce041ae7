//! `shared.db`: short-lived state of one machine.

use crate::seen::Seen;
use crate::sqlite::checkpoint::Checkpoint;
use crate::sqlite::direct::Direct;
use crate::sqlite::file::DatabaseFile;
use crate::sqlite::migrate;
use crate::sqlite::purge::Purge;
use crate::sqlite::readers::Readers;
use crate::sqlite::sql::{Row, Sql};
use crate::{SharedStore, StoreError};
use std::path::Path;

/// Connections that read `shared.db`.
const READERS: usize = 3;

/// The shared store of one machine, over any number of its processes.
///
/// `synchronous=NORMAL`: a commit survives the end of the process at once, and
/// the loss of power after the next checkpoint.
pub(crate) struct SqliteShared {
    pub(super) writer: Direct,
    pub(super) readers: Readers,
    pub(super) checkpoint: Checkpoint,
    pub(super) purge: Purge,
    pub(super) seen: Seen,
}

impl SqliteShared {
    pub(crate) async fn open(folder: &Path) -> Result<Self, StoreError> {
        let (file, connection) = DatabaseFile::open(folder, &migrate::SHARED).await?;
        let writer = Direct::new(connection)?;
        Ok(Self {
            readers: Readers::open(&file, READERS)?,
            checkpoint: Checkpoint::open(&file, writer.gate())?,
            writer,
            purge: Purge::new(),
            seen: Seen::new(),
        })
    }
}

impl SqliteShared {
    /// The first row.
    pub(super) fn first(&self, sql: &Sql) -> Result<Option<Row>, StoreError> {
        self.writer.read(|c| sql.first(c)).unwrap_or_else(|| self.readers.first(sql))
    }

    /// All rows; for statements that bound them.
    pub(super) fn rows(&self, sql: &Sql) -> Result<Vec<Row>, StoreError> {
        self.writer.read(|c| sql.all(c)).unwrap_or_else(|| self.readers.all(sql))
    }
}

impl SharedStore for SqliteShared {}
