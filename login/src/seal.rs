//! Sealing of the login in flight: it travels with the browser, which can neither read
//! nor change it, nor use it for another handle or another purpose (rule 2).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use model::{Code, Handle, Moment, Refusal, Timestamp, code};
use std::io::{Read as _, Write as _};
use std::sync::{Arc, PoisonError, RwLock};
use zeroize::Zeroizing;

/// Version of the layout below; the previous one stays readable for one release.
const FORMAT: u8 = 1;
const DAY_LEN: usize = 4;
const HEAD_LEN: usize = 1 + DAY_LEN + NONCE_LEN;
/// Bound to every seal, so that no other sealed value of the hub can stand in for it.
const PURPOSE: &[u8] = b"readerpass login in flight";
/// Below this, deflate costs more than the bytes that it saves.
const WORTH_COMPRESSING: usize = 1200;
/// What a state may inflate to.
const LARGEST: u64 = 64 * 1024;
/// How far the clocks of two nodes may differ around midnight.
const SKEW_S: i64 = 60;

/// Derives the key of a purpose from the hub's root secret.
type Derive = Box<dyn Fn(&str) -> [u8; 32] + Send + Sync>;

/// Seals and opens under daily keys (AES-256-GCM).
///
/// Layout: format version, day of the key (big-endian), nonce, ciphertext with tag.
/// Authenticated beside it: purpose, format version, day, handle.
pub(crate) struct Sealer {
    derive: Derive,
    keys: RwLock<Vec<(u32, Arc<LessSafeKey>)>>,
}

impl Sealer {
    pub(crate) fn new(derive: Derive) -> Self {
        Self { derive, keys: RwLock::default() }
    }

    /// Seals `content` for one handle.
    pub(crate) fn seal(
        &self,
        handle: &Handle,
        content: &[u8],
        moment: &Moment,
    ) -> Result<Vec<u8>, Refusal> {
        let day = day_of(moment.now)?;
        let nonce = moment.entropy.bytes::<NONCE_LEN>();
        let mut sealed = packed(content)?;
        self.key(day)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(beside(FORMAT, day, handle)),
                &mut sealed,
            )
            .map_err(|_| internal("sealing failed"))?;
        let mut whole = Vec::with_capacity(HEAD_LEN + sealed.len());
        whole.push(FORMAT);
        whole.extend_from_slice(&day.to_be_bytes());
        whole.extend_from_slice(&nonce);
        whole.append(&mut sealed);
        Ok(whole)
    }

    /// Opens what [`Self::seal`] made for this very handle today or yesterday.
    pub(crate) fn open(
        &self,
        handle: &Handle,
        sealed: &[u8],
        now: Timestamp,
    ) -> Result<Vec<u8>, Refusal> {
        let forged = || Refusal::new(code::LOG_STATE_FORGED, "the sealed state does not open");
        let (head, body) = sealed.split_at_checked(HEAD_LEN).ok_or_else(forged)?;
        let (format, rest) = head.split_first().ok_or_else(forged)?;
        let (day, nonce) = rest.split_at_checked(DAY_LEN).ok_or_else(forged)?;
        if *format != FORMAT {
            return Err(refusal(code::LOG_STATE_EXPIRED, "sealed by an unknown format version"));
        }
        let day = u32::from_be_bytes(day.try_into().map_err(|_| forged())?);
        let newest = day_of(now.plus_s(SKEW_S))?;
        if day > newest {
            return Err(forged());
        }
        // Only two daily keys are ever derived, so a made-up day costs nothing.
        if day < day_of(now)?.saturating_sub(1) {
            return Err(refusal(code::LOG_STATE_EXPIRED, "sealed under a key of an earlier day"));
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| forged())?;
        let mut body = body.to_vec();
        let plain = self
            .key(day)?
            .open_in_place(nonce, Aad::from(beside(*format, day, handle)), &mut body)
            .map_err(|_| forged())?;
        unpacked(plain).ok_or_else(forged)
    }

    /// The key of a day: the last few are kept, as HKDF and key schedule cost more than a seal.
    fn key(&self, day: u32) -> Result<Arc<LessSafeKey>, Refusal> {
        let known = |keys: &[(u32, Arc<LessSafeKey>)]| {
            keys.iter().find(|(d, _)| *d == day).map(|(_, key)| Arc::clone(key))
        };
        if let Some(key) = known(&self.keys.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(key);
        }
        let secret = Zeroizing::new((self.derive)(&format!("state/{FORMAT}/{day}")));
        let key = UnboundKey::new(&AES_256_GCM, &*secret).map_err(|_| internal("no state key"))?;
        let key = Arc::new(LessSafeKey::new(key));
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.retain(|(d, _)| d.abs_diff(day) == 1);
        keys.push((day, Arc::clone(&key)));
        Ok(key)
    }
}

fn day_of(now: Timestamp) -> Result<u32, Refusal> {
    u32::try_from(now.day()).map_err(|_| internal("the clock stands before 1970"))
}

/// What is authenticated beside the content: `purpose | format | day | handle`.
fn beside(format: u8, day: u32, handle: &Handle) -> Vec<u8> {
    let mut aad = Vec::with_capacity(PURPOSE.len() + 1 + DAY_LEN + handle.as_str().len());
    aad.extend_from_slice(PURPOSE);
    aad.push(format);
    aad.extend_from_slice(&day.to_be_bytes());
    aad.extend_from_slice(handle.as_str().as_bytes());
    aad
}

/// First byte 0: as it is; 1: deflated.
fn packed(content: &[u8]) -> Result<Vec<u8>, Refusal> {
    if content.len() < WORTH_COMPRESSING {
        let mut plain = Vec::with_capacity(content.len() + 1 + AES_256_GCM.tag_len());
        plain.push(0);
        plain.extend_from_slice(content);
        return Ok(plain);
    }
    let mut deflated = DeflateEncoder::new(vec![1], Compression::fast());
    deflated
        .write_all(content)
        .and_then(|()| deflated.finish())
        .map_err(|e| internal(&format!("deflate: {e}")))
}

fn unpacked(plain: &[u8]) -> Option<Vec<u8>> {
    match plain.split_first()? {
        (0, content) => Some(content.to_vec()),
        (1, deflated) => {
            let mut content = Vec::new();
            let read =
                DeflateDecoder::new(deflated).take(LARGEST + 1).read_to_end(&mut content).ok()?;
            (u64::try_from(read).ok()? <= LARGEST).then_some(content)
        }
        _ => None,
    }
}

fn refusal(code: Code, log: &str) -> Refusal {
    Refusal::new(code, log)
}

fn internal(log: &str) -> Refusal {
    Refusal::new(code::HUB_INTERNAL, log)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::counting;

    fn sealer(root: u8) -> Sealer {
        Sealer::new(Box::new(move |purpose| {
            let mut key = [root; 32];
            for (slot, byte) in key.iter_mut().skip(1).zip(purpose.bytes().rev()) {
                *slot = byte;
            }
            key
        }))
    }

    fn at(day: i64) -> Moment {
        Moment { now: Timestamp::from_unix_s(day * 86_400 + 43_200), entropy: counting() }
    }

    fn handle(text: &str) -> Handle {
        Handle::parse(text).expect("a handle")
    }

    #[test]
    fn what_was_sealed_opens_short_and_long_and_on_another_node() {
        for content in [vec![], b"short".to_vec(), b"long ".repeat(2_000)] {
            let sealed = sealer(1).seal(&handle("h"), &content, &at(100)).expect("seals");
            let opened = sealer(1).open(&handle("h"), &sealed, at(100).now);
            assert_eq!(opened.expect("opens"), content);
        }
    }

    #[test]
    fn long_content_is_compressed() {
        let sealed = sealer(1).seal(&handle("h"), &b"long ".repeat(2_000), &at(100));
        assert!(sealed.expect("seals").len() < 500);
    }

    #[test]
    fn every_changed_byte_is_found() {
        let sealed = sealer(1).seal(&handle("h"), b"content", &at(100)).expect("seals");
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(sealer(1).open(&handle("h"), &changed, at(100).now).is_err(), "byte {place}");
        }
        for length in 0..sealed.len() {
            assert!(sealer(1).open(&handle("h"), &sealed[..length], at(100).now).is_err());
        }
    }

    #[test]
    fn a_state_opens_under_its_own_handle_and_root_only() {
        let sealed = sealer(1).seal(&handle("h"), b"content", &at(100)).expect("seals");
        let code = |r: Result<Vec<u8>, Refusal>| r.expect_err("refused").code();
        let other_handle = sealer(1).open(&handle("i"), &sealed, at(100).now);
        assert_eq!(code(other_handle), code::LOG_STATE_FORGED);
        let other_root = sealer(2).open(&handle("h"), &sealed, at(100).now);
        assert_eq!(code(other_root), code::LOG_STATE_FORGED);
    }

    #[test]
    fn the_last_two_daily_keys_are_readable() {
        let sealed = sealer(1).seal(&handle("h"), b"content", &at(100)).expect("seals");
        assert!(sealer(1).open(&handle("h"), &sealed, at(101).now).is_ok());
        let old = sealer(1).open(&handle("h"), &sealed, at(102).now);
        assert_eq!(old.expect_err("refused").code(), code::LOG_STATE_EXPIRED);
        let early = sealer(1).open(&handle("h"), &sealed, at(99).now);
        assert_eq!(early.expect_err("refused").code(), code::LOG_STATE_FORGED);
    }

    #[test]
    fn a_node_whose_clock_is_a_moment_behind_midnight_reads_it() {
        let just_after =
            Moment { now: Timestamp::from_unix_s(101 * 86_400 + 5), entropy: counting() };
        let sealed = sealer(1).seal(&handle("h"), b"content", &just_after).expect("seals");
        let just_before = Timestamp::from_unix_s(101 * 86_400 - 5);
        assert!(sealer(1).open(&handle("h"), &sealed, just_before).is_ok());
    }

    #[test]
    fn keys_of_passed_days_are_forgotten() {
        let sealer = sealer(1);
        for day in 100..110 {
            sealer.seal(&handle("h"), b"", &at(day)).expect("seals");
        }
        assert!(sealer.keys.read().expect("unpoisoned").len() <= 2);
    }
}
