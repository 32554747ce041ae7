//! Files that appear whole or not at all, and overwrite nothing.

use super::{BackupError, file_fault};
use model::Entropy;
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// A file of ours under a name of its own; gone when dropped.
pub(crate) struct Draft(PathBuf);

impl Draft {
    /// A name beside `target`; nothing is made yet.
    pub(crate) fn beside(target: &Path, entropy: &Entropy) -> Self {
        let name = format!(".readerpass-{}.part", entropy.short_token());
        Self(folder_of(target).join(name))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Makes it, for its owner only.
    pub(crate) fn create(&self) -> Result<File, BackupError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600).open(&self.0).map_err(file_fault(&self.0))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already where it was placed by renaming.
        let _ = fs::remove_file(&self.0);
    }
}

/// Whether nothing lies at the path yet.
pub(crate) fn has_room(target: &Path) -> Result<(), BackupError> {
    match fs::symlink_metadata(target) {
        Ok(_) => Err(BackupError::Taken(target.to_owned())),
        Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(()),
        Err(fault) => Err(file_fault(target)(fault)),
    }
}

/// Gives a draft that is on the disk its name, unless something has it.
pub(crate) fn place(draft: &Draft, target: &Path) -> Result<(), BackupError> {
    match fs::hard_link(draft.path(), target) {
        Ok(()) => {}
        Err(fault) if fault.kind() == ErrorKind::AlreadyExists => {
            return Err(BackupError::Taken(target.to_owned()));
        }
        // A disk for carrying away often knows no links.
        Err(_) => {
            has_room(target)?;
            fs::rename(draft.path(), target).map_err(file_fault(target))?;
        }
    }
    let folder = folder_of(target);
    File::open(&folder).and_then(|f| f.sync_all()).map_err(file_fault(&folder))
}

fn folder_of(target: &Path) -> PathBuf {
    match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}
