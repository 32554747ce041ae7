//! The folder of a demo: kept where named, temporary where not.

use model::Moment;
use std::fmt::Write as _;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// Everything the demo writes lies below here.
pub(super) struct DemoFolder {
    path: PathBuf,
    temporary: bool,
}

impl DemoFolder {
    /// Opens the named folder, or makes a temporary one that only its owner can read.
    pub(super) fn open(data: Option<&Path>, moment: &Moment) -> io::Result<Self> {
        let mut builder = std::fs::DirBuilder::new();
        builder.mode(0o700);
        if let Some(path) = data {
            builder.recursive(true).create(path)?;
            return Ok(Self { path: std::path::absolute(path)?, temporary: false });
        }
        let mut name = String::from("readerpass-demo-");
        for byte in moment.entropy.bytes::<8>() {
            let _ = write!(name, "{byte:02x}");
        }
        let path = std::env::temp_dir().join(name);
        builder.create(&path)?;
        Ok(Self { path, temporary: true })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path.join(name)
    }

    pub(super) fn is_temporary(&self) -> bool {
        self.temporary
    }

    /// Writes a file with its folders; `secret`: readable by its owner only.
    pub(super) fn write(&self, name: &str, content: &[u8], secret: bool) -> io::Result<()> {
        use std::io::Write as _;
        use std::os::unix::fs::OpenOptionsExt as _;
        let path = self.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mode = if secret { 0o600 } else { 0o644 };
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(path)?;
        file.write_all(content)
    }
}

impl Drop for DemoFolder {
    fn drop(&mut self) {
        if self.temporary {
            // Left behind only where the system refuses; it holds sample data alone.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
