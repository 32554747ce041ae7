//! What one connection did, and when that is enough.

use super::RESETS;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Without a request that runs: a head that trickles in counts as none (HTTP/1.1 has
/// `HEAD` for this), and so does an answer that is not fetched, in either version.
pub(in crate::listen) const IDLE: Duration = Duration::from_mins(1);
/// Requests of one connection; browsers and proxies then open another without a word.
pub(super) const REQUESTS: usize = 10_000;

/// Why a connection is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// Nobody uses it.
    Idle,
    /// It had its share.
    Worn,
    /// Its requests are reset while they run, or their answers not fetched.
    Flooded,
}

#[derive(Default)]
struct Counts {
    running: usize,
    began: usize,
    reset: usize,
    fetches_nothing: bool,
}

/// Counts the requests of one connection.
pub(super) struct Ledger {
    counts: Mutex<Counts>,
    changed: Notify,
    /// Requests after which it is worn.
    most: usize,
}

/// A request that runs; dropped before its end, the peer has reset it.
pub(super) struct Turn {
    ledger: Arc<Ledger>,
    is_done: bool,
}

impl Ledger {
    /// Of a connection of HTTP/2, which may be ended with a word.
    pub(super) fn http2() -> Self {
        Self { counts: Mutex::default(), changed: Notify::new(), most: REQUESTS }
    }

    /// Of one of HTTP/1.1, which a proxy keeps for as long as it likes.
    pub(super) fn http1() -> Self {
        Self { most: usize::MAX, ..Self::http2() }
    }

    /// One more request runs.
    pub(super) fn enter(self: &Arc<Self>) -> Turn {
        {
            let mut counts = self.counts();
            counts.running += 1;
            counts.began += 1;
        }
        self.changed.notify_one();
        Turn { ledger: Arc::clone(self), is_done: false }
    }

    /// It asks for more and leaves too much of what it was given.
    pub(super) fn fetches_nothing(&self) {
        self.counts().fetches_nothing = true;
        self.changed.notify_one();
    }

    /// Resolves when the connection is to end.
    pub(super) async fn over(&self) -> Over {
        loop {
            let is_quiet = {
                let counts = self.counts();
                if counts.reset > RESETS || counts.fetches_nothing {
                    return Over::Flooded;
                }
                if counts.began >= self.most {
                    return Over::Worn;
                }
                counts.running == 0
            };
            if self.waited(is_quiet, IDLE).await {
                return Over::Idle;
            }
        }
    }

    /// Resolves when for so long no request ran.
    pub(super) async fn quiet_for(&self, time: Duration) {
        loop {
            let is_quiet = self.counts().running == 0;
            if self.waited(is_quiet, time).await {
                return;
            }
        }
    }

    /// Waits for a change; true where it is quiet and stays so for `time`.
    async fn waited(&self, is_quiet: bool, time: Duration) -> bool {
        let changed = self.changed.notified();
        if is_quiet {
            return tokio::time::timeout(time, changed).await.is_err();
        }
        changed.await;
        false
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// It was answered.
    pub(super) fn ended(mut self) {
        self.is_done = true;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        {
            let mut counts = self.ledger.counts();
            counts.running = counts.running.saturating_sub(1);
            counts.reset += usize::from(!self.is_done);
        }
        self.ledger.changed.notify_one();
    }
}
