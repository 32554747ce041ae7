//! Checks the whole audit log, on one snapshot of it, in bounded memory.

use crate::chain::{self, Covered, Field};
use crate::digest::hex;
use crate::sqlite::audit::signed;
use crate::sqlite::fault::{column, count, engine, time};
use crate::sqlite::file::DatabaseFile;
use crate::sqlite::heads::Head;
use crate::sqlite::sql::{Row, Sql};
use crate::{AuditFault, AuditHead, AuditReport, StoreError};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// Faults told at most.
const FAULTS: usize = 1000;

const WRITERS: &str =
    "SELECT id, opened, covered FROM audit_writer WHERE id > ?1 ORDER BY id LIMIT 500";
const STRAYS: &str = "SELECT writer, min(seq) FROM audit_entry
    WHERE writer NOT IN (SELECT id FROM audit_writer) GROUP BY writer LIMIT 500";
const ENTRIES: &str = "SELECT seq, at, actor, act, member, service, code, outcome,
    personal_hashes, personal, hash FROM audit_entry
    WHERE writer = ?1 AND seq > ?2 ORDER BY seq LIMIT 500";
const HEADS: &str = "SELECT n, at, heads, hash FROM audit_heads WHERE n > ?1 ORDER BY n LIMIT 500";
const ENTRY_HASH: &str = "SELECT hash FROM audit_entry WHERE writer = ?1 AND seq = ?2";

/// On a thread for such work: a log of years takes minutes.
pub(super) async fn verify(file: &DatabaseFile) -> Result<AuditReport, StoreError> {
    let file = file.clone();
    tokio::task::spawn_blocking(move || walk(&file))
        .await
        .map_err(|fault| StoreError::Unavailable(fault.to_string()))?
}

fn walk(file: &DatabaseFile) -> Result<AuditReport, StoreError> {
    let connection = file.reader()?;
    // One read transaction: entries appended meanwhile are neither seen nor missed.
    Sql::new("BEGIN").all(&connection).map_err(engine)?;
    let mut check = Check { connection, report: AuditReport::default(), covered: BTreeMap::new() };
    check.chains()?;
    check.strays()?;
    check.heads()?;
    Ok(check.report)
}

struct Check {
    connection: Connection,
    report: AuditReport,
    /// How far each writer says that heads records reach; taken away as they are met.
    covered: BTreeMap<u64, u64>,
}

/// How far a chain was followed.
struct Walk {
    writer: u64,
    seq: u64,
    hash: Vec<u8>,
}

impl Check {
    fn fault(&mut self, writer: u64, seq: u64, what: impl Into<String>) {
        if self.report.broken.len() < FAULTS {
            self.report.broken.push(AuditFault { writer, seq, what: what.into() });
        }
    }

    fn rows(&mut self, sql: Sql) -> Result<Vec<Row>, StoreError> {
        sql.all(&self.connection).map_err(engine)
    }

    fn chains(&mut self) -> Result<(), StoreError> {
        let mut after = 0;
        loop {
            let rows = self.rows(Sql::new(WRITERS).bind(signed(after)?))?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = count(last, 0)?;
            for row in &rows {
                let writer = count(row, 0)?;
                self.report.writers += 1;
                self.covered.insert(writer, count(row, 2)?);
                self.chain(writer, &chain::start(writer, time(row, 1)?))?;
            }
        }
    }

    fn chain(&mut self, writer: u64, start: &[u8]) -> Result<(), StoreError> {
        let mut walk = Walk { writer, seq: 0, hash: start.to_vec() };
        loop {
            let sql = Sql::new(ENTRIES).bind(signed(writer)?).bind(signed(walk.seq)?);
            let rows = self.rows(sql)?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in &rows {
                self.entry(&mut walk, row)?;
            }
        }
    }

    fn entry(&mut self, walk: &mut Walk, row: &Row) -> Result<(), StoreError> {
        self.report.entries += 1;
        let (writer, seq) = (walk.writer, count(row, 0)?);
        let hash: &[u8] = column(row, 10)?;
        let personal_hashes = column(row, 8)?;
        let covered = Covered {
            writer,
            seq,
            at: time(row, 1)?,
            actor: column(row, 2)?,
            act: column(row, 3)?,
            member: column(row, 4)?,
            service: column(row, 5)?,
            code: column(row, 6)?,
            outcome: column(row, 7)?,
            personal_hashes,
        };
        if seq != walk.seq + 1 {
            self.fault(writer, walk.seq + 1, format!("entries before {seq} are missing"));
        } else if covered.hash(&walk.hash) != hash {
            self.fault(writer, seq, "the entry was changed, or does not follow the one before");
        }
        if let Some(what) = personal_fault(personal_hashes, column(row, 9)?) {
            self.fault(writer, seq, what);
        }
        *walk = Walk { writer, seq, hash: hash.to_vec() };
        Ok(())
    }

    fn strays(&mut self) -> Result<(), StoreError> {
        for row in self.rows(Sql::new(STRAYS))? {
            self.fault(count(&row, 0)?, count(&row, 1)?, "entries of a writer that is missing");
        }
        Ok(())
    }

    fn heads(&mut self) -> Result<(), StoreError> {
        let (mut n, mut hash) = (0, chain::heads_start().to_vec());
        loop {
            let rows = self.rows(Sql::new(HEADS).bind(signed(n)?))?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                let found = count(row, 0)?;
                let stored: &[u8] = column(row, 3)?;
                let text: &str = column(row, 2)?;
                if found != n + 1 {
                    self.fault(0, n + 1, format!("heads records before {found} are missing"));
                } else if chain::heads(&hash, found, time(row, 1)?, text) != stored {
                    self.fault(0, found, "the heads record was changed");
                }
                (n, hash) = (found, stored.to_vec());
                self.heads_record(n, text)?;
            }
        }
        self.report.newest = (n > 0).then(|| AuditHead { n, hash: hex(&hash) });
        for (writer, seq) in std::mem::take(&mut self.covered) {
            if seq > 0 {
                self.fault(writer, seq, "a heads record that covered the entry is missing");
            }
        }
        Ok(())
    }

    fn heads_record(&mut self, n: u64, text: &str) -> Result<(), StoreError> {
        let Ok(heads) = serde_json::from_str::<Vec<Head>>(text) else {
            self.fault(0, n, "the heads record cannot be read");
            return Ok(());
        };
        for (writer, seq, hash) in heads {
            if self.covered.get(&writer).is_some_and(|covered| *covered <= seq) {
                self.covered.remove(&writer);
            }
            let sql = Sql::new(ENTRY_HASH).bind(signed(writer)?).bind(signed(seq)?);
            match self.rows(sql)?.first() {
                None => self.fault(writer, seq, format!("missing, but heads record {n} names it")),
                Some(row) if hex(column(row, 0)?) != hash => {
                    self.fault(writer, seq, format!("not as heads record {n} saw it"));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

/// What is wrong with the personal fields of an entry; one that is absent was erased.
fn personal_fault(hashes: Option<&str>, personal: Option<&str>) -> Option<String> {
    let fields: BTreeMap<String, Field> = match personal.map(serde_json::from_str) {
        None => return None,
        Some(Ok(fields)) => fields,
        Some(Err(_)) => return Some("the personal fields cannot be read".to_owned()),
    };
    let hashes: BTreeMap<String, String> =
        hashes.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    fields
        .iter()
        .find(|(name, field)| hashes.get(*name) != Some(&chain::field_hash(name, field)))
        .map(|(name, _)| format!("the personal field `{name}` was changed"))
}
