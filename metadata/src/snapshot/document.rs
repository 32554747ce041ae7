//! Metadata that are parsed when first asked for.

use crate::registry::certificate;
use model::Timestamp;
use saml::ParsedEntity;
use std::sync::{Arc, OnceLock};

/// One document with what it was read as.
///
/// Most of a thousand members are not asked for in an hour; parsed keys and
/// endpoints of all would take start-up time and memory for nothing.
pub(super) struct Document<T> {
    text: Arc<str>,
    proof: Proof,
    pick: fn(Vec<ParsedEntity>) -> Result<T, String>,
    read: OnceLock<Option<T>>,
}

/// Why a document may be believed.
pub(super) enum Proof {
    /// It came with the registry.
    File,
    /// Signed by this certificate (PEM), as of the time it was fetched. It is
    /// verified at every reading, so only verified bytes are read (rule 1).
    Signed(Arc<str>, Timestamp),
}

impl<T> Document<T> {
    pub(super) fn new(
        text: Arc<str>,
        proof: Proof,
        pick: fn(Vec<ParsedEntity>) -> Result<T, String>,
    ) -> Self {
        Self { text, proof, pick, read: OnceLock::new() }
    }

    /// What it says; `None`, logged once, where it cannot be read any more.
    pub(super) fn read(&self) -> Option<&T> {
        let read = || match self.entities().and_then(self.pick) {
            Ok(found) => Some(found),
            Err(why) => {
                tracing::error!(%why, "metadata that were accepted cannot be read");
                None
            }
        };
        self.read.get_or_init(read).as_ref()
    }

    /// What `look` finds in it; a reading of its own, that is not kept where nobody asked before.
    pub(super) fn peek<R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        if let Some(read) = self.read.get() {
            return read.as_ref().map(look);
        }
        self.entities().and_then(self.pick).ok().as_ref().map(look)
    }

    fn entities(&self) -> Result<Vec<ParsedEntity>, String> {
        let read = match &self.proof {
            Proof::File => saml::parse_metadata(self.text.as_bytes()),
            Proof::Signed(pem, fetched) => {
                saml::verify_metadata(self.text.as_bytes(), &certificate(pem)?, *fetched)
            }
        };
        read.map_err(|e| e.to_string())
    }
}
