//! The audit log in SQLite: appending, and erasing what is personal.

use crate::chain::{self, Covered};
use crate::digest::hex;
use crate::sqlite::durable::SqliteDurable;
use crate::sqlite::fault::{column, count, engine};
use crate::sqlite::heads::WriteHeads;
use crate::sqlite::sql::Sql;
use crate::sqlite::verify::verify;
use crate::sqlite::writer::{Job, closed};
use crate::{Actor, AuditEntry, AuditHead, AuditLog, AuditReport, StoreError};
use async_trait::async_trait;
use model::Timestamp;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

const WRITER: &str = "INSERT INTO audit_writer (opened) VALUES (?1) RETURNING id";
const APPEND: &str = "INSERT INTO audit_entry
    (writer, seq, at, actor, act, member, service, code, outcome, personal_hashes, personal, hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
const ERASE: &str = "UPDATE audit_entry SET personal = NULL
    WHERE actor = ?1 AND personal IS NOT NULL RETURNING 1";

const HEAD: &str = "SELECT hash FROM audit_heads WHERE n = ?1";

/// Where a chain stands. Held by the process that writes it and by no other,
/// so entries that vanish from the file leave a gap even while it runs.
#[derive(Clone, Copy)]
pub(crate) struct Chain {
    writer: u64,
    seq: u64,
    hash: [u8; 32],
}

#[async_trait]
impl AuditLog for SqliteDurable {
    async fn append_audit(
        &self,
        entry: &AuditEntry,
        now: Timestamp,
        salt: [u8; 16],
    ) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        let columns = Columns::of(entry, now, salt)?;
        self.writer.push(Box::new(Append { columns, chain: self.chain.clone(), reply })).await?;
        answer.await.map_err(|_| closed())?
    }

    async fn write_heads(&self, now: Timestamp) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.writer.push(Box::new(WriteHeads { now, reply })).await?;
        answer.await.map_err(|_| closed())?
    }

    async fn erase_personal(&self, actor: &Actor) -> Result<u64, StoreError> {
        let rows = self.writer.one(Sql::new(ERASE).bind(actor.to_string())).await?;
        // The log still holds the pages as they were.
        self.writer.one(Sql::new("PRAGMA wal_checkpoint(TRUNCATE)")).await?;
        Ok(rows.len() as u64)
    }

    async fn verify_audit(&self) -> Result<AuditReport, StoreError> {
        verify(&self.file).await
    }

    async fn find_audit_head(&self, n: u64) -> Result<Option<AuditHead>, StoreError> {
        let Ok(place) = signed(n) else { return Ok(None) };
        let Some(row) = self.readers.first(&Sql::new(HEAD).bind(place))? else { return Ok(None) };
        Ok(Some(AuditHead { n, hash: hex(column(&row, 0)?) }))
    }
}

/// An entry as its row holds it, before its place in the chain is known.
struct Columns {
    at: Timestamp,
    actor: String,
    act: String,
    member: Option<String>,
    service: Option<String>,
    code: Option<String>,
    outcome: Option<String>,
    personal_hashes: Option<String>,
    personal: Option<String>,
}

impl Columns {
    fn of(entry: &AuditEntry, at: Timestamp, salt: [u8; 16]) -> Result<Self, StoreError> {
        let json = |fault: serde_json::Error| StoreError::Corrupt(fault.to_string());
        let fields = chain::salted(&entry.personal, &salt);
        let hashes: BTreeMap<&str, String> =
            fields.iter().map(|(name, f)| (name.as_str(), chain::field_hash(name, f))).collect();
        let is_personal = !fields.is_empty();
        Ok(Self {
            at,
            actor: entry.actor.to_string(),
            act: entry.act.clone(),
            member: entry.member.as_ref().map(ToString::to_string),
            service: entry.service.as_ref().map(ToString::to_string),
            code: entry.code.map(|code| code.to_string()),
            outcome: entry.outcome.clone(),
            personal_hashes: is_personal
                .then(|| serde_json::to_string(&hashes))
                .transpose()
                .map_err(json)?,
            personal: is_personal
                .then(|| serde_json::to_string(&fields))
                .transpose()
                .map_err(json)?,
        })
    }

    fn covered(&self, writer: u64, seq: u64) -> Covered<'_> {
        Covered {
            writer,
            seq,
            at: self.at,
            actor: &self.actor,
            act: &self.act,
            member: self.member.as_deref(),
            service: self.service.as_deref(),
            code: self.code.as_deref(),
            outcome: self.outcome.as_deref(),
            personal_hashes: self.personal_hashes.as_deref(),
        }
    }
}

/// Appends one entry to this process's chain.
struct Append {
    columns: Columns,
    chain: Arc<Mutex<Option<Chain>>>,
    reply: oneshot::Sender<Result<(), StoreError>>,
}

impl Append {
    fn chain(&self) -> Option<Chain> {
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_chain(&self, chain: Option<Chain>) {
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = chain;
    }

    fn row(&self, chain: &Chain) -> Result<Sql, StoreError> {
        let columns = &self.columns;
        Ok(Sql::new(APPEND)
            .bind(signed(chain.writer)?)
            .bind(signed(chain.seq)?)
            .bind(columns.at.unix_ms())
            .bind(columns.actor.as_str())
            .bind(columns.act.as_str())
            .bind(columns.member.as_deref())
            .bind(columns.service.as_deref())
            .bind(columns.code.as_deref())
            .bind(columns.outcome.as_deref())
            .bind(columns.personal_hashes.as_deref())
            .bind(columns.personal.as_deref())
            .bind(chain.hash.as_slice()))
    }
}

impl Job for Append {
    fn is_single(&self) -> bool {
        self.chain().is_some()
    }

    fn run(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let last = match self.chain() {
            Some(chain) => chain,
            None => draw_chain(connection, self.columns.at)?,
        };
        let seq = last.seq + 1;
        let hash = self.columns.covered(last.writer, seq).hash(&last.hash);
        let next = Chain { writer: last.writer, seq, hash };
        self.row(&next)?.all(connection).map_err(engine)?;
        self.set_chain(Some(next));
        Ok(())
    }

    /// Where the chain stands on disk is not known for sure any more: the next
    /// entry begins a new one, and what stands stays whole.
    fn undone(&mut self) {
        self.set_chain(None);
    }

    fn settle(self: Box<Self>, outcome: Result<(), StoreError>) {
        let _caller_left = self.reply.send(outcome);
    }
}

fn draw_chain(connection: &Connection, opened: Timestamp) -> Result<Chain, StoreError> {
    let row = Sql::new(WRITER).bind(opened.unix_ms()).all(connection).map_err(engine)?;
    match row.first() {
        Some(row) => {
            let writer = count(row, 0)?;
            Ok(Chain { writer, seq: 0, hash: chain::start(writer, opened) })
        }
        None => Err(StoreError::Corrupt("no audit writer was given".to_owned())),
    }
}

pub(super) fn signed(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| StoreError::Corrupt(format!("{value} is out of range")))
}
