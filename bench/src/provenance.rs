//! Where the figures come from.

use std::process::Command;

/// What a figure means nothing without.
#[derive(Debug)]
pub(crate) struct Provenance {
    /// Abbreviated commit, `-dirty` where the tree holds other things than it; `unknown`
    /// outside of a repository.
    pub(crate) commit: String,
    pub(crate) seed: u64,
    pub(crate) build: &'static str,
    /// Cores that this process may use.
    pub(crate) cores: usize,
}

impl Provenance {
    pub(crate) fn of(seed: u64) -> Self {
        let described = Command::new("git")
            .args(["describe", "--always", "--dirty", "--exclude=*"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output();
        let commit = described
            .ok()
            .filter(|ended| ended.status.success())
            .and_then(|ended| String::from_utf8(ended.stdout).ok())
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .unwrap_or_else(|| "unknown".to_owned());
        Self {
            commit,
            seed,
            build: if cfg!(debug_assertions) { "debug" } else { "release" },
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        }
    }
}
