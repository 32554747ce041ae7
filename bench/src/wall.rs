//! The clock on the wall, for the one thing that a person waits for: a start.

use std::time::{Duration, Instant};

/// A moment to measure from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wall(Instant);

impl Wall {
    #[expect(
        clippy::disallowed_methods,
        reason = "a span on the wall is the figure itself; no decision hangs on it"
    )]
    pub(crate) fn now() -> Self {
        Self(Instant::now())
    }

    /// How long ago it was.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
