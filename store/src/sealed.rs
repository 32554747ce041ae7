//! Values that can be read only with the key under which they were asked for.
//!
//! A code, an access token or a logout index is known to its bearer and kept
//! here as a hash. What it stands for is encrypted under a key made from it, so
//! a copy of the store's files opens nothing: no session id, no grant.

use crate::StoreError;
use crate::digest::digest;
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use model::Sid;

const INDEX: &str = "index";

/// Encrypts `value` so that only who knows `secret` reads it, for this `purpose`.
///
/// The nonce is fixed: AES-GCM-SIV (RFC 8452) then gives away no more than
/// whether two values under the same secret are equal.
pub(crate) fn seal(purpose: &str, secret: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut buffer = Vec::with_capacity(value.len() + AES_256_GCM_SIV.tag_len());
    buffer.extend_from_slice(value);
    key(purpose, secret)?
        .seal_in_place_append_tag(nonce(), Aad::empty(), &mut buffer)
        .map_err(|_| StoreError::Corrupt("a value could not be sealed".to_owned()))?;
    Ok(buffer)
}

/// Decrypts what [`seal`] made; `Corrupt` when it was changed or belongs elsewhere.
pub(crate) fn open(
    purpose: &str,
    secret: &str,
    mut sealed: Vec<u8>,
) -> Result<Vec<u8>, StoreError> {
    let length = key(purpose, secret)?
        .open_in_place(nonce(), Aad::empty(), &mut sealed)
        .map_err(|_| StoreError::Corrupt("a sealed value was changed".to_owned()))?
        .len();
    sealed.truncate(length);
    Ok(sealed)
}

/// Keeps a session's id under an index that finds it.
pub(crate) fn seal_sid(index: &str, sid: &Sid) -> Result<Vec<u8>, StoreError> {
    seal(INDEX, index, sid.as_str().as_bytes())
}

/// The session's id that [`seal_sid`] kept under `index`.
pub(crate) fn open_sid(index: &str, sealed: Vec<u8>) -> Result<Sid, StoreError> {
    let sid = open(INDEX, index, sealed)?;
    std::str::from_utf8(&sid)
        .ok()
        .and_then(|sid| Sid::parse(sid).ok())
        .ok_or_else(|| StoreError::Corrupt("an index names no session".to_owned()))
}

fn key(purpose: &str, secret: &str) -> Result<LessSafeKey, StoreError> {
    let bytes = digest("readerpass seal", &[purpose.as_bytes(), secret.as_bytes()]);
    UnboundKey::new(&AES_256_GCM_SIV, &bytes)
        .map(LessSafeKey::new)
        .map_err(|_| StoreError::Corrupt("a sealing key could not be made".to_owned()))
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_purpose_and_secret_open_it() {
        let sealed = seal("code", "secret", b"grant of a session").unwrap();
        assert!(!sealed.windows(5).any(|w| w == b"grant"));
        assert_eq!(open("code", "secret", sealed.clone()).unwrap(), b"grant of a session");
        assert!(open("token", "secret", sealed.clone()).is_err());
        assert!(open("code", "Secret", sealed.clone()).is_err());
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(open("code", "secret", changed).is_err(), "byte {place}");
        }
        assert!(open("code", "secret", Vec::new()).is_err());
    }
}
