//! The keys as an operator reads them: nothing here needs a key to open.

use super::life::{self, KeyState};
use super::make::seal_purpose;
use super::private::PrivateKey;
use super::{CertificateFacts, KeyPurpose, MasterKey};
use model::Timestamp;
use store::KeyRow;

/// What there is to say of one key; no private part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// What it is for.
    pub purpose: KeyPurpose,
    /// Its number in its purpose.
    pub generation: u32,
    /// Its name in the store.
    pub id: String,
    /// Its name in the JWK set.
    pub kid: Option<String>,
    /// `rsa-2048`, `p-256`, …; absent where it cannot be opened, or is no key pair.
    pub sort: Option<String>,
    /// Where it stands.
    pub state: KeyState,
    /// When it was made or imported, and published.
    pub created: Timestamp,
    /// When it came or comes into use.
    pub use_from: Timestamp,
    /// When the next took its place.
    pub superseded: Option<Timestamp>,
    /// When nothing that it made is looked at any more.
    pub retire_from: Option<Timestamp>,
    /// When it was given up.
    pub withdrawn: Option<Timestamp>,
    /// Its certificate.
    pub certificate: Option<CertificateFacts>,
    /// Whether the master key opens it; true of one that was given up, which holds nothing.
    pub opens: bool,
}

/// Everything that the store holds, by purpose and generation. Without a master key, or with
/// another than they were sealed under, it is told which keys do not open.
pub fn facts(rows: &[KeyRow], master: Option<&MasterKey>, now: Timestamp) -> Vec<KeyFacts> {
    // Of a purpose that only a later program knows nothing can be said.
    let known = |row: &KeyRow| Some((KeyPurpose::parse(&row.purpose)?, row.clone()));
    let mut all: Vec<_> = rows.iter().filter_map(known).collect();
    all.sort_by_key(|(purpose, row)| (*purpose, row.generation));
    all.into_iter().map(|(purpose, row)| fact(rows, purpose, &row, master, now)).collect()
}

fn fact(
    rows: &[KeyRow],
    purpose: KeyPurpose,
    row: &KeyRow,
    master: Option<&MasterKey>,
    now: Timestamp,
) -> KeyFacts {
    let key = master.and_then(|master| opened(row, master));
    let signs_tokens = matches!(purpose, KeyPurpose::OidcEs256 | KeyPurpose::OidcRs256);
    KeyFacts {
        purpose,
        generation: row.generation,
        id: row.id.clone(),
        kid: key.as_ref().filter(|_| signs_tokens).and_then(PrivateKey::thumbprint),
        sort: key.as_ref().map(|key| key.sort.to_string()),
        state: life::state(rows, row, now),
        created: row.created,
        use_from: row.use_from,
        superseded: life::superseded(rows, row, now).filter(|_| row.withdrawn.is_none()),
        retire_from: retire_from(rows, row, now).filter(|_| row.withdrawn.is_none()),
        withdrawn: row.withdrawn,
        certificate: CertificateFacts::of(&row.public),
        opens: row.withdrawn.is_some() || master.is_some_and(|m| unsealed(row, m).is_some()),
    }
}

/// When nothing that a key made is looked at any more; `None` while no other took its place.
pub(super) fn retire_from(rows: &[KeyRow], row: &KeyRow, now: Timestamp) -> Option<Timestamp> {
    let lives_s = KeyPurpose::parse(&row.purpose)?.lives_s();
    life::superseded(rows, row, now).map(|at| at.plus_s(lives_s))
}

/// The private key of a row, where it is a key pair and opens.
pub(super) fn opened(row: &KeyRow, master: &MasterKey) -> Option<PrivateKey> {
    if row.purpose == KeyPurpose::Root.as_str() {
        return None;
    }
    PrivateKey::from_pkcs8(&unsealed(row, master)?).ok()
}

fn unsealed(row: &KeyRow, master: &MasterKey) -> Option<zeroize::Zeroizing<Vec<u8>>> {
    let purpose = KeyPurpose::parse(&row.purpose)?;
    master.open(&seal_purpose(purpose, row.generation, &row.id), &row.sealed).ok()
}
