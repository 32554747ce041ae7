//! The audit log (rule 11).

use crate::StoreError;
use async_trait::async_trait;
use model::{LoginCode, MemberId, ReaderId, ServiceId, Timestamp};
use std::collections::BTreeMap;
use std::fmt;

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A reader.
    Reader(ReaderId),
    /// An account acting in its role.
    Account(ReaderId),
    /// The command line.
    Command,
    /// The hub itself.
    System,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reader(id) => write!(f, "reader:{id}"),
            Self::Account(id) => write!(f, "account:{id}"),
            Self::Command => f.write_str("command"),
            Self::System => f.write_str("system"),
        }
    }
}

/// One act of an authenticated party, or one refusal of a verified claim.
#[derive(Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Who.
    pub actor: Actor,
    /// What: `login.admitted`, `registry.applied`, …
    pub act: String,
    /// The member it concerns.
    pub member: Option<MemberId>,
    /// The service it concerns.
    pub service: Option<ServiceId>,
    /// The login it belongs to.
    pub code: Option<LoginCode>,
    /// How it ended: `None` well, else the code of the refusal.
    pub outcome: Option<String>,
    /// What names a person (a login name, an address): can be erased later.
    pub personal: BTreeMap<String, String>,
}

impl fmt::Debug for AuditEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditEntry")
            .field("actor", &self.actor)
            .field("act", &self.act)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// What `verify_audit` found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditReport {
    /// Entries read.
    pub entries: u64,
    /// Writers, each with a chain of its own.
    pub writers: u64,
    /// What is wrong, at most the first 1,000; empty: nothing.
    pub broken: Vec<AuditFault>,
    /// The newest heads record: kept elsewhere, it later shows that the log was not cut.
    pub newest: Option<AuditHead>,
}

/// The name of one heads record: it stands for everything before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    /// Its number, from 1.
    pub n: u64,
    /// SHA-256 over it and the record before it, in hex.
    pub hash: String,
}

/// One place where the log was tampered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditFault {
    /// The writer; 0: the heads record, whose number `seq` then is.
    pub writer: u64,
    /// The entry.
    pub seq: u64,
    /// What is wrong.
    pub what: String,
}

/// Keeps the audit log: one hash chain a writer, joined by heads records.
///
/// Changes, removals and reorderings by whoever can write the file are found,
/// save in what no heads record covers yet: the last minute.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Appends an entry; it is on disk when this returns.
    ///
    /// `salt` is 16 fresh random bytes: without it an erased personal field
    /// could be guessed from the hash that stays.
    async fn append_audit(
        &self,
        entry: &AuditEntry,
        now: Timestamp,
        salt: [u8; 16],
    ) -> Result<(), StoreError>;

    /// Records where every chain stands, when any has moved. Called each minute.
    async fn write_heads(&self, now: Timestamp) -> Result<(), StoreError>;

    /// Erases the personal fields of all entries by `actor`, and tells of how
    /// many entries; the chains stay whole.
    async fn erase_personal(&self, actor: &Actor) -> Result<u64, StoreError>;

    /// Checks every entry and every heads record.
    async fn verify_audit(&self) -> Result<AuditReport, StoreError>;

    /// The heads record of this number as it stands now.
    async fn find_audit_head(&self, n: u64) -> Result<Option<AuditHead>, StoreError>;
}
