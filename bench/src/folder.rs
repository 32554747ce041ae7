//! A folder for the time of a run.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

static MADE: AtomicU32 = AtomicU32::new(0);

/// Is removed with everything in it when dropped.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> io::Result<Self> {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("readerpass-bench-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        // Refused where it is there: what another run left, or laid there, is not measured.
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file and the folders above it.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> io::Result<()> {
        let file = self.0.join(name);
        if let Some(above) = file.parent() {
            std::fs::create_dir_all(above)?;
        }
        std::fs::write(file, text)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Sample data in the system's folder for temporary files; nothing depends on it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
