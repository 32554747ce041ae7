//! Codes of an authenticator app: TOTP with SHA-1, six digits, 30 s (RFC 6238), which is
//! what every app understands.

use super::AppKey;
use model::{Entropy, Timestamp, encode_component};
use totp_rs::{Algorithm, TOTP};
use zeroize::Zeroizing;

/// As long as the hash (RFC 4226 section 4, R6).
const SECRET_LEN: usize = 20;
const DIGITS: usize = 6;
const STEP_S: i64 = 30;
/// Steps by which a phone's clock may be off (RFC 6238 section 5.2).
const SKEW: i64 = 1;

pub(super) fn draw(entropy: &Entropy) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(entropy.bytes::<SECRET_LEN>().to_vec())
}

/// Six digits, however grouped and of whatever width; `None`: that is no code of an app.
pub(super) fn digits(typed: &str) -> Option<String> {
    let kept: Option<String> = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - 0xff10 + 0x30),
            '0'..='9' => Some(c),
            _ => None,
        })
        .take(DIGITS + 1)
        .collect();
    kept.filter(|text| text.len() == DIGITS)
}

/// The step whose code these digits are. All steps are compared, each in constant time.
pub(super) fn matching_step(secret: &[u8], digits: &str, now: Timestamp) -> Option<i64> {
    let totp = totp(secret);
    let current = now.unix_s().div_euclid(STEP_S);
    let mut found = None;
    for step in current - SKEW..=current + SKEW {
        let Ok(at) = u64::try_from(step * STEP_S) else { continue };
        let code = Zeroizing::new(totp.generate(at));
        let is_same =
            aws_lc_rs::constant_time::verify_slices_are_equal(code.as_bytes(), digits.as_bytes());
        if is_same.is_ok() {
            found = Some(step);
        }
    }
    found
}

/// When a step is so far behind that no clock takes its code any more (rule 3: the record
/// outlives what it guards).
pub(super) fn forgotten(step: i64) -> Timestamp {
    Timestamp::from_unix_s((step + SKEW + 3) * STEP_S)
}

pub(super) fn enrolment(secret: &[u8], issuer: &str, login: &str) -> AppKey {
    let secret = Zeroizing::new(totp(secret).get_secret_base32());
    // A colon parts issuer and account, so neither may hold one.
    let [issuer, login] = [issuer, login].map(|text| encode_component(&text.replace(':', " ")));
    let link = Zeroizing::new(format!(
        "otpauth://totp/{issuer}:{login}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_S}",
        secret.as_str()
    ));
    AppKey { secret, link }
}

fn totp(secret: &[u8]) -> TOTP {
    TOTP::new_unchecked(Algorithm::SHA1, DIGITS, 0, STEP_S.unsigned_abs(), secret.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, the last six digits of the SHA-1 column.
    #[test]
    fn the_vectors_of_the_rfc_match_at_their_times() {
        let secret = b"12345678901234567890";
        for (at, digits) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let now = Timestamp::from_unix_s(at);
            assert_eq!(matching_step(secret, digits, now), Some(at / 30), "{at}");
            assert_eq!(matching_step(secret, digits, now.plus_s(30)), Some(at / 30));
            assert_eq!(matching_step(secret, digits, now.plus_s(-30)), Some(at / 30));
            assert_eq!(matching_step(secret, digits, now.plus_s(60)), None, "too late");
            assert_eq!(matching_step(secret, digits, now.plus_s(-60)), None, "too early");
            assert!(forgotten(at / 30) > now.plus_s(60), "the record outlives the code");
        }
    }

    #[test]
    fn digits_are_read_as_people_type_them() {
        for typed in ["123456", " 123 456 ", "123-456", "１２３４５６"] {
            assert_eq!(digits(typed).as_deref(), Some("123456"), "{typed}");
        }
        for typed in ["", "12345", "1234567", "12345a", "abcd-efgh-ijkm-npqr", "١٢٣٤٥٦"] {
            assert_eq!(digits(typed), None, "{typed}");
        }
    }

    #[test]
    fn the_link_is_one_that_apps_read_and_debug_shows_nothing() {
        let shown = enrolment(b"12345678901234567890", "示例: hub", "reader:7");
        assert_eq!(shown.secret.as_str(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let link = shown.link.as_str();
        assert!(link.starts_with("otpauth://totp/%E7%A4%BA"), "{link}");
        assert_eq!(link.matches(':').count(), 2, "{link}");
        assert!(link.contains("secret=GEZDGNBV") && link.contains("&period=30"), "{link}");
        assert!(!format!("{shown:?}").contains("GEZD"));
    }
}
