//! Passkeys in SQLite.

use crate::sqlite::durable::SqliteDurable;
use crate::sqlite::fault::{column, time};
use crate::sqlite::sql::{Row, Sql};
use crate::{PasskeyRow, Passkeys, SecondFactorRow, StoreError};
use async_trait::async_trait;
use model::{ReaderId, Timestamp};

const FIND: &str = "SELECT credential, name, sealed, counter, added, used FROM passkey
    WHERE account = ?1 ORDER BY added, name";
const ADD_FIRST: &str = "INSERT INTO passkey (credential, account, name, sealed, counter, added)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6
    WHERE NOT EXISTS (SELECT 1 FROM second_factor WHERE account = ?2)
    ON CONFLICT DO NOTHING RETURNING 1";
/// After `ADD_FIRST`: no recovery codes for a passkey that was not kept.
const WITH_RECOVERY: &str = "INSERT INTO second_factor (account, sealed, recovery, enrolled)
    SELECT ?1, ?2, ?3, ?4
    WHERE EXISTS (SELECT 1 FROM passkey WHERE account = ?1 AND credential = ?5)
    ON CONFLICT DO NOTHING";
const ADD: &str = "INSERT INTO passkey (credential, account, name, sealed, counter, added)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6
    WHERE EXISTS (SELECT 1 FROM second_factor WHERE account = ?2)
    ON CONFLICT DO NOTHING RETURNING 1";
const USE: &str = "UPDATE passkey SET counter = ?3, used = ?4
    WHERE account = ?1 AND credential = ?2 AND (counter < ?3 OR (counter = 0 AND ?3 = 0))
    RETURNING 1";
const FORGET: &str = "DELETE FROM passkey WHERE account = ?1 AND name = ?2 RETURNING 1";
/// Recovery codes alone are no factor.
const FORGET_LAST: &str = "DELETE FROM second_factor WHERE account = ?1 AND length(sealed) = 0
    AND NOT EXISTS (SELECT 1 FROM passkey WHERE account = ?1)";

#[async_trait]
impl Passkeys for SqliteDurable {
    async fn passkeys(&self, account: &ReaderId) -> Result<Vec<PasskeyRow>, StoreError> {
        let rows = self.readers.all(&Sql::new(FIND).bind(account.as_str()))?;
        rows.iter().map(|row| passkey(account, row)).collect()
    }

    async fn enrol_first_passkey(
        &self,
        row: &PasskeyRow,
        factor: &SecondFactorRow,
    ) -> Result<bool, StoreError> {
        let with = Sql::new(WITH_RECOVERY)
            .bind(row.account.as_str())
            .bind(factor.sealed.as_slice())
            .bind(factor.recovery.as_slice())
            .bind(factor.enrolled.unix_ms())
            .bind(row.credential.as_slice());
        let kept = self.writer.all(vec![insert(ADD_FIRST, row), with]).await?;
        Ok(kept.first().is_some_and(|rows| !rows.is_empty()))
    }

    async fn add_passkey(&self, row: &PasskeyRow) -> Result<bool, StoreError> {
        Ok(!self.writer.one(insert(ADD, row)).await?.is_empty())
    }

    async fn use_passkey(
        &self,
        account: &ReaderId,
        credential: &[u8],
        counter: u32,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql =
            Sql::new(USE).bind(account.as_str()).bind(credential).bind(counter).bind(at.unix_ms());
        Ok(!self.writer.one(sql).await?.is_empty())
    }

    async fn forget_passkey(&self, account: &ReaderId, name: &str) -> Result<bool, StoreError> {
        let steps = vec![
            Sql::new(FORGET).bind(account.as_str()).bind(name),
            Sql::new(FORGET_LAST).bind(account.as_str()),
        ];
        let gone = self.writer.all(steps).await?;
        Ok(gone.first().is_some_and(|rows| !rows.is_empty()))
    }
}

fn insert(text: &'static str, row: &PasskeyRow) -> Sql {
    Sql::new(text)
        .bind(row.credential.as_slice())
        .bind(row.account.as_str())
        .bind(row.name.as_str())
        .bind(row.sealed.as_slice())
        .bind(row.counter)
        .bind(row.added.unix_ms())
}

fn passkey(account: &ReaderId, row: &Row) -> Result<PasskeyRow, StoreError> {
    let used: Option<i64> = column(row, 5)?;
    Ok(PasskeyRow {
        credential: column(row, 0)?,
        account: account.clone(),
        name: column(row, 1)?,
        sealed: column(row, 2)?,
        counter: column(row, 3)?,
        added: time(row, 4)?,
        used: used.map(Timestamp::from_unix_ms),
    })
}
