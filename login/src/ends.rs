//! How many logins ended how, since this process started.

use crate::Login;
use crate::turn::Passage;
use model::Code;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The protocol of what belongs to no login.
const NONE: &str = "none";

/// Counts by protocol, and code of the refusal; bounded by the lists of both.
pub(crate) type Ends = Mutex<BTreeMap<(&'static str, Option<&'static str>), u64>>;

impl Login {
    /// How many logins of each protocol were answered (`None`), or refused with which code.
    pub fn ends(&self) -> BTreeMap<(&'static str, Option<&'static str>), u64> {
        self.0.ends.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts the end of a login, or of a request that belongs to none.
    pub(crate) fn count_end(&self, passage: Option<&Passage>, refused: Option<Code>) {
        let protocol = passage
            .and_then(|passage| self.protocol(&passage.flight.request.protocol).ok())
            .map_or(NONE, |protocol| protocol.key());
        let mut ends = self.0.ends.lock().unwrap_or_else(PoisonError::into_inner);
        *ends.entry((protocol, refused.map(Code::as_str))).or_default() += 1;
    }
}
