//! All keys of the hub, opened.

use super::make::{ES256, PURPOSES, ROOT, RS256, SAML, make, seal_purpose};
use super::{CertNames, KeyError, MasterKey, OidcKey};
use aws_lc_rs::hmac;
use model::{Moment, ReaderId, ServiceId};
use serde_json::{Value, json};
use std::fmt;
use store::{Durable, KeyRow};

/// The keys of the hub: for SAML, for ID tokens, and the root of all symmetric ones.
///
/// Every process of the installation holds the same ones.
pub struct KeyRing {
    saml: saml::SigningKey,
    earlier_saml: Vec<saml::SigningKey>,
    oidc: Vec<OidcKey>,
    jwks: Value,
    root: hmac::Key,
    pairwise: hmac::Key,
    client_secret: hmac::Key,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing(***)")
    }
}

impl KeyRing {
    /// Opens the keys in the store, making what is missing.
    ///
    /// Of several processes that start at once, one makes each key and the
    /// others take it.
    pub async fn open(
        durable: &Durable,
        master: &MasterKey,
        moment: &Moment,
        names: &CertNames,
    ) -> Result<Self, KeyError> {
        let mut rows = durable.keys().await?;
        let missing = |rows: &[KeyRow], purpose: &str| !rows.iter().any(|r| r.purpose == purpose);
        let mut has_made = false;
        for purpose in PURPOSES {
            if missing(&rows, purpose) {
                let row = make(purpose, master, moment, names)?;
                // False: another process was first, and its key counts.
                durable.insert_key(&row).await?;
                has_made = true;
            }
        }
        if has_made {
            rows = durable.keys().await?;
        }
        Self::of(rows, master)
    }

    /// The key that signs SAML messages.
    pub fn saml(&self) -> &saml::SigningKey {
        &self.saml
    }

    /// Certificates for the hub's metadata, DER, the one in use first.
    pub fn saml_certificates(&self) -> Vec<&[u8]> {
        let all = std::iter::once(&self.saml).chain(&self.earlier_saml);
        all.map(saml::SigningKey::certificate).collect()
    }

    /// The key that signs ID tokens by `ES256` or `RS256`; `None` for any other name.
    pub fn oidc(&self, alg: &str) -> Option<&OidcKey> {
        self.oidc.iter().find(|key| key.jwk().get("alg").and_then(Value::as_str) == Some(alg))
    }

    /// The public keys, as a JWK set (RFC 7517 section 5).
    pub fn jwks(&self) -> &Value {
        &self.jwks
    }

    /// A key of its own for `purpose`: HKDF-SHA256 of the root secret (RFC 5869).
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        derive(&self.root, purpose)
    }

    /// HMAC-SHA256 of `data` under the key of `purpose`.
    pub fn mac(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        tag(&mac_key(&self.root, purpose), &[data])
    }

    /// The name of a reader at one sector: stable for ever, unlike at any other.
    ///
    /// 160 bits as 32 characters of a-z and 2-7, so that systems which fold
    /// case keep readers apart (OpenID Connect Core 8.1; pairwise-id, SAML
    /// Subject Identifier Attributes 3.4).
    pub fn pairwise(&self, reader: &ReaderId, sector: &str) -> String {
        base32(tag(&self.pairwise, &[sector.as_bytes(), reader.as_str().as_bytes()]))
    }

    /// What is kept of a client secret: it can be compared, not read back (rule 10).
    pub fn client_secret_mac(&self, service: &ServiceId, secret: &str) -> [u8; 32] {
        tag(&self.client_secret, &[service.as_str().as_bytes(), secret.as_bytes()])
    }

    fn of(mut rows: Vec<KeyRow>, master: &MasterKey) -> Result<Self, KeyError> {
        // The newest of each purpose is the one in use.
        rows.sort_by_key(|row| std::cmp::Reverse(row.generation));
        let (mut saml, mut oidc, mut root) = (Vec::new(), Vec::new(), None);
        for row in &rows {
            let sealed_for = seal_purpose(&row.purpose, row.generation, &row.id);
            let secret = master.open(&sealed_for, &row.sealed)?;
            match row.purpose.as_str() {
                SAML => saml.push(
                    saml::SigningKey::from_pkcs8(&secret, &row.public)
                        .map_err(|e| KeyError::broken("the SAML key cannot be read", e))?,
                ),
                ES256 => oidc.push(OidcKey::es256(&secret)?),
                RS256 => oidc.push(OidcKey::rs256(&secret)?),
                ROOT if root.is_none() => root = Some(extract(&secret)),
                _ => {}
            }
        }
        let lost = |what: &str| KeyError::Broken(format!("the store holds no {what}"));
        let root = root.ok_or_else(|| lost("root secret"))?;
        let mut saml = saml.into_iter();
        let current = saml.next().ok_or_else(|| lost("SAML key"))?;
        let jwks = json!({ "keys": oidc.iter().map(OidcKey::jwk).collect::<Vec<_>>() });
        let pairwise = mac_key(&root, "pairwise");
        let client_secret = mac_key(&root, "client-secret");
        let earlier_saml = saml.collect();
        Ok(Self { saml: current, earlier_saml, oidc, jwks, root, pairwise, client_secret })
    }
}

/// RFC 5869 section 2.2.
fn extract(secret: &[u8]) -> hmac::Key {
    let salt = hmac::Key::new(hmac::HMAC_SHA256, b"readerpass root 1");
    hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&salt, secret).as_ref())
}

/// RFC 5869 section 2.3 for one block, written out because it cannot fail.
fn derive(root: &hmac::Key, purpose: &str) -> [u8; 32] {
    let mut context = hmac::Context::with_key(root);
    context.update(purpose.as_bytes());
    context.update(&[1]);
    bytes(&context.sign())
}

fn mac_key(root: &hmac::Key, purpose: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &derive(root, &format!("mac/{purpose}")))
}

/// The parts, each after its length, so that no two lists of parts give the same bytes.
fn tag(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part);
    }
    bytes(&context.sign())
}

fn bytes(tag: &hmac::Tag) -> [u8; 32] {
    let mut out = [0; 32];
    out.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
    out
}

/// The first 160 bits in RFC 4648 base32, lower case.
fn base32(mac: [u8; 32]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut text = String::with_capacity(32);
    for group in mac.chunks_exact(5).take(4) {
        let bits = group.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
        for place in (0..8).rev() {
            let symbol = usize::try_from(bits >> (5 * place) & 31).unwrap_or(0);
            text.push(ALPHABET.get(symbol).copied().map_or('a', char::from));
        }
    }
    text
}
