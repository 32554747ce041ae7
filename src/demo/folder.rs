//! The folder of a demo: kept where named, temporary where not.

use model::Moment;
use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// Everything the demo writes lies below here.
pub(super) struct DemoFolder {
    path: PathBuf,
    temporary: bool,
    /// Held while the demo runs.
    _lock: Option<File>,
}

impl DemoFolder {
    /// Opens the named folder, or makes a temporary one that only its owner can read.
    pub(super) fn open(data: Option<&Path>, moment: &Moment) -> io::Result<Self> {
        let mut builder = std::fs::DirBuilder::new();
        builder.mode(0o700);
        if let Some(path) = data {
            builder.recursive(true).create(path).map_err(|e| unusable(path, &e))?;
            require_own(path)?;
            let lock = lock(path)?;
            return Ok(Self {
                path: std::path::absolute(path).map_err(|e| unusable(path, &e))?,
                temporary: false,
                _lock: Some(lock),
            });
        }
        let mut name = String::from("readerpass-demo-");
        for byte in moment.entropy.bytes::<8>() {
            let _ = write!(name, "{byte:02x}");
        }
        let path = std::env::temp_dir().join(name);
        builder.create(&path).map_err(|e| unusable(&path, &e))?;
        Ok(Self { path, temporary: true, _lock: None })
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
        let named = |e: io::Error| unusable(&path, &e);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(named)?;
        }
        let mode = if secret { 0o600 } else { 0o644 };
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&path)
            .map_err(named)?;
        file.write_all(content).map_err(named)
    }
}

/// The system's word alone would not say which path, nor what to do.
fn unusable(path: &Path, why: &io::Error) -> io::Error {
    let text = format!(
        "{}: {why} — name a folder that can be made and written with --data DIR",
        path.display()
    );
    io::Error::new(why.kind(), text)
}

/// A folder with somebody's files is not taken: the demo writes a registry and a configuration.
fn require_own(path: &Path) -> io::Result<()> {
    let is_empty = std::fs::read_dir(path).map_err(|e| unusable(path, &e))?.next().is_none();
    if is_empty || path.join("demo.json").exists() {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "{}: not empty, and not a demo's — name a new folder with --data DIR",
        path.display()
    )))
}

fn lock(path: &Path) -> io::Result<File> {
    let lock = File::create(path.join("demo.lock")).map_err(|e| unusable(path, &e))?;
    lock.try_lock().map_err(|_| {
        io::Error::other(format!(
            "{}: a demo is running there — end it, or name another folder with --data DIR",
            path.display()
        ))
    })?;
    Ok(lock)
}

impl Drop for DemoFolder {
    fn drop(&mut self) {
        if self.temporary {
            // Left behind only where the system refuses; it holds sample data alone.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
