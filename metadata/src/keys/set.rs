//! The keys that are published and used, at one moment.

use super::life::{self, KeyState};
use super::make::seal_purpose;
use super::{KeyError, KeyPurpose, MasterKey, OidcKey};
use model::Timestamp;
use saml::{DecryptingKey, SigningKey};
use serde_json::{Value, json};
use std::fmt;
use store::KeyRow;

/// What is published and what signs at one moment: immutable, so that whoever holds it
/// signs with nothing that it does not publish.
pub struct KeySet {
    rows: Vec<KeyRow>,
    states: Vec<KeyState>,
    saml: Held<SigningKey>,
    decryption: Vec<DecryptingKey>,
    es256: Held<OidcKey>,
    rs256: Held<OidcKey>,
    jwks: Value,
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeySet(***)")
    }
}

impl KeySet {
    /// The key that signs SAML messages.
    pub fn saml(&self) -> &SigningKey {
        &self.saml.used
    }

    /// Certificates for the hub's metadata, DER: the one in use first, for peers that read one
    /// alone, then the others by age.
    pub fn saml_certificates(&self) -> Vec<&[u8]> {
        self.saml.all().map(SigningKey::certificate).collect()
    }

    /// The keys to which members encrypt, the one that is published first.
    pub fn saml_decryption(&self) -> &[DecryptingKey] {
        &self.decryption
    }

    /// The certificate of the one that is published: what members are to encrypt to, DER.
    ///
    /// One alone: of two, senders would take either, and the older could never be withdrawn.
    pub fn saml_encryption_certificates(&self) -> Vec<&[u8]> {
        self.decryption.iter().take(1).map(DecryptingKey::certificate).collect()
    }

    /// The key that signs ID tokens by `ES256` or `RS256`; `None` for any other name.
    pub fn oidc(&self, alg: &str) -> Option<&OidcKey> {
        match alg {
            "ES256" => Some(&self.es256.used),
            "RS256" => Some(&self.rs256.used),
            _ => None,
        }
    }

    /// The public keys, as a JWK set (RFC 7517 section 5): of each algorithm the one in use
    /// first, for clients that read one alone, then the others by age.
    pub fn jwks(&self) -> &Value {
        &self.jwks
    }

    /// Opens the keys in `rows` that are not given up, as they stand `now`.
    pub(super) fn open(
        rows: Vec<KeyRow>,
        master: &MasterKey,
        now: Timestamp,
    ) -> Result<Self, KeyError> {
        let at = Opening { rows: &rows, master, now };
        let unread = |what| move |e| KeyError::broken(what, e);
        let saml = at.held(KeyPurpose::Saml, |secret, row| {
            SigningKey::from_pkcs8(secret, &row.public)
                .map_err(unread("the SAML key cannot be read"))
        })?;
        let decryption = at.held(KeyPurpose::SamlEncryption, |secret, row| {
            DecryptingKey::from_pkcs8(secret, &row.public)
                .map_err(unread("the decryption key cannot be read"))
        })?;
        let es256 = at.held(KeyPurpose::OidcEs256, |secret, _| OidcKey::es256(secret))?;
        let rs256 = at.held(KeyPurpose::OidcRs256, |secret, _| OidcKey::rs256(secret))?;
        let published: Vec<_> = es256.all().chain(rs256.all()).map(OidcKey::jwk).collect();
        let jwks = json!({ "keys": published });
        let states = states(&rows, now);
        let decryption = std::iter::once(decryption.used).chain(decryption.others).collect();
        Ok(Self { rows, states, saml, decryption, es256, rs256, jwks })
    }

    /// Whether these rows, as they stand `now`, are what this was made of.
    pub(super) fn is_of(&self, rows: &[KeyRow], now: Timestamp) -> bool {
        self.rows == rows && self.states == states(rows, now)
    }

    pub(super) fn rows(&self) -> &[KeyRow] {
        &self.rows
    }
}

fn states(rows: &[KeyRow], now: Timestamp) -> Vec<KeyState> {
    rows.iter().map(|row| life::state(rows, row, now)).collect()
}

/// The keys of one purpose.
struct Held<T> {
    used: T,
    /// Published as well: ahead, or since the next took their place.
    others: Vec<T>,
}

impl<T> Held<T> {
    fn all(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.used).chain(&self.others)
    }
}

struct Opening<'a> {
    rows: &'a [KeyRow],
    master: &'a MasterKey,
    now: Timestamp,
}

impl Opening<'_> {
    fn held<T>(
        &self,
        purpose: KeyPurpose,
        read: impl Fn(&[u8], &KeyRow) -> Result<T, KeyError>,
    ) -> Result<Held<T>, KeyError> {
        let open = |row: &KeyRow| {
            let secret =
                self.master.open(&seal_purpose(purpose, row.generation, &row.id), &row.sealed)?;
            read(&secret, row)
        };
        let used = life::in_use(self.rows, purpose, self.now)
            .ok_or_else(|| KeyError::Broken(format!("the store holds no key for {purpose}")))?;
        let others = life::live(self.rows, purpose).filter(|row| row.id != used.id);
        Ok(Held { others: others.map(open).collect::<Result<_, _>>()?, used: open(used)? })
    }
}
