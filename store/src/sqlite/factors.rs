//! Second factors in SQLite.

use crate::sqlite::durable::SqliteDurable;
use crate::sqlite::fault::{column, time};
use crate::sqlite::sql::Sql;
use crate::{SecondFactorRow, SecondFactors, StoreError};
use async_trait::async_trait;
use model::{ReaderId, Timestamp};

const FIND: &str = "SELECT sealed, recovery, enrolled FROM second_factor WHERE account = ?1";
const ENROL: &str = "INSERT INTO second_factor (account, sealed, recovery, enrolled)
    VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING RETURNING 1";
const SET_RECOVERY: &str = "UPDATE second_factor SET recovery = ?3
    WHERE account = ?1 AND recovery = ?2 RETURNING 1";
const SET_APP: &str = "UPDATE second_factor SET sealed = ?2, enrolled = ?3
    WHERE account = ?1 AND length(sealed) = 0 RETURNING 1";
const FORGET_PASSKEYS: &str = "DELETE FROM passkey WHERE account = ?1";
const FORGET: &str = "DELETE FROM second_factor WHERE account = ?1 RETURNING 1";

#[async_trait]
impl SecondFactors for SqliteDurable {
    async fn find_second_factor(
        &self,
        account: &ReaderId,
    ) -> Result<Option<SecondFactorRow>, StoreError> {
        let Some(row) = self.readers.first(&Sql::new(FIND).bind(account.as_str()))? else {
            return Ok(None);
        };
        Ok(Some(SecondFactorRow {
            account: account.clone(),
            sealed: column(&row, 0)?,
            recovery: column(&row, 1)?,
            enrolled: time(&row, 2)?,
        }))
    }

    async fn enrol_second_factor(&self, row: &SecondFactorRow) -> Result<bool, StoreError> {
        let sql = Sql::new(ENROL)
            .bind(row.account.as_str())
            .bind(row.sealed.as_slice())
            .bind(row.recovery.as_slice())
            .bind(row.enrolled.unix_ms());
        Ok(!self.writer.one(sql).await?.is_empty())
    }

    async fn set_recovery(
        &self,
        account: &ReaderId,
        was: &[u8],
        left: &[u8],
    ) -> Result<bool, StoreError> {
        let sql = Sql::new(SET_RECOVERY).bind(account.as_str()).bind(was).bind(left);
        Ok(!self.writer.one(sql).await?.is_empty())
    }

    async fn set_app(
        &self,
        account: &ReaderId,
        sealed: &[u8],
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = Sql::new(SET_APP).bind(account.as_str()).bind(sealed).bind(at.unix_ms());
        Ok(!self.writer.one(sql).await?.is_empty())
    }

    async fn forget_second_factor(&self, account: &ReaderId) -> Result<bool, StoreError> {
        let steps = vec![
            Sql::new(FORGET).bind(account.as_str()),
            Sql::new(FORGET_PASSKEYS).bind(account.as_str()),
        ];
        let gone = self.writer.all(steps).await?;
        Ok(gone.first().is_some_and(|rows| !rows.is_empty()))
    }
}
