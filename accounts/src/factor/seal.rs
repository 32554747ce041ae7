//! Secrets of second factors, kept sealed under the master key (rule 10).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use model::{Moment, ReaderId, Refusal, code};
use zeroize::Zeroizing;

/// The sealing key, from the pepper, which itself comes from the sealed root key.
pub(crate) fn key(pepper: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0; 32]);
    let tag = aws_lc_rs::hmac::sign(&crate::keyed(pepper, "second factors"), b"seal");
    for (to, from) in bytes.iter_mut().zip(tag.as_ref()) {
        *to = *from;
    }
    bytes
}

/// Nonce, ciphertext, tag; bound to the account, so that no row can stand in for another's.
pub(super) fn seal(
    key: &[u8; 32],
    account: &ReaderId,
    secret: &[u8],
    moment: &Moment,
) -> Result<Vec<u8>, Refusal> {
    seal_for(key, account.as_str().as_bytes(), secret, moment)
}

/// The same, bound to whatever it is for.
pub(super) fn seal_for(
    key: &[u8; 32],
    bound: &[u8],
    secret: &[u8],
    moment: &Moment,
) -> Result<Vec<u8>, Refusal> {
    let nonce = moment.entropy.bytes::<NONCE_LEN>();
    let mut sealed = secret.to_vec();
    cipher(key)?
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(bound),
            &mut sealed,
        )
        .map_err(|_| broken("a second factor could not be sealed"))?;
    let mut whole = nonce.to_vec();
    whole.append(&mut sealed);
    Ok(whole)
}

pub(super) fn open(
    key: &[u8; 32],
    account: &ReaderId,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    open_for(key, account.as_str().as_bytes(), sealed)
}

/// What [`seal_for`] made for the same.
pub(super) fn open_for(
    key: &[u8; 32],
    bound: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let unopened = || broken("a second factor does not open under the master key");
    let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(unopened)?;
    let mut secret = Zeroizing::new(body.to_vec());
    let length = cipher(key)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(bound), &mut secret)
        .map_err(|_| unopened())?
        .len();
    secret.truncate(length);
    Ok(secret)
}

fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, Refusal> {
    UnboundKey::new(&AES_256_GCM, key)
        .map(LessSafeKey::new)
        .map_err(|_| broken("a sealing key could not be made"))
}

fn broken(log: &str) -> Refusal {
    Refusal::new(code::HUB_INTERNAL, log)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOON, entropy};

    #[test]
    fn a_sealed_secret_opens_for_its_account_alone() {
        let moment = Moment { now: NOON, entropy: entropy(5) };
        let [one, two] = ["a1", "a2"].map(|id| ReaderId::parse(id).expect("an id"));
        let key = key(&[7; 32]);
        let sealed = seal(&key, &one, b"twenty secret bytes!", &moment).expect("sealed");
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
        assert_eq!(open(&key, &one, &sealed).expect("opens").as_slice(), b"twenty secret bytes!");
        assert!(open(&key, &two, &sealed).is_err(), "another account");
        assert!(open(&super::key(&[8; 32]), &one, &sealed).is_err(), "another key");
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(open(&key, &one, &changed).is_err(), "byte {place}");
        }
        assert!(open(&key, &one, &[]).is_err());
    }
}
