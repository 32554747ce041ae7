//! Heads records: how far every audit chain has come.

use crate::StoreError;
use crate::chain;
use crate::digest::hex;
use crate::sqlite::audit::signed;
use crate::sqlite::fault::{column, count, engine};
use crate::sqlite::sql::Sql;
use crate::sqlite::writer::Job;
use model::Timestamp;
use rusqlite::Connection;
use tokio::sync::oneshot;

/// The end of each chain is found by the primary key.
const MOVED: &str = "SELECT w.id, e.seq, e.hash FROM audit_writer w
    JOIN audit_entry e ON e.writer = w.id
        AND e.seq = (SELECT max(seq) FROM audit_entry WHERE writer = w.id)
    WHERE e.seq > w.covered ORDER BY w.id";
const LAST: &str = "SELECT n, hash FROM audit_heads ORDER BY n DESC LIMIT 1";
const WRITE: &str = "INSERT INTO audit_heads (n, at, heads, hash) VALUES (?1, ?2, ?3, ?4)";
const COVER: &str = "UPDATE audit_writer SET covered = ?2 WHERE id = ?1";

/// One head: writer, seq, hash in hex.
pub(crate) type Head = (u64, u64, String);

/// Writes a heads record of the chains that have moved since the last.
pub(crate) struct WriteHeads {
    pub(crate) now: Timestamp,
    pub(crate) reply: oneshot::Sender<Result<(), StoreError>>,
}

impl Job for WriteHeads {
    fn is_single(&self) -> bool {
        false
    }

    fn run(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let heads = moved(connection)?;
        if heads.is_empty() {
            return Ok(());
        }
        let (n, before) = last(connection)?;
        let n = n + 1;
        let text = serde_json::to_string(&heads)
            .map_err(|fault| StoreError::Corrupt(fault.to_string()))?;
        let hash = chain::heads(&before, n, self.now, &text);
        let record = Sql::new(WRITE)
            .bind(signed(n)?)
            .bind(self.now.unix_ms())
            .bind(text)
            .bind(hash.as_slice());
        record.all(connection).map_err(engine)?;
        for (writer, seq, _) in heads {
            let cover = Sql::new(COVER).bind(signed(writer)?).bind(signed(seq)?);
            cover.all(connection).map_err(engine)?;
        }
        Ok(())
    }

    fn undone(&mut self) {}

    fn settle(self: Box<Self>, outcome: Result<(), StoreError>) {
        let _caller_left = self.reply.send(outcome);
    }
}

fn moved(connection: &Connection) -> Result<Vec<Head>, StoreError> {
    let rows = Sql::new(MOVED).all(connection).map_err(engine)?;
    rows.iter().map(|row| Ok((count(row, 0)?, count(row, 1)?, hex(column(row, 2)?)))).collect()
}

fn last(connection: &Connection) -> Result<(u64, Vec<u8>), StoreError> {
    match Sql::new(LAST).first(connection).map_err(engine)? {
        Some(row) => Ok((count(&row, 0)?, column(&row, 1)?)),
        None => Ok((0, chain::heads_start().to_vec())),
    }
}
