//! The service's own clock and chance: it is a program of its own.

use aws_lc_rs::rand::SystemRandom;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Seconds since the epoch.
#[expect(clippy::disallowed_methods, reason = "a stranger to the hub keeps its own clock")]
pub(crate) fn now_s() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|d| i64::try_from(d.as_secs()).ok())
        .unwrap_or_default()
}

/// 256 random bits, base64url.
pub(crate) fn token() -> String {
    let mut bytes = [0_u8; 32];
    let source = SystemRandom::new();
    // Without randomness there is no safe login: an empty token never matches a sent one.
    if aws_lc_rs::rand::SecureRandom::fill(&source, &mut bytes).is_err() {
        return String::new();
    }
    URL_SAFE_NO_PAD.encode(bytes)
}
