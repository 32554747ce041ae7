//! The configuration file, its environment, and nothing unchecked past this point.

use ipnet::IpNet;
use metadata::PublicUrl;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

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
    /// The master key.
    pub master_key_file: PathBuf,
    /// Address of the durable store; `None`: embedded.
    pub durable: Option<String>,
    /// Address of the shared store; `None`: embedded.
    pub shared: Option<String>,
    /// Certificates of further authorities for outbound requests, PEM.
    pub outbound_ca_file: Option<PathBuf>,
    /// Private networks that outbound requests may reach nevertheless.
    pub outbound_networks: Vec<IpNet>,
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
    master_key_file: Option<PathBuf>,
    outbound_ca_file: Option<PathBuf>,
    #[serde(default)]
    outbound_networks: Vec<String>,
    #[serde(default)]
    store: RawStore,
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
        let mut table: Table = toml::from_str(&text)
            .map_err(|e| ConfigError::Malformed { file: file.clone(), why: e.to_string() })?;
        let mut file = file;
        for (name, value) in environment {
            if let Some(key) = name.strip_prefix("READERPASS_") {
                lay_over(&mut table, key, &value);
                // A fault may lie in either: both are named.
                file = format!("{file} with {name}");
            }
        }
        let raw: Raw = Value::Table(table).try_into().map_err(|e: toml::de::Error| {
            ConfigError::Malformed { file: file.clone(), why: e.to_string() }
        })?;
        let folder = path.parent().unwrap_or_else(|| Path::new("")).to_owned();
        raw.checked(&file, &folder)
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
        let outbound_networks = networks("outbound_networks", &self.outbound_networks)?;
        let data_dir = folder.join(self.data_dir);
        let master_key_file =
            self.master_key_file.map_or_else(|| data_dir.join("master.key"), |p| folder.join(p));
        Ok(Config {
            public_url,
            listen: self.listen,
            tls: self.tls.map(|t| TlsFiles { cert: folder.join(t.cert), key: folder.join(t.key) }),
            trusted_proxies,
            master_key_file,
            outbound_ca_file: self.outbound_ca_file.map(|p| folder.join(p)),
            outbound_networks,
            durable: self.store.durable,
            shared: self.store.shared,
            data_dir,
        })
    }
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
