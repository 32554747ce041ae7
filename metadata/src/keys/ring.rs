//! All keys of the hub, kept up to date.

use super::make::{Slot, make, seal_purpose};
use super::{CertNames, KeyError, KeyPurpose, KeySet, MasterKey, life};
use arc_swap::ArcSwap;
use aws_lc_rs::hmac;
use model::{Clock, Moment, ReaderId, ServiceId, Timestamp};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use store::{Durable, KeyRow};
use tokio::sync::Mutex;

/// The keys of the hub: for SAML, for ID tokens, and the root of all symmetric ones.
///
/// Every process of the installation holds the same ones. What signs and what is published
/// is swapped whole ([`KeyRing::refresh`]); the root never changes, for readers are named by it.
pub struct KeyRing {
    pub(super) durable: Durable,
    pub(super) master: MasterKey,
    current: ArcSwap<KeySet>,
    /// One refresh at a time, or a slow one could put older keys back.
    refreshing: Mutex<()>,
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
        let is_missing = |rows: &[KeyRow], purpose| life::next_generation(rows, purpose) == 1;
        let mut has_made = false;
        for purpose in KeyPurpose::ALL {
            if is_missing(&rows, purpose) {
                // A first key is known to nobody: there is nothing to wait for.
                let slot = Slot { purpose, generation: 1, use_from: moment.now };
                let row = make(slot, master, moment, names)?;
                // False: another process was first, and its key counts.
                durable.insert_key(&row).await?;
                has_made = true;
            }
        }
        if has_made {
            rows = durable.keys().await?;
        }
        let root = root(&rows, master, moment.now)?;
        let (pairwise, client_secret) =
            (mac_key(&root, "pairwise"), mac_key(&root, "client-secret"));
        let current = ArcSwap::from_pointee(KeySet::open(rows, master, moment.now)?);
        let (durable, master) = (Arc::clone(durable), master.clone());
        let refreshing = Mutex::new(());
        Ok(Self { durable, master, current, refreshing, root, pairwise, client_secret })
    }

    /// What is published and what signs; hold it for the whole of one answer.
    pub fn current(&self) -> Arc<KeySet> {
        self.current.load_full()
    }

    /// Takes up what was made, given up or has come into use since; true where there was any.
    ///
    /// What cannot be opened is an error, and the keys in force stay (rule 8). A store that
    /// does not answer keeps no key from coming into use at its time.
    pub async fn refresh(&self, now: Timestamp) -> Result<bool, KeyError> {
        let _alone = self.refreshing.lock().await;
        let in_force = self.current.load_full();
        let (rows, fault) = match self.durable.keys().await {
            Ok(rows) => (rows, None),
            Err(fault) => (in_force.rows().to_vec(), Some(fault)),
        };
        let is_new = !in_force.is_of(&rows, now);
        if is_new {
            self.current.store(Arc::new(KeySet::open(rows, &self.master, now)?));
        }
        fault.map_or(Ok(is_new), |fault| Err(fault.into()))
    }

    /// Looks for changes for ever; each kind of trouble is logged once.
    pub async fn watch(self: Arc<Self>, clock: Arc<dyn Clock>, every: Duration) {
        let mut said = String::new();
        loop {
            tokio::time::sleep(every).await;
            let trouble = match self.refresh(clock.now()).await {
                Ok(is_new) => {
                    if is_new {
                        tracing::info!("the keys that are published or used have changed");
                    }
                    String::new()
                }
                Err(error) => error.to_string(),
            };
            if trouble != said && !trouble.is_empty() {
                tracing::error!(error = %trouble, "the keys in force stay");
            }
            said = trouble;
        }
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
}

fn root(rows: &[KeyRow], master: &MasterKey, now: Timestamp) -> Result<hmac::Key, KeyError> {
    let row = life::in_use(rows, KeyPurpose::Root, now)
        .ok_or_else(|| KeyError::Broken("the store holds no root secret".to_owned()))?;
    let secret =
        master.open(&seal_purpose(KeyPurpose::Root, row.generation, &row.id), &row.sealed)?;
    Ok(extract(&secret))
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
