//! Proof Key for Code Exchange (RFC 7636), S256 alone.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

/// Whether the text can be an S256 challenge: 43 characters of base64url.
pub(crate) fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// RFC 7636 section 4.6: who redeems the code is who asked for it, so a stolen
/// code alone is worth nothing.
pub(crate) fn matches(challenge: &str, verifier: &str) -> bool {
    // Section 4.1: a short verifier could be guessed.
    let is_well_formed = (43..=128).contains(&verifier.len())
        && verifier.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
    let digest = digest::digest(&digest::SHA256, verifier.as_bytes());
    let expected = URL_SAFE_NO_PAD.encode(digest.as_ref());
    is_well_formed && bool::from(expected.as_bytes().ct_eq(challenge.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_rfc_7636_appendix_b_matches() {
        assert!(is_challenge(CHALLENGE));
        assert!(matches(CHALLENGE, VERIFIER));
    }

    #[test]
    fn another_verifier_a_short_one_and_the_challenge_itself_do_not() {
        assert!(!matches(CHALLENGE, &VERIFIER.replace('d', "e")));
        assert!(!matches(CHALLENGE, CHALLENGE));
        let short = "abc";
        let digest = digest::digest(&digest::SHA256, short.as_bytes());
        assert!(!matches(&URL_SAFE_NO_PAD.encode(digest.as_ref()), short));
    }

    #[test]
    fn a_challenge_is_the_base64url_of_32_bytes() {
        assert!(!is_challenge("too-short"));
        assert!(!is_challenge(&"=".repeat(43)));
        assert!(!is_challenge(&"a".repeat(44)));
    }
}
