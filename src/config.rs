//! The configuration file, its environment, and nothing unchecked past this point.

mod master_key;
mod second_opinion;

pub use second_opinion::SecondOpinion;

use ipnet::IpNet;
use master_key::Given;
use metadata::{KeyError, MasterKey, PublicUrl};
use policy::plain;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::{Table, Value};

/// The longest drain: what stops us then ends us by force.
const MOST_DRAIN_S: u64 = 300;

/// A checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Issuer, entityID base, cookies: all from here.
    pub public_url: PublicUrl,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where its data lie.
    pub data_dir: PathBuf,
    /// Certificate and key for built-in TLS.
    pub tls: Option<TlsFiles>,
    /// Addresses whose forwarded headers count.
    pub trusted_proxies: Vec<IpNet>,
    /// Further addresses that `/metrics` answers; this machine always may.
    pub metrics_from: Vec<IpNet>,
    /// A port of its own for `/metrics`; the other one then answers `metrics_from` alone.
    pub metrics_listen: Option<SocketAddr>,
    /// The master key, where it is not given.
    pub master_key_file: PathBuf,
    /// The master key that the environment or systemd gave; the file is not looked at then.
    pub master_key: Option<MasterKey>,
    /// Address of the durable store; `None`: embedded.
    pub durable: Option<String>,
    /// Address of the shared store; `None`: embedded.
    pub shared: Option<String>,
    /// Certificates of further authorities for outbound requests, PEM.
    pub outbound_ca_file: Option<PathBuf>,
    /// Private networks that outbound requests may reach nevertheless.
    pub outbound_networks: Vec<IpNet>,
    /// Who reads SAML answers a second time; `None`: nobody.
    pub second_opinion: Option<SecondOpinion>,
    /// How long it goes on serving after SIGTERM, no longer ready.
    pub drain: Duration,
}

/// Files of built-in TLS.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// Certificate chain, PEM.
    pub cert: PathBuf,
    /// Private key, PEM.
    pub key: PathBuf,
}

/// What is wrong with the configuration, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(
        "{file}: {why} — name the right file with --config FILE, or start one: `public_url = \"https://login.example.org\"`"
    )]
    Unreadable {
        /// The file.
        file: String,
        /// The system's word.
        why: String,
    },
    /// The file is not TOML, or a key is unknown or of the wrong type.
    #[error("{file}: {why}")]
    Malformed {
        /// The file.
        file: String,
        /// What and where.
        why: String,
    },
    /// The master key that was given.
    #[error(transparent)]
    MasterKey(#[from] KeyError),
    /// A value is not acceptable.
    #[error("{file}: {key}: {why}")]
    Value {
        /// The file.
        file: String,
        /// The key path.
        key: &'static str,
        /// What and the remedy.
        why: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    public_url: String,
    #[serde(default = "default_listen")]
    listen: SocketAddr,
    #[serde(default = "default_data_dir")]
    data_dir: PathBuf,
    tls: Option<TlsFiles>,
    #[serde(default)]
    trusted_proxies: Vec<String>,
    #[serde(default)]
    metrics_from: Vec<String>,
    metrics_listen: Option<SocketAddr>,
    master_key_file: Option<PathBuf>,
    outbound_ca_file: Option<PathBuf>,
    #[serde(default)]
    outbound_networks: Vec<String>,
    #[serde(default = "default_drain_s")]
    drain_s: u64,
    #[serde(default)]
    store: RawStore,
    second_opinion: Option<second_opinion::Raw>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStore {
    durable: Option<String>,
    shared: Option<String>,
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

/// Longer than between two looks of a load balancer at `/readyz`, as they commonly come.
fn default_drain_s() -> u64 {
    5
}

fn default_data_dir() -> PathBuf {
    PathBuf::from("data")
}

impl Config {
    /// Whether an installation lies in the data folder: its durable store was made once.
    pub fn has_installation(&self) -> bool {
        self.data_dir.join("durable.db").exists()
    }

    /// Reads the file and lays the environment (`READERPASS_STORE__SHARED`) over it.
    ///
    /// Relative paths are taken from the file's own folder.
    ///
    /// # Errors
    /// [`ConfigError`] names file, key and remedy.
    pub fn read(
        path: &Path,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|e| ConfigError::Unreadable { file: file.clone(), why: e.to_string() })?;
        let mut table: Table = toml::from_str(&text).map_err(|e| {
            let before = e.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let why = format!("line {line}: {} — correct the TOML", e.message());
            ConfigError::Malformed { file: file.clone(), why }
        })?;
        let (mut file, mut given) = (file, Given::default());
        for (name, value) in environment {
            if given.takes(&name, &value) {
                continue;
            }
            if let Some(key) = name.strip_prefix("READERPASS_") {
                lay_over(&mut table, key, &value);
                // A fault may lie in either: both are named.
                file = format!("{file} with {name}");
            }
        }
        let raw: Raw = serde_path_to_error::deserialize(Value::Table(table)).map_err(|e| {
            let said = plain(e.inner().message());
            let key = said.key(&e.path().to_string());
            let why = format!("{key}: {} — {}", said.what, said.remedy(example(&key)));
            ConfigError::Malformed { file: file.clone(), why }
        })?;
        let folder = path.parent().unwrap_or_else(|| Path::new("")).to_owned();
        let config = raw.checked(&file, &folder)?;
        Ok(Config { master_key: given.key()?, ..config })
    }
}

impl Raw {
    fn checked(self, file: &str, folder: &Path) -> Result<Config, ConfigError> {
        let fault = |key, why: String| ConfigError::Value { file: file.to_owned(), key, why };
        let public_url =
            PublicUrl::parse(&self.public_url).map_err(|e| fault("public_url", e.to_string()))?;
        let networks = |key, texts: &[String]| {
            texts
                .iter()
                .map(|text| network(text).map_err(|why| fault(key, why)))
                .collect::<Result<Vec<_>, _>>()
        };
        let trusted_proxies = networks("trusted_proxies", &self.trusted_proxies)?;
        let metrics_from = networks("metrics_from", &self.metrics_from)?;
        let outbound_networks = networks("outbound_networks", &self.outbound_networks)?;
        if self.drain_s > MOST_DRAIN_S {
            let why = format!("more than {MOST_DRAIN_S} seconds — name fewer: \"drain_s = 5\"");
            return Err(fault("drain_s", why));
        }
        let second_opinion = self
            .second_opinion
            .map(|raw| raw.checked(folder, crate::second_opinion::IS_BUILT_IN))
            .transpose()
            .map_err(|(key, why)| fault(key, why))?;
        let data_dir = folder.join(self.data_dir);
        let master_key_file =
            self.master_key_file.map_or_else(|| data_dir.join("master.key"), |p| folder.join(p));
        Ok(Config {
            public_url,
            listen: self.listen,
            tls: self.tls.map(|t| TlsFiles { cert: folder.join(t.cert), key: folder.join(t.key) }),
            trusted_proxies,
            metrics_from,
            metrics_listen: self.metrics_listen,
            master_key_file,
            master_key: None,
            drain: Duration::from_secs(self.drain_s),
            outbound_ca_file: self.outbound_ca_file.map(|p| folder.join(p)),
            outbound_networks,
            durable: self.store.durable,
            shared: self.store.shared,
            second_opinion,
            data_dir,
        })
    }
}

/// How a key is written.
fn example(key: &str) -> Option<&'static str> {
    Some(match key.split(['[', '.']).next()? {
        "public_url" => "public_url = \"https://login.example.org\"",
        "listen" => "listen = \"127.0.0.1:8080\"",
        "data_dir" => "data_dir = \"data\"",
        "tls" => "tls = { cert = \"cert.pem\", key = \"key.pem\" }",
        "trusted_proxies" => "trusted_proxies = [\"10.0.0.1\"]",
        "metrics_from" => "metrics_from = [\"10.0.0.5\"]",
        "metrics_listen" => "metrics_listen = \"127.0.0.1:9464\"",
        "master_key_file" => "master_key_file = \"data/master.key\"",
        "outbound_ca_file" => "outbound_ca_file = \"ca.pem\"",
        "outbound_networks" => "outbound_networks = [\"10.1.0.0/16\"]",
        "drain_s" => "drain_s = 5",
        "second_opinion" => {
            "[second_opinion] with program = \"/usr/lib/readerpass/readerpass-second-opinion\" below it"
        }
        "store" => "[store] with shared = \"redis://127.0.0.1:6379\" below it",
        _ => return None,
    })
}

fn network(text: &str) -> Result<IpNet, String> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| format!("`{text}` is not an address or a network such as 192.0.2.0/24"))
}

/// Sets one key from the environment; `__` between levels. A value that reads
/// as TOML is taken as that, anything else as text.
fn lay_over(table: &mut Table, key: &str, value: &str) {
    let key = key.to_lowercase();
    let mut levels: Vec<&str> = key.split("__").collect();
    let Some(last) = levels.pop() else { return };
    let mut place = table;
    for level in levels {
        let next = place.entry(level.to_owned()).or_insert_with(|| Value::Table(Table::new()));
        let Value::Table(inner) = next else { return };
        place = inner;
    }
    let parsed = toml::from_str::<Table>(&format!("v = {value}"))
        .ok()
        .and_then(|mut t| t.remove("v"))
        .unwrap_or_else(|| Value::String(value.to_owned()));
    place.insert(last.to_owned(), parsed);
}

#[cfg(test)]
mod tests;
