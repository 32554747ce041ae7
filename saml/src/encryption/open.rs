//! Opening what was encrypted to us.

use super::algorithm::Content;
use super::{DecryptingKey, EncryptionFault, Sealed};
use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_128, AES_256, DecryptingKey as BlockKey, DecryptionContext, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use model::Entropy;
use zeroize::Zeroizing;

const NONCE_BYTES: usize = 12;
const BLOCK_BYTES: usize = 16;

/// What encrypted answers are opened with, and which of them.
#[derive(Debug, Clone, Copy)]
pub struct Decryption<'a> {
    /// Our keys: two while one is rolled over. Every one is tried each time.
    pub keys: &'a [DecryptingKey],
    /// AES-CBC is opened too, where a verified signature covers it.
    pub accept_cbc: bool,
    /// Gives the key that stands in for one that does not open.
    pub entropy: &'a Entropy,
}

/// The text inside; all that can go wrong is one fault.
pub(crate) fn open(sealed: &Sealed, with: &Decryption<'_>) -> Result<Vec<u8>, EncryptionFault> {
    let key = session_key(sealed, with);
    let key = key.get(..sealed.content.key_bytes()).unwrap_or_default();
    let opened = match sealed.content {
        Content::Aes128Gcm | Content::Aes256Gcm => open_gcm(sealed, key),
        Content::Aes128Cbc | Content::Aes256Cbc => open_cbc(sealed, key),
    };
    opened.ok_or(EncryptionFault::Opening)
}

/// The session key, or a random one where no key of ours opens it: what
/// follows takes the same way, so neither words nor time tell whether the
/// padding was good (implicit rejection, against Manger 2001).
fn session_key(sealed: &Sealed, with: &Decryption<'_>) -> Zeroizing<[u8; 32]> {
    let mut session = Zeroizing::new(with.entropy.bytes::<32>());
    for key in with.keys {
        let found = key.unwrap(sealed.transport, &sealed.wrapped_key);
        // A longer one is not cut, a shorter one not stretched: it is another algorithm's.
        if let Some(found) = found.filter(|f| f.len() == sealed.content.key_bytes()) {
            session.iter_mut().zip(found.iter()).for_each(|(to, from)| *to = *from);
        }
    }
    session
}

/// xmlenc-core section 5.2.4: nonce, text, tag.
fn open_gcm(sealed: &Sealed, key: &[u8]) -> Option<Vec<u8>> {
    let algorithm = if sealed.content == Content::Aes128Gcm { &AES_128_GCM } else { &AES_256_GCM };
    let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
    let (nonce, text) = sealed.ciphertext.split_at_checked(NONCE_BYTES)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut text = text.to_vec();
    let plain_bytes = key.open_in_place(nonce, Aad::empty(), &mut text).ok()?.len();
    text.truncate(plain_bytes);
    Some(text)
}

/// xmlenc-core section 5.2.2: initialisation vector, then whole blocks of which
/// the last byte says how many are padding. The caller has seen to it that a
/// signature covers them: here a padding oracle would be (Vaudenay 2002).
fn open_cbc(sealed: &Sealed, key: &[u8]) -> Option<Vec<u8>> {
    let algorithm = if sealed.content == Content::Aes128Cbc { &AES_128 } else { &AES_256 };
    let key = BlockKey::cbc(UnboundCipherKey::new(algorithm, key).ok()?).ok()?;
    let (iv, text) = sealed.ciphertext.split_at_checked(BLOCK_BYTES)?;
    let mut text = text.to_vec();
    let context = DecryptionContext::Iv128(FixedLength::try_from(iv).ok()?);
    let padding = usize::from(*key.decrypt(&mut text, context).ok()?.last()?);
    let plain_bytes = text.len().checked_sub(padding)?;
    if !(1..=BLOCK_BYTES).contains(&padding) {
        return None;
    }
    text.truncate(plain_bytes);
    Some(text)
}
