//! A snapshot of the durable store, and the check of one.

use crate::sqlite::durable::SqliteDurable;
use crate::sqlite::fault::{column, engine};
use crate::sqlite::file::DatabaseFile;
use crate::sqlite::migrate::{self, known};
use crate::sqlite::sql::Sql;
use crate::sqlite::verify::verify;
use crate::{AuditReport, Backup, StoreError};
use async_trait::async_trait;
use std::fs::OpenOptions;
use std::path::Path;

/// Reads in one transaction, so the copy is of one moment; the log lets others write.
/// Unlike a copy of the pages, it has no room in which what was erased could remain.
const SNAPSHOT: &str = "VACUUM INTO ?1";
const INTEGRITY: &str = "PRAGMA integrity_check(1)";

#[async_trait]
impl Backup for SqliteDurable {
    async fn snapshot_to(&self, path: &Path) -> Result<(), StoreError> {
        let (file, path) = (self.file.clone(), path.to_owned());
        tokio::task::spawn_blocking(move || snapshot(&file, &path))
            .await
            .map_err(|fault| StoreError::Unavailable(fault.to_string()))?
    }
}

/// On a connection of its own: a large store takes seconds.
fn snapshot(file: &DatabaseFile, path: &Path) -> Result<(), StoreError> {
    let refused = |why: String| {
        StoreError::setup(
            format!("{} cannot be written: {why}", path.display()),
            "name a new file in a folder with room that this user may write to",
        )
    };
    let name = path.to_str().ok_or_else(|| refused("its name is not UTF-8".to_owned()))?;
    // The engine takes an empty file as it is, and would make one that others may read.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|fault| refused(fault.to_string()))?;
    let connection = file.connect()?;
    Sql::new(SNAPSHOT).bind(name).all(&connection).map(drop).map_err(engine)
}

/// Checks a file that is to become the durable store: that it is one, of a version that
/// this program knows, whole in every page, and every chain of its audit log.
///
/// # Errors
/// [`StoreError::Setup`] and [`StoreError::Corrupt`] say what it is instead.
pub async fn verify_snapshot(path: &Path) -> Result<AuditReport, StoreError> {
    let file = DatabaseFile::existing(path, &migrate::DURABLE);
    let whole = file.clone();
    tokio::task::spawn_blocking(move || {
        let connection = whole.reader()?;
        known(&connection, &migrate::DURABLE)?;
        match Sql::new(INTEGRITY).first(&connection).map_err(engine)? {
            Some(row) if column::<&str>(&row, 0)? == "ok" => Ok(()),
            row => Err(StoreError::Corrupt(format!("{row:?}"))),
        }
    })
    .await
    .map_err(|fault| StoreError::Unavailable(fault.to_string()))??;
    verify(&file).await
}
