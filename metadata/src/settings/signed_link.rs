//! The settings of a `signed_link` connector.

use super::{Reader, SettingFault};
use model::ConnectorEntry;

const KEY: &str = "name the file with the library's public key (public_key), or with the secret \
                   that both have (secret_file)";
const START: &str = "write the whole address of the library's own page that answers with a link, \
                     or remove it";

/// How a library's own page hands its readers over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedLinkSettings {
    /// Where a reader who chose the library here is sent; the service is added as `target`.
    pub start: Option<String>,
}

impl SignedLinkSettings {
    /// The reader's key, as `attributes` calls it.
    pub const SUBJECT: &'static str = "sub";
    /// Settings that name a file with a public key: two, so that they can be changed.
    pub const PUBLIC_KEYS: [&'static str; 2] = ["public_key", "next_public_key"];
    /// Settings that name a file with a secret.
    pub const SECRETS: [&'static str; 2] = ["secret_file", "next_secret_file"];

    /// Reads the entry; every fault names its key and the remedy.
    ///
    /// # Errors
    /// What is missing or cannot be used.
    pub fn of(entry: &ConnectorEntry) -> Result<Self, Vec<SettingFault>> {
        let mut read = Reader::of(entry);
        let mut keys = 0;
        for key in Self::PUBLIC_KEYS.into_iter().chain(Self::SECRETS) {
            keys += usize::from(read.text(key, KEY).is_some());
        }
        if keys == 0 && read.faults.is_empty() {
            read.fault("public_key", "no key by which a link could be believed", KEY);
        }
        let start = read.address("start", START).map(str::to_owned);
        if read.faults.is_empty() { Ok(Self { start }) } else { Err(read.faults) }
    }
}
