//! The registry folder: read, checked, compared, applied, exported.
//!
//! ```text
//! folder ─ read ─ parse ─ shape ─▶ Reading ─ check/* ─ attach ─▶ Bundle ─▶ plan │ apply ─▶ store
//!                                     └─ faults                      export ◀─ store
//! ```

mod apply;
mod attach;
mod bundle;
mod canonical;
mod check;
mod content;
mod diff;
mod entity;
mod export;
mod fault;
mod parse;
mod read;
mod remote;
mod secret;
mod shape;

#[cfg(test)]
mod tests;

pub use apply::{Applied, ApplyError, apply, emptied, plan};
pub(crate) use attach::{certificate, jwks, setting_files};
pub use bundle::{Bundle, CheckReport, check};
pub use check::mapping_faults;
pub(crate) use check::web_address;
pub use content::Consortium;
pub(crate) use content::{Content, Owner, Remote, beside};
pub use diff::{Change, Diff, FieldChange, What};
pub(crate) use entity::{identity_provider, service_provider};
pub use export::{ExportReport, export};
pub use fault::Fault;
pub use remote::RemoteOutcome;
pub(crate) use remote::refresh;
