//! The database files: made, locked against each other while they are opened.

use crate::StoreError;
use crate::sqlite::fault::engine;
use crate::sqlite::migrate::{Schema, migrate};
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long one process waits for another's write.
const BUSY: Duration = Duration::from_secs(5);
/// A grown write-ahead log is cut back to this.
const LOG_BYTES: &str = "16777216";

/// Prepared statements kept by each connection: more than there are.
const STATEMENTS: usize = 64;

/// One database file, ready for use.
#[derive(Clone)]
pub(crate) struct DatabaseFile {
    path: PathBuf,
    schema: &'static Schema,
}

impl DatabaseFile {
    /// Makes or migrates the file, and gives the connection that writes.
    /// Processes that open one folder at once take turns.
    pub(crate) async fn open(
        folder: &Path,
        schema: &'static Schema,
    ) -> Result<(Self, Connection), StoreError> {
        let folder = folder.to_owned();
        tokio::task::spawn_blocking(move || open(&folder, schema))
            .await
            .map_err(|fault| StoreError::Unavailable(fault.to_string()))?
    }

    /// A file that lies somewhere and stays as it is: nothing is made, migrated or locked.
    pub(crate) fn existing(path: &Path, schema: &'static Schema) -> Self {
        Self { path: path.to_owned(), schema }
    }

    /// A connection that may write.
    pub(crate) fn connect(&self) -> Result<Connection, StoreError> {
        // Each connection has one user at a time, so the engine need not lock it again.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags).map_err(engine)?;
        connection.busy_timeout(BUSY).map_err(engine)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        for (name, value) in [
            ("synchronous", self.schema.synchronous),
            ("secure_delete", self.schema.secure_delete),
            ("foreign_keys", "ON"),
            ("temp_store", "MEMORY"),
            ("journal_size_limit", LOG_BYTES),
            ("cache_size", "-2048"),
        ] {
            connection.pragma_update(None, name, value).map_err(engine)?;
        }
        Ok(connection)
    }

    /// A connection that cannot write.
    pub(crate) fn reader(&self) -> Result<Connection, StoreError> {
        let connection = self.connect()?;
        connection.pragma_update(None, "query_only", "ON").map_err(engine)?;
        Ok(connection)
    }
}

fn open(folder: &Path, schema: &'static Schema) -> Result<(DatabaseFile, Connection), StoreError> {
    let Prepared { database, turn } = prepare(folder, schema.file)?;
    let file = DatabaseFile { path: database, schema };
    let mut writer = file.connect()?;
    keep_write_ahead_log(&writer, schema.file)?;
    migrate(&mut writer, schema)?;
    drop(turn);
    Ok((file, writer))
}

struct Prepared {
    database: PathBuf,
    /// Held while the database is made or migrated; the system frees it even after `kill -9`.
    turn: File,
}

fn prepare(folder: &Path, name: &str) -> Result<Prepared, StoreError> {
    let fault = |what: &Path, fault: std::io::Error| {
        StoreError::setup(
            format!("{} cannot be used: {fault}", what.display()),
            "let the user that runs readerpass own the data folder, on a local disk with room",
        )
    };
    let folder = std::path::absolute(folder).map_err(|f| fault(folder, f))?;
    make_folder(&folder).map_err(|f| fault(&folder, f))?;
    let lock = folder.join("store.lock");
    let turn = private_file(&lock).map_err(|f| fault(&lock, f))?;
    turn.lock().map_err(|f| fault(&lock, f))?;
    let database = folder.join(name);
    // SQLite gives its -wal and -shm the mode of the database itself. A database
    // that exists is not opened here: closing it would drop the POSIX locks that
    // SQLite holds on it elsewhere in this process.
    if database.try_exists().map_err(|f| fault(&database, f))? {
        make_private(&database).map_err(|f| fault(&database, f))?;
    } else {
        private_file(&database).map_err(|f| fault(&database, f))?;
    }
    Ok(Prepared { database, turn })
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Opens or makes a file that only its owner may read and write.
fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(unix)]
fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let others = fs::metadata(path)?.permissions().mode() & 0o077;
    if others == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn make_private(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// The mode stays in the file; changing it needs the file for itself, so it is set once only.
fn keep_write_ahead_log(connection: &Connection, file: &str) -> Result<(), StoreError> {
    for sql in ["PRAGMA journal_mode", "PRAGMA journal_mode = WAL"] {
        let held: String = connection.query_row(sql, [], |row| row.get(0)).map_err(engine)?;
        if held.eq_ignore_ascii_case("wal") {
            return Ok(());
        }
    }
    Err(StoreError::setup(
        format!("{file} cannot keep a write-ahead log"),
        "put the data folder on a local disk: network file systems cannot share it safely",
    ))
}
