//! What a running hub knows of itself, for health and figures.

use crate::listen::{Places, Tls};
use crate::requests::Requests;
use model::Timestamp;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

/// One value of a process; nothing of it is shared with other nodes.
#[derive(Default)]
pub struct Running {
    is_ending: AtomicBool,
    /// In milliseconds of Unix; 0 where it never was.
    heads: AtomicI64,
    /// What was asked of it.
    pub(crate) requests: Arc<Requests>,
    /// Where it listens, once it does.
    pub(crate) ear: OnceLock<(Places, Option<Arc<Tls>>)>,
}

impl Running {
    /// From now on this node asks for no further requests: `/readyz` says so.
    pub fn end(&self) {
        self.is_ending.store(true, Ordering::SeqCst);
    }

    /// Whether it was asked to end.
    pub fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::SeqCst)
    }

    /// This node joined the heads of the audit log.
    pub(crate) fn wrote_heads(&self, at: Timestamp) {
        self.heads.store(at.unix_ms(), Ordering::Relaxed);
    }

    /// When it last did.
    pub(crate) fn heads_written(&self) -> Option<Timestamp> {
        let at = self.heads.load(Ordering::Relaxed);
        (at != 0).then(|| Timestamp::from_unix_ms(at))
    }
}
