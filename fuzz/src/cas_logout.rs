//! Notices of logout by CAS servers.

use idp_bridge::cas_fuzzing::logout;

/// One input.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some(ticket) = logout(text) else { return };
    assert!(ticket.starts_with("ST-") && ticket.len() <= 256, "{ticket} is no ticket");
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:@".contains(&b);
    assert!(ticket.bytes().all(is_plain), "{ticket} is no ticket");
    assert!(text.len() <= 8 << 10, "read beyond the cap");
    assert!(text.contains("LogoutRequest"), "no request in it");
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_holds() {
        for (name, seed) in crate::seeds("cas_logout") {
            super::run(&seed);
            let is_read = std::str::from_utf8(&seed).ok().and_then(super::logout).is_some();
            assert_eq!(is_read, name.starts_with("good"), "{name}");
        }
    }
}
