//! Secrets of others that the hub must send one day.

use super::KeyRing;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

const NONCE_BYTES: usize = 12;

impl KeyRing {
    /// Seals a secret that is sent, not only compared (rule 10): a copy of the store opens nothing.
    ///
    /// AES-256-GCM under a key of the root. The nonce is a MAC of purpose and secret, so that the
    /// same secret gives the same text (an `apply` that changes nothing writes nothing) and no
    /// nonce ever stands for two texts. `None`: the machine's cryptography failed.
    pub fn seal_secret(&self, purpose: &str, secret: &str) -> Option<String> {
        let length = u64::try_from(purpose.len()).ok()?.to_be_bytes();
        let named = Zeroizing::new([&length[..], purpose.as_bytes(), secret.as_bytes()].concat());
        let nonce: [u8; NONCE_BYTES] = *self.mac("sealed secret nonce", &named).first_chunk()?;
        let mut text = Zeroizing::new(secret.as_bytes().to_vec());
        let aad = Aad::from(purpose.as_bytes());
        let sealing = self.sealing_key()?;
        let unique = Nonce::assume_unique_for_key(nonce);
        let tag = sealing.seal_in_place_separate_tag(unique, aad, &mut text).ok()?;
        Some(URL_SAFE_NO_PAD.encode([&nonce[..], &text, tag.as_ref()].concat()))
    }

    /// Opens what was sealed for that purpose under these keys; anything else gives nothing.
    pub fn open_secret(&self, purpose: &str, sealed: &str) -> Option<Zeroizing<String>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, text) = bytes.split_at_checked(NONCE_BYTES)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = Zeroizing::new(text.to_vec());
        let aad = Aad::from(purpose.as_bytes());
        let plain = self.sealing_key()?.open_in_place(nonce, aad, &mut text).ok()?;
        std::str::from_utf8(plain).ok().map(|secret| Zeroizing::new(secret.to_owned()))
    }

    fn sealing_key(&self) -> Option<LessSafeKey> {
        let key = Zeroizing::new(self.derive("sealed secrets"));
        UnboundKey::new(&AES_256_GCM, key.as_slice()).ok().map(LessSafeKey::new)
    }
}
