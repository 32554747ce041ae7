//! What the unit tests of this room share: chance that counts, and a clock that stands.

pub(crate) mod campus;
pub(crate) mod hub;
pub(crate) mod requests;

use model::{Entropy, Inbound, Method, Moment, Random, Timestamp};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Random bytes that never repeat and are the same in every run.
pub(crate) fn counting() -> Entropy {
    struct Counting(AtomicU64);
    impl Random for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for chunk in buffer.chunks_mut(8) {
                // The constant of splitmix64 spreads the counter over all bits.
                let next = self.0.fetch_add(1, Ordering::Relaxed);
                let mut z = next.wrapping_mul(0x9E37_79B9_7F4A_7C15);
                z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                for (slot, byte) in chunk.iter_mut().zip((z ^ (z >> 31)).to_le_bytes()) {
                    *slot = byte;
                }
            }
        }
    }
    Entropy::new(Arc::new(Counting(AtomicU64::new(1))))
}

/// Noon of some day.
pub(crate) const NOON: Timestamp = Timestamp::from_unix_s(1_795_262_400);

/// A moment at noon with its own chance.
pub(crate) fn noon() -> Moment {
    Moment { now: NOON, entropy: counting() }
}

/// A GET with these cookies.
pub(crate) fn inbound(cookies: &[(&str, &str)]) -> Inbound {
    let line: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Inbound {
        method: Method::Get,
        path: "/login".into(),
        query: String::new(),
        headers: vec![("cookie".into(), line.join("; "))],
        body: Vec::new(),
        client: IpAddr::V4(Ipv4Addr::LOCALHOST),
    }
}
