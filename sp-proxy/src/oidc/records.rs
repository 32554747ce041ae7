//! What a code and an access token stand for, between the endpoints.
//!
//! A record lies in the shared store under a hash of its code or token and is
//! sealed under a key made from it: who reads the store can neither present
//! the code nor learn the session that it leads to.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use login::Grant;
use model::ServiceId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

/// A code lives this long: it goes straight from the browser to the client.
pub(crate) const CODE_LIFE_S: i64 = 60;
/// An access token lives this long: it is good for userinfo alone.
pub(crate) const TOKEN_LIFE_S: i64 = 600;

/// What an authorization code stands for.
#[derive(Serialize, Deserialize)]
pub(crate) struct CodeRecord {
    /// The service that asked.
    pub(crate) service: ServiceId,
    /// Its client.
    pub(crate) client_id: String,
    /// Where the code was sent.
    pub(crate) redirect_uri: String,
    /// PKCE, S256.
    pub(crate) code_challenge: String,
    /// For the ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
    /// The login that it goes on from.
    pub(crate) grant: Grant,
}

/// What an access token stands for.
#[derive(Serialize, Deserialize)]
pub(crate) struct TokenRecord {
    /// The service that it was issued to.
    pub(crate) service: ServiceId,
    /// The login that it goes on from.
    pub(crate) grant: Grant,
    /// Hash of the code that it was redeemed for: a second use of that code ends it.
    pub(crate) code: String,
}

/// A code or token as its holder presents it: 256 random bits and a tag that
/// only this hub can make, so that guesses never reach the store.
pub(crate) struct Bearer(String);

const RANDOM_LENGTH: usize = 43;
const TAG_LENGTH: usize = 22;

impl Bearer {
    /// Makes a new one from fresh randomness; `mac` is the hub's, for this purpose.
    pub(crate) fn mint(random: String, mac: impl Fn(&[u8]) -> [u8; 32]) -> Self {
        let tag = tag(&random, mac);
        Self(random + &tag)
    }

    /// Reads one that was presented; `None` where this hub never made it.
    pub(crate) fn read(text: &str, mac: impl Fn(&[u8]) -> [u8; 32]) -> Option<Self> {
        if text.len() != RANDOM_LENGTH + TAG_LENGTH {
            return None;
        }
        let random = text.get(..RANDOM_LENGTH)?;
        let sent = text.get(RANDOM_LENGTH..)?;
        bool::from(sent.as_bytes().ct_eq(tag(random, mac).as_bytes()))
            .then(|| Self(text.to_owned()))
    }

    /// What its holder carries.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of its record.
    pub(crate) fn hash(&self) -> String {
        let digest = digest::digest(&digest::SHA256, self.0.as_bytes());
        URL_SAFE_NO_PAD.encode(digest.as_ref())
    }

    /// Seals its record.
    pub(crate) fn seal<T: Serialize>(&self, record: &T) -> Option<Vec<u8>> {
        let mut buffer = serde_json::to_vec(record).ok()?;
        self.key()?.seal_in_place_append_tag(nonce(), Aad::empty(), &mut buffer).ok()?;
        Some(buffer)
    }

    /// Opens its record.
    pub(crate) fn open<T: DeserializeOwned>(&self, mut sealed: Vec<u8>) -> Option<T> {
        let plain = self.key()?.open_in_place(nonce(), Aad::empty(), &mut sealed).ok()?;
        serde_json::from_slice(plain).ok()
    }

    fn key(&self) -> Option<LessSafeKey> {
        let material = format!("readerpass record key\n{}", self.0);
        let digest = digest::digest(&digest::SHA256, material.as_bytes());
        UnboundKey::new(&AES_256_GCM, digest.as_ref()).ok().map(LessSafeKey::new)
    }
}

/// Every key seals one record only, so its nonce never repeats.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

fn tag(random: &str, mac: impl Fn(&[u8]) -> [u8; 32]) -> String {
    let mac = mac(random.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.get(..16).unwrap_or_default())
}
