//! Time and chance, always passed in: pure code never asks for them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_unix_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// From seconds since the epoch (JWT NumericDate, RFC 7519 section 2).
    pub const fn from_unix_s(s: i64) -> Self {
        Self(s.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn unix_s(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment and `s` seconds more (less, where negative); never overflows.
    #[must_use]
    pub const fn plus_s(self, s: i64) -> Self {
        Self(self.0.saturating_add(s.saturating_mul(1000)))
    }

    /// Seconds from `earlier` to this; negative where this is the earlier.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(1000)
    }

    /// Whole days since the epoch, UTC: the number of a daily key.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(86_400_000)
    }

    /// `2026-11-21T10:31:05Z` with milliseconds where there are any (XML dateTime, RFC 3339).
    pub fn rfc3339(self) -> String {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .ok()
            .and_then(|t| t.format(&Rfc3339).ok())
            .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
    }

    /// Reads an RFC 3339 time; `None` for anything else. Offsets are honoured.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).ok().map(Self)
    }
}

/// A source of the current time. Only the edge asks it.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// A source of random bytes fit for keys.
pub trait Random: Send + Sync {
    /// Fills the whole buffer with unpredictable bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// A handle to the source of randomness, cheap to clone.
#[derive(Clone)]
pub struct Entropy(Arc<dyn Random>);

impl Entropy {
    /// Wraps a source.
    pub fn new(source: Arc<dyn Random>) -> Self {
        Self(source)
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut buffer = [0; N];
        self.0.fill(&mut buffer);
        buffer
    }

    /// 256 random bits as 43 characters of base64url.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    /// 128 random bits as 22 characters of base64url.
    pub fn short_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<16>())
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy")
    }
}

/// The one `now` of a request, taken at the edge, with its source of chance.
#[derive(Debug, Clone)]
pub struct Moment {
    /// The time of the request.
    pub now: Timestamp,
    /// Where random bytes come from.
    pub entropy: Entropy,
}

#[cfg(test)]
pub(crate) fn counting_entropy() -> Entropy {
    struct Counting(std::sync::atomic::AtomicU8);
    impl Random for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for byte in buffer {
                *byte = self.0.fetch_add(37, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }
    Entropy::new(Arc::new(Counting(std::sync::atomic::AtomicU8::new(5))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_round_trips_and_honours_offsets() {
        let at = Timestamp::from_unix_ms(1_795_257_065_250);
        assert_eq!(Timestamp::parse_rfc3339(&at.rfc3339()), Some(at));
        assert_eq!(
            Timestamp::parse_rfc3339("2026-11-21T18:31:05+08:00"),
            Timestamp::parse_rfc3339("2026-11-21T10:31:05Z")
        );
        assert_eq!(Timestamp::parse_rfc3339("yesterday"), None);
    }
}
