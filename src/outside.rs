//! What comes from outside the program: time, chance, configuration.

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use model::{Clock, Entropy, Moment, Random, Timestamp};
use std::sync::Arc;

/// The clock of the machine.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine for the time"
    )]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let ms = since.ok().and_then(|d| i64::try_from(d.as_millis()).ok());
        Timestamp::from_unix_ms(ms.unwrap_or_default())
    }
}

/// Measures how long something took: for figures alone, never for a decision.
pub(crate) struct Stopwatch(std::time::Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "the clock of rule 15 tells times, not spans")]
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    pub(crate) fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }
}

struct SystemEntropy(SystemRandom);

impl Random for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        if self.0.fill(buffer).is_err() {
            // A key or a ticket drawn from nothing would be a hole: better none at all.
            eprintln!("the system gives no random bytes; ending");
            std::process::abort();
        }
    }
}

/// Random bytes of the machine.
pub fn system_entropy() -> Entropy {
    Entropy::new(Arc::new(SystemEntropy(SystemRandom::new())))
}

/// The moment now, for commands; requests take theirs at the edge.
pub fn moment_now() -> Moment {
    Moment { now: SystemClock.now(), entropy: system_entropy() }
}
