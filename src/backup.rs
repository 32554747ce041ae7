//! The file of a backup: three lines that say what it is, then the durable store.
//!
//! ```text
//! readerpass backup 1
//! {"version":…,"public_url":…,"created":…,"bytes":…,"sha256":…}
//! SHA-256 of both lines, then the same sealed under the master key
//! an SQLite database
//! ```
//!
//! The hash tells damage from a whole file to whoever has nothing else; the seal tells a
//! file that somebody made up, and a master key that does not belong to it.

mod place;
mod read;
mod write;

pub(crate) use place::{Draft, has_room, place};
pub(crate) use read::Opened;
pub(crate) use write::write;

use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The first line, before the number of the form.
const MARK: &str = "readerpass backup ";
/// The form that this program writes.
const FORM: &str = "1";
/// What the seal is for; authenticated with it.
const PURPOSE: &str = "backup/1";
/// No line of the head is longer.
const LINE: u64 = 8192;

/// What a backup is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// The program that wrote it.
    pub(crate) version: String,
    /// The hub it is of.
    pub(crate) public_url: String,
    /// When the snapshot was taken, RFC 3339.
    pub(crate) created: String,
    /// Length of the database.
    pub(crate) bytes: u64,
    /// SHA-256 of the database, hex.
    pub(crate) sha256: String,
}

/// Why a backup cannot be written or restored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackupError {
    /// A file or folder.
    #[error("{0}: {1} — name a file in a folder that this user may use, with room on the disk")]
    File(PathBuf, std::io::Error),
    /// Something lies there already.
    #[error("{0}: lies there already — name a new file: a backup overwrites nothing")]
    Taken(PathBuf),
    /// Another sort of file.
    #[error("{0}: not a backup of readerpass — name a file that `readerpass backup` wrote")]
    Foreign(PathBuf),
    /// A form of a later program.
    #[error(
        "{0}: a backup of form {1}, this program reads form {FORM} — use the newer readerpass that wrote it"
    )]
    Newer(PathBuf, String),
    /// Truncated or changed.
    #[error("{0}: {1} — the file is damaged: fetch it again, or take another backup")]
    Damaged(PathBuf, String),
    /// The seal does not open.
    #[error(
        "{0}: the master key does not belong to it — give the one that the hub had when the backup was made"
    )]
    WrongKey(PathBuf),
    /// The seal opens and says otherwise.
    #[error("{0}: not what the hub wrote: somebody changed it — take another backup")]
    Forged(PathBuf),
    /// The key cannot seal.
    #[error(transparent)]
    Key(#[from] metadata::KeyError),
}

fn file_fault(path: &Path) -> impl Fn(std::io::Error) -> BackupError {
    move |fault| BackupError::File(path.to_owned(), fault)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
