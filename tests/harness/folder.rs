//! A folder of the test's own, gone at its end.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

static MADE: AtomicU32 = AtomicU32::new(0);

pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let n = MADE.fetch_add(1, Ordering::SeqCst);
        let path =
            std::env::temp_dir().join(format!("readerpass-test-{}-{n}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    }

    /// A file for its owner alone.
    #[cfg_attr(not(feature = "peers"), expect(dead_code, reason = "keys are for programs"))]
    pub fn write_secret(&self, name: &str, content: impl AsRef<[u8]>) {
        self.write(name, "");
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(self.0.join(name), mode).expect("its mode");
        self.write(name, content);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
