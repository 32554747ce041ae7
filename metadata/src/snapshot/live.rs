//! The snapshot in force, kept up to date.

use super::Snapshot;
use crate::registry::{Content, refresh};
use crate::{Fault, HttpClient, PublicUrl, RemoteOutcome};
use arc_swap::ArcSwap;
use model::{Clock, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::{Durable, StoreError, StoredRegistry};
use tokio::sync::Mutex;

/// Why a registry cannot be used; the one in force stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A version in the store cannot be read by this program.
    #[error("registry version {version} cannot be used: {why}")]
    Unusable {
        /// The version.
        version: u64,
        /// Why.
        why: String,
    },
}

/// The registry in force, cheap to clone.
#[derive(Clone)]
pub struct Registry(Arc<Live>);

struct Live {
    durable: Durable,
    public_url: PublicUrl,
    current: ArcSwap<Snapshot>,
    /// The newest version found unusable; it is not tried again.
    unusable: AtomicU64,
    /// One refresh at a time, or a slow one could put an older version back.
    refreshing: Mutex<()>,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("current", &self.current()).finish_non_exhaustive()
    }
}

impl Registry {
    /// Opens the registry of a store; one that nothing was applied to is empty.
    pub async fn open(durable: Durable, public_url: PublicUrl) -> Result<Self, RegistryError> {
        let snapshot = match durable.load_registry().await? {
            Some(stored) => snapshot(stored, &public_url)?,
            None => empty(&public_url)?,
        };
        let current = ArcSwap::from_pointee(snapshot);
        let (unusable, refreshing) = (AtomicU64::new(0), Mutex::new(()));
        Ok(Self(Arc::new(Live { durable, public_url, current, unusable, refreshing })))
    }

    /// The snapshot in force; hold it for the whole of one request.
    pub fn current(&self) -> Arc<Snapshot> {
        self.0.current.load_full()
    }

    /// Takes up a newer version, whole; true where there was one.
    ///
    /// A version that cannot be used is an error once and is then passed
    /// over; the good one stays in force (rule 8).
    pub async fn refresh(&self) -> Result<bool, RegistryError> {
        let live = &self.0;
        let _alone = live.refreshing.lock().await;
        let version = live.durable.registry_version().await?;
        let is_known = version == live.current.load().version;
        if is_known || version == live.unusable.load(Ordering::Acquire) {
            return Ok(false);
        }
        let Some(stored) = live.durable.load_registry().await? else { return Ok(false) };
        let newest = stored.version;
        match snapshot(stored, &live.public_url) {
            Ok(next) => {
                live.current.store(Arc::new(next));
                Ok(true)
            }
            Err(error) => {
                live.unusable.store(newest, Ordering::Release);
                Err(error)
            }
        }
    }

    /// Looks for a newer version for ever; each kind of trouble is logged once.
    pub async fn watch(self, every: Duration) {
        let mut is_down = false;
        loop {
            tokio::time::sleep(every).await;
            match self.refresh().await {
                Ok(is_new) => {
                    if is_new {
                        tracing::info!(
                            version = self.current().version(),
                            "a new registry is in force"
                        );
                    }
                    is_down = false;
                }
                Err(RegistryError::Store(cause)) => {
                    if !is_down {
                        tracing::error!(%cause, "the registry's version cannot be read");
                    }
                    is_down = true;
                }
                Err(error) => {
                    tracing::error!(%error, "the registry in force stays");
                }
            }
        }
    }

    /// Fetches metadata and keys that lie elsewhere anew, and puts what is new and good in force.
    ///
    /// What fails, has expired, names another entity or is older than the
    /// copy held changes nothing (rule 8; P1 to P3).
    pub async fn refresh_remote(
        &self,
        http: &HttpClient,
        now: Timestamp,
    ) -> Result<Vec<RemoteOutcome>, RegistryError> {
        let Some(stored) = self.0.durable.load_registry().await? else { return Ok(Vec::new()) };
        let mut content = decoded(&stored)?;
        let outcomes = refresh(&mut content, http, now).await;
        if outcomes.iter().any(|o| o.changed == Ok(true)) {
            let encoded = content.encode().map_err(StoreError::Corrupt)?;
            match self.0.durable.swap_registry(stored.version, &encoded, now).await {
                // Another node or an operator was faster: what they wrote counts until next time.
                Ok(_) | Err(StoreError::Conflict) => {}
                Err(e) => return Err(e.into()),
            }
            self.refresh().await?;
        }
        Ok(outcomes)
    }

    /// Refreshes what lies elsewhere for ever; what fails is logged when it begins to.
    pub async fn watch_remote(self, http: HttpClient, clock: Arc<dyn Clock>, every: Duration) {
        let mut failing: Vec<RemoteOutcome> = Vec::new();
        loop {
            tokio::time::sleep(every).await;
            match self.refresh_remote(&http, clock.now()).await {
                Ok(outcomes) => {
                    let bad: Vec<_> = outcomes.into_iter().filter(|o| o.changed.is_err()).collect();
                    for outcome in bad.iter().filter(|o| !failing.contains(o)) {
                        let why = outcome.changed.as_ref().err().cloned().unwrap_or_default();
                        tracing::warn!(url = %outcome.url, %why, "a refresh failed");
                    }
                    failing = bad;
                }
                Err(error) => tracing::error!(%error, "documents elsewhere cannot be refreshed"),
            }
        }
    }
}

fn empty(public_url: &PublicUrl) -> Result<Snapshot, RegistryError> {
    Snapshot::build(Content::default(), 0, public_url).map_err(|f| unusable(0, &f))
}

fn snapshot(stored: StoredRegistry, public_url: &PublicUrl) -> Result<Snapshot, RegistryError> {
    let (version, content) = (stored.version, decoded(&stored)?);
    // Megabytes that need not stay while the snapshot is made.
    drop(stored);
    Snapshot::build(content, version, public_url).map_err(|faults| unusable(version, &faults))
}

fn decoded(stored: &StoredRegistry) -> Result<Content, RegistryError> {
    Content::decode(&stored.content)
        .map_err(|why| RegistryError::Unusable { version: stored.version, why })
}

fn unusable(version: u64, faults: &[Fault]) -> RegistryError {
    let why = faults.first().map(ToString::to_string).unwrap_or_default();
    RegistryError::Unusable { version, why }
}
