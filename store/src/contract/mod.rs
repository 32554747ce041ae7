//! What every backend promises, one small trait a capability.

mod accounts;
mod audit;
mod backup;
mod bindings;
mod counters;
mod factors;
mod keys;
mod one_use;
mod origin;
mod passkeys;
mod registry;
mod sessions;
mod suspensions;
mod trace;
mod troubles;

pub use accounts::{AccountRow, AccountRows, Role};
pub use audit::{Actor, AuditEntry, AuditFault, AuditHead, AuditLog, AuditReport};
pub use backup::Backup;
pub use bindings::{BindingRow, Bindings};
pub use counters::Counters;
pub use factors::{SecondFactorRow, SecondFactors};
pub use keys::{KeyRow, KeyRows};
pub use one_use::{OneUse, Parked, Space, Used};
pub use origin::Origin;
pub use passkeys::{PasskeyRow, Passkeys};
pub use registry::{RegistryRows, StoredRegistry};
pub use sessions::{
    EndedSession, SessionRecord, SessionService, SessionServices, Sessions, Upstream,
};
pub use suspensions::Suspensions;
pub use trace::{TRACE_DAYS, TRACE_RECORDS, TraceRing};
pub use troubles::{TROUBLE_NETWORKS, TROUBLE_S, Trouble, Troubles};

/// Short-lived state that all nodes share: SQLite on one machine, Redis on several.
pub trait SharedStore:
    OneUse + Parked + Counters + Sessions + SessionServices + TraceRing + Troubles + Send + Sync
{
}

/// State that outlives everything: registry, accounts, keys, audit log.
pub trait DurableStore:
    RegistryRows
    + AccountRows
    + SecondFactors
    + Passkeys
    + Suspensions
    + Bindings
    + KeyRows
    + AuditLog
    + Backup
    + Origin
    + Send
    + Sync
{
}
