//! The embedded stores: two SQLite files in the data folder.

mod accounts;
mod audit;
mod backup;
mod bindings;
mod checkpoint;
mod counters;
mod direct;
mod durable;
mod factors;
mod fault;
mod file;
mod heads;
mod keys;
mod migrate;
mod one_use;
mod origin;
mod parked;
mod passkeys;
mod purge;
mod readers;
mod registry;
mod sessions;
mod shared;
mod sql;
mod suspensions;
mod trace;
mod troubles;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

pub use backup::verify_snapshot;
pub(crate) use durable::SqliteDurable;
pub(crate) use shared::SqliteShared;
