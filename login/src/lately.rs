//! What a node has read lately, so that pages that anybody may ask for cost the store nothing.

use model::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Seconds for which what was read is taken as known.
const KNOWN_S: i64 = 5;

/// A value, and when it was last read: one caller reads it again, the others take what is
/// known meanwhile.
#[derive(Default)]
pub(crate) struct Lately<T>(Mutex<(Option<Timestamp>, T)>);

impl<T: Clone> Lately<T> {
    /// Whether to read it again; who is told so does.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        let read = &mut self.held().0;
        // A clock that was set back makes nothing known for ever.
        let is_known = read.is_some_and(|at| (0..KNOWN_S).contains(&now.seconds_since(at)));
        if !is_known {
            *read = Some(now);
        }
        !is_known
    }

    pub(crate) fn keep(&self, value: T) {
        self.held().1 = value;
    }

    /// The next who asks reads it again.
    pub(crate) fn outdate(&self) {
        self.held().0 = None;
    }

    pub(crate) fn known(&self) -> T {
        self.held().1.clone()
    }

    fn held(&self) -> MutexGuard<'_, (Option<Timestamp>, T)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Lately;
    use model::Timestamp;

    #[test]
    fn one_caller_reads_every_five_seconds_and_whenever_it_is_outdated() {
        let (lately, now) = (Lately::<u8>::default(), Timestamp::from_unix_s(1_900_000_000));
        assert!(lately.is_due(now));
        assert!(!lately.is_due(now), "another caller takes what is known");
        lately.keep(7);
        assert_eq!(lately.known(), 7);
        assert!(!lately.is_due(now.plus_s(4)) && lately.is_due(now.plus_s(5)));
        lately.outdate();
        assert!(lately.is_due(now.plus_s(5)));
        assert!(lately.is_due(now), "a clock that was set back");
    }
}
