//! The shared store of several machines: Redis.
//!
//! Every operation that reads and writes is one Lua script, which Redis runs
//! alone. Every key ends by itself (`PX`), a minute later than the hub needs it,
//! and holds its end as the hub counts time, which alone decides.

mod counters;
mod one_use;
mod open;
mod parked;
mod scripts;
mod sessions;
mod trace;
mod troubles;

#[cfg(test)]
mod tests;

use crate::seen::Seen;
use crate::{SharedStore, StoreError, digest};
use ::redis::RedisError;
use ::redis::aio::ConnectionManager;
use model::Timestamp;

/// Keys outlive what they guard by this much, whatever Redis's clock does.
const MARGIN_MS: i64 = 60_000;
/// No key stays longer: 400 days.
const LONGEST_MS: i64 = 400 * 86_400_000;

/// The shared store of any number of machines. One primary, no cluster mode:
/// the scripts of sessions reach keys of several slots.
pub(crate) struct RedisShared {
    connection: ConnectionManager,
    seen: Seen,
}

impl SharedStore for RedisShared {}

fn engine(fault: RedisError) -> StoreError {
    StoreError::Unavailable(fault.to_string())
}

/// A key: `rp:KIND:HASH`.
fn name(kind: &str, hash: &[u8; 32]) -> String {
    format!("rp:{kind}:{}", digest::text(hash))
}

/// How long Redis keeps a key, in milliseconds.
fn ttl_ms(expires: Timestamp, now: Timestamp) -> i64 {
    let left = expires.unix_ms().saturating_sub(now.unix_ms());
    left.saturating_add(MARGIN_MS).clamp(1, LONGEST_MS)
}
