//! Faults of libraries in SQLite: one row a library.

use crate::digest::network_key;
use crate::sqlite::fault::{column, time};
use crate::sqlite::shared::SqliteShared;
use crate::sqlite::sql::{Row, Sql};
use crate::{StoreError, TROUBLE_NETWORKS, TROUBLE_S, Trouble, Troubles, digest};
use async_trait::async_trait;
use model::{MemberId, Timestamp};

/// ?1 member, ?2 network, ?3 now, ?4 end of a run that counts now, ?5 networks at most.
const NOTE: &str = "INSERT INTO trouble (member, since, expires, networks)
    VALUES (?1, ?3, ?4, json_array(?2))
    ON CONFLICT (member) DO UPDATE SET
        since = iif(trouble.expires > ?3, trouble.since, excluded.since),
        expires = CASE
            WHEN trouble.expires <= ?3 THEN excluded.expires
            WHEN json_array_length(trouble.networks) < ?5
                AND EXISTS (SELECT 1 FROM json_each(trouble.networks) WHERE value = ?2)
                THEN trouble.expires
            ELSE excluded.expires END,
        networks = CASE
            WHEN trouble.expires <= ?3 THEN excluded.networks
            WHEN json_array_length(trouble.networks) >= ?5
                OR EXISTS (SELECT 1 FROM json_each(trouble.networks) WHERE value = ?2)
                THEN trouble.networks
            ELSE json_insert(trouble.networks, '$[#]', ?2) END";
const END: &str = "DELETE FROM trouble WHERE member = ?1";
const LIST: &str = "SELECT member, since, json_array_length(networks) FROM trouble
    WHERE expires > ?1 ORDER BY member";

#[async_trait]
impl Troubles for SqliteShared {
    async fn note_trouble(
        &self,
        member: &MemberId,
        network: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = Sql::new(NOTE)
            .bind(member.as_str())
            .bind(digest::text(&network_key(member, network)))
            .bind(now.unix_ms())
            .bind(now.plus_s(i64::from(TROUBLE_S)).unix_ms())
            .bind(TROUBLE_NETWORKS);
        self.writer.one(sql).await?;
        self.wrote(now).await;
        Ok(())
    }

    async fn end_trouble(&self, member: &MemberId) -> Result<(), StoreError> {
        self.writer.one(Sql::new(END).bind(member.as_str())).await?;
        Ok(())
    }

    async fn troubles(&self, now: Timestamp) -> Result<Vec<Trouble>, StoreError> {
        self.rows(&Sql::new(LIST).bind(now.unix_ms()))?.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<Trouble, StoreError> {
    let member = MemberId::parse(column(row, 0)?);
    let member = member.map_err(|fault| StoreError::Corrupt(fault.to_string()))?;
    Ok(Trouble { member, since: time(row, 1)?, networks: column(row, 2)? })
}
