//! An installation: configuration, stores, keys, registry, opened together.

use crate::config::Config;
use crate::outside::{Stopwatch, SystemClock, system_entropy};
use crate::running::Running;
use accounts::Accounts;
use metadata::{CertNames, HttpClient, HttpSettings, KeyRing, MasterKey, Registry};
use model::{Clock, Entropy, Moment};
use saml::SecondOpinion;
use std::os::unix::fs::DirBuilderExt as _;
use std::sync::Arc;
use store::{Durable, Operations, Shared, StoreConfig};

/// Everything that a command or the server acts on.
pub struct Installation {
    /// Its configuration.
    pub config: Config,
    /// Durable tables.
    pub durable: Durable,
    /// The shared short-lived store.
    pub shared: Shared,
    /// What both stores were asked for, and how long that took.
    pub operations: Operations,
    /// Keys.
    pub keys: Arc<KeyRing>,
    /// The trust registry.
    pub registry: Registry,
    /// Central accounts.
    pub accounts: Accounts,
    /// The one outbound client.
    pub http: HttpClient,
    /// Who reads SAML answers a second time, where the configuration names one.
    pub second_opinion: Option<Arc<dyn SecondOpinion>>,
    /// The clock it runs by.
    pub clock: Arc<dyn Clock>,
    /// Its source of chance.
    pub entropy: Entropy,
    /// What a running hub knows of itself.
    pub running: Arc<Running>,
}

/// Why an installation cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder.
    #[error("data_dir {0}: {1} — make the folder, or let its owner write to it")]
    Folder(String, std::io::Error),
    /// The master key of an installation that has one is not there.
    #[error(
        "master_key_file {0}: missing, and this installation's keys are sealed under it — bring it back from the backup, or give the key as READERPASS_MASTER_KEY or as the systemd credential readerpass-master-key"
    )]
    KeyLost(String),
    /// The data are another address's.
    #[error(
        "public_url {given:?}: the data in {folder} are of {kept:?}, and keys, metadata and the ids of readers are bound to that name — write `public_url = {kept:?}`, or name another data_dir, where a hub of the new name begins"
    )]
    Moved {
        /// The data folder.
        folder: String,
        /// The address that they were made under.
        kept: String,
        /// The address in the configuration.
        given: String,
    },
    /// A store.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// Keys.
    #[error(transparent)]
    Keys(#[from] metadata::KeyError),
    /// The registry.
    #[error(transparent)]
    Registry(#[from] metadata::RegistryError),
    /// The outbound client.
    #[error(transparent)]
    Http(#[from] metadata::HttpError),
    /// Certificates of further authorities.
    #[error("outbound_ca_file {0}: {1}")]
    Authorities(String, std::io::Error),
}

impl Installation {
    /// Opens with the machine's clock and randomness.
    ///
    /// # Errors
    /// [`OpenError`] names what is missing and the remedy.
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        Self::open_with(config, Arc::new(SystemClock), system_entropy()).await
    }

    /// Opens data that may have been made under another `public_url`, and keeps this one: for
    /// the demo, whose address changes with its port.
    ///
    /// # Errors
    /// As [`Installation::open`].
    pub(crate) async fn open_moved(config: Config) -> Result<Self, OpenError> {
        if config.has_installation() {
            let (durable, _) = stores(&config).await?;
            durable.replace_origin(config.public_url.as_str()).await?;
        }
        Self::open(config).await
    }

    /// Opens with a clock and a source of chance of the caller's.
    ///
    /// # Errors
    /// As [`Installation::open`].
    pub async fn open_with(
        config: Config,
        clock: Arc<dyn Clock>,
        entropy: Entropy,
    ) -> Result<Self, OpenError> {
        // Only its owner may look into a folder of accounts and keys.
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&config.data_dir)
            .map_err(|e| OpenError::Folder(config.data_dir.display().to_string(), e))?;
        let moment = Moment { now: clock.now(), entropy: entropy.clone() };
        let master = master_key(&config, &entropy)?;
        let (durable, shared) = stores(&config).await?;
        same_origin(&durable, &config).await?;
        let watch = Stopwatch::start();
        let (durable, shared, operations) =
            store::measured(durable, shared, move || watch.elapsed());
        let names = CertNames::of(&config.public_url);
        let keys = Arc::new(KeyRing::open(&durable, &master, &moment, &names).await?);
        let registry = Registry::open(durable.clone(), config.public_url.clone()).await?;
        let pepper = keys.derive("accounts/pepper");
        let accounts = Accounts::new(durable.clone(), shared.clone(), pepper)
            .with_passkeys(config.public_url.as_str());
        let running = Arc::new(Running::default());
        let http = HttpClient::new(&http_settings(&config)?)?;
        let second_opinion = crate::second_opinion::of(&config);
        Ok(Self {
            config,
            durable,
            shared,
            operations,
            keys,
            registry,
            accounts,
            http,
            second_opinion,
            clock,
            entropy,
            running,
        })
    }

    /// The moment now.
    pub fn moment(&self) -> Moment {
        Moment { now: self.clock.now(), entropy: self.entropy.clone() }
    }
}

/// Keeps the address at the first start; afterwards another one is refused, before a key or a
/// reader's id is made under it.
async fn same_origin(durable: &Durable, config: &Config) -> Result<(), OpenError> {
    let given = config.public_url.as_str();
    let kept = durable.keep_origin(given).await?;
    if kept == given {
        return Ok(());
    }
    let folder = config.data_dir.display().to_string();
    Err(OpenError::Moved { folder, kept, given: given.to_owned() })
}

/// Both stores of the data folder.
pub(crate) async fn stores(config: &Config) -> Result<(Durable, Shared), OpenError> {
    let at = StoreConfig {
        data_dir: config.data_dir.clone(),
        durable: config.durable.clone(),
        shared: config.shared.clone(),
    };
    Ok(store::open(&at).await?)
}

/// The master key: given, or in its file, which is made only where nothing is sealed yet.
pub(crate) fn master_key(config: &Config, entropy: &Entropy) -> Result<MasterKey, OpenError> {
    if let Some(given) = &config.master_key {
        return Ok(given.clone());
    }
    if !config.master_key_file.exists() && config.has_installation() {
        return Err(OpenError::KeyLost(config.master_key_file.display().to_string()));
    }
    Ok(MasterKey::load_or_create(&config.master_key_file, entropy)?)
}

fn http_settings(config: &Config) -> Result<HttpSettings, OpenError> {
    let extra_ca_pem = config
        .outbound_ca_file
        .as_ref()
        .map(|path| {
            std::fs::read(path).map_err(|e| OpenError::Authorities(path.display().to_string(), e))
        })
        .transpose()?;
    Ok(HttpSettings {
        hub_on_loopback: config.public_url.is_loopback(),
        private_networks: config.outbound_networks.clone(),
        extra_ca_pem,
    })
}
