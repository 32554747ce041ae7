//! Durable tables, the shared short-lived store, audit log and trace ring.
//!
//! ```text
//!             Durable                             Shared
//!   registry accounts suspensions     one-use parked counters sessions trace troubles
//!   bindings keys audit backup                 │
//!        │                            ┌────────┴────────┐
//!   SQLite, FULL                 SQLite, NORMAL       Redis
//!   durable.db                   shared.db            rp:…
//! ```
//!
//! A value that works once is used up in one atomic step of the engine, so it
//! works once over all processes and machines. All times are passed in.

mod chain;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod contract;
mod digest;
mod error;
mod measured;
mod redis;
#[cfg(test)]
mod scratch;
mod sealed;
mod seen;
mod session_blob;
mod sqlite;
mod trace_blob;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

pub use contract::*;
pub use error::StoreError;
pub use measured::{BOUNDS_US, OperationFigures, Operations, measured};
pub use sqlite::verify_snapshot;

/// Durable state, cheap to clone.
pub type Durable = Arc<dyn DurableStore>;
/// Short-lived state that all nodes share, cheap to clone.
pub type Shared = Arc<dyn SharedStore>;

/// Where the stores are. Debug shows of an address its scheme only: it may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// The data folder; made where it is missing.
    pub data_dir: PathBuf,
    /// Address of the durable store; absent: embedded.
    pub durable: Option<String>,
    /// Address of the shared store (`redis://…`); absent: embedded.
    pub shared: Option<String>,
}

/// Opens both stores, making or migrating what lies in the data folder.
///
/// Any number of processes of one machine may open the same folder. The
/// runtime that runs this must live as long as the stores: their writers are tasks of it.
pub async fn open(config: &StoreConfig) -> Result<(Durable, Shared), StoreError> {
    if let Some(url) = &config.durable {
        return Err(StoreError::setup(
            format!("store.durable names {}, which is not built yet", scheme(url)),
            "remove the key: durable state then lies in the data folder",
        ));
    }
    let durable = Arc::new(sqlite::SqliteDurable::open(&config.data_dir).await?);
    let shared: Shared = match &config.shared {
        Some(url) => Arc::new(redis::RedisShared::open(url).await?),
        None => Arc::new(sqlite::SqliteShared::open(&config.data_dir).await?),
    };
    Ok((durable, shared))
}

impl fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreConfig")
            .field("data_dir", &self.data_dir)
            .field("durable", &self.durable.as_deref().map(scheme))
            .field("shared", &self.shared.as_deref().map(scheme))
            .finish()
    }
}

/// The scheme of an address.
fn scheme(url: &str) -> &str {
    url.split_once(':').map_or("no address", |(scheme, _)| scheme)
}
