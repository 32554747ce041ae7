//! `durable.db`: what outlives everything.

use crate::sqlite::audit::Chain;
use crate::sqlite::file::DatabaseFile;
use crate::sqlite::migrate;
use crate::sqlite::readers::Readers;
use crate::sqlite::writer::Writer;
use crate::{DurableStore, StoreError};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Connections that read `durable.db`.
const READERS: usize = 2;

/// The durable store. `synchronous=FULL`: what was answered is on the disk.
pub(crate) struct SqliteDurable {
    pub(super) file: DatabaseFile,
    pub(super) writer: Writer,
    pub(super) readers: Readers,
    /// Where this process's own audit chain stands; drawn at its first entry.
    pub(super) chain: Arc<Mutex<Option<Chain>>>,
}

impl SqliteDurable {
    pub(crate) async fn open(folder: &Path) -> Result<Self, StoreError> {
        let (file, writer) = DatabaseFile::open(folder, &migrate::DURABLE).await?;
        Ok(Self {
            writer: Writer::open(writer)?,
            readers: Readers::open(&file, READERS)?,
            file,
            chain: Arc::new(Mutex::new(None)),
        })
    }
}

impl DurableStore for SqliteDurable {}
