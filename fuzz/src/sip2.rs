//! What a library's SIP2 server sends, and what readers type for it.

use idp_bridge::sip2_fuzzing::{accepted, sent};

const ASKED: &str = "1001";

/// One input: a byte that chooses charset and sum, then the stream.
pub fn run(data: &[u8]) {
    let Some((choice, stream)) = data.split_first() else { return };
    for text in accepted(stream, *choice, ASKED) {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        for said in ["BLY", "CQY", "AA1001"] {
            assert!(text.contains(said), "let in without {said}: {text:?}");
        }
    }
    if let Ok(typed) = std::str::from_utf8(stream)
        && let Some(bytes) = sent(typed, *choice)
    {
        let ends = bytes.iter().filter(|b| matches!(b, b'|' | b'\r' | b'\n')).count();
        assert_eq!(ends, 3, "two fields and one end were to be sent: {bytes:?}");
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_holds() {
        for (_, seed) in crate::seeds("sip2") {
            super::run(&seed);
        }
    }
}
