//! Accounts in SQLite. The member of operator and auditor is the empty text,
//! which no member's id is, so that the unique index holds for them too.

use crate::sqlite::durable::SqliteDurable;
use crate::sqlite::fault::{column, time};
use crate::sqlite::sql::{Row, Sql};
use crate::{AccountRow, AccountRows, Role, StoreError};
use async_trait::async_trait;
use model::{Class, MemberId, ReaderId, Standing, Timestamp};

/// Rows of one page at most.
const PAGE: u32 = 1000;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, member, login, login_key, password, must_change, role, profile, class, ",
            "category, standing, valid_until, affiliation, created FROM account ",
            $rest
        )
    };
}

const CREATE: &str = "INSERT INTO account
    (id, member, login, login_key, password, must_change, role, profile, class,
     category, standing, valid_until, affiliation, created)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
    ON CONFLICT DO NOTHING RETURNING 1";
const FIND: &str = select!("WHERE member = ?1 AND login_key = ?2");
const FIND_BY_ID: &str = select!("WHERE id = ?1");
const LIST: &str = select!("WHERE member = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
const SET_PASSWORD: &str = "UPDATE account SET password = ?2, must_change = ?3, password_set = ?4
    WHERE id = ?1 AND (?5 IS NULL OR password = ?5) RETURNING 1";
const SET_STANDING: &str = "UPDATE account SET standing = ?2 WHERE id = ?1 RETURNING 1";

#[async_trait]
impl AccountRows for SqliteDurable {
    async fn create_account(&self, account: &AccountRow) -> Result<bool, StoreError> {
        Ok(!self.writer.one(create(account)?).await?.is_empty())
    }

    async fn find_account(
        &self,
        member: Option<&MemberId>,
        login_key: &str,
    ) -> Result<Option<AccountRow>, StoreError> {
        let sql = Sql::new(FIND).bind(of(member)).bind(login_key);
        self.readers.first(&sql)?.as_ref().map(account).transpose()
    }

    async fn find_account_by_id(&self, id: &ReaderId) -> Result<Option<AccountRow>, StoreError> {
        let sql = Sql::new(FIND_BY_ID).bind(id.as_str());
        self.readers.first(&sql)?.as_ref().map(account).transpose()
    }

    async fn set_password(
        &self,
        id: &ReaderId,
        was: Option<&str>,
        phc: &str,
        must_change: bool,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = Sql::new(SET_PASSWORD)
            .bind(id.as_str())
            .bind(phc)
            .bind(must_change)
            .bind(at.unix_ms())
            .bind(was);
        Ok(!self.writer.one(sql).await?.is_empty())
    }

    async fn set_account_standing(
        &self,
        id: &ReaderId,
        standing: Standing,
    ) -> Result<bool, StoreError> {
        let sql = Sql::new(SET_STANDING).bind(id.as_str()).bind(standing.as_str());
        Ok(!self.writer.one(sql).await?.is_empty())
    }

    async fn list_accounts(
        &self,
        member: Option<&MemberId>,
        after: Option<&ReaderId>,
        limit: u32,
    ) -> Result<Vec<AccountRow>, StoreError> {
        let sql = Sql::new(LIST)
            .bind(of(member))
            .bind(after.map_or("", ReaderId::as_str))
            .bind(limit.min(PAGE));
        self.readers.all(&sql)?.iter().map(account).collect()
    }
}

fn of(member: Option<&MemberId>) -> &str {
    member.map_or("", MemberId::as_str)
}

fn create(account: &AccountRow) -> Result<Sql, StoreError> {
    let json = |fault: serde_json::Error| StoreError::Corrupt(fault.to_string());
    Ok(Sql::new(CREATE)
        .bind(account.id.as_str())
        .bind(of(account.member.as_ref()))
        .bind(account.login.as_str())
        .bind(account.login_key.as_str())
        .bind(account.password.as_deref())
        .bind(account.must_change)
        .bind(account.role.map(Role::as_str))
        .bind(serde_json::to_string(&account.profile).map_err(json)?)
        .bind(account.class.as_ref().map(Class::as_str))
        .bind(account.category.as_deref())
        .bind(account.standing.as_str())
        .bind(account.valid_until.map(Timestamp::unix_ms))
        .bind(serde_json::to_string(&account.affiliation).map_err(json)?)
        .bind(account.created.unix_ms()))
}

fn account(row: &Row) -> Result<AccountRow, StoreError> {
    let id: &str = column(row, 0)?;
    // The fault names the account and the column only: rows hold what is personal.
    let bad = |what: &str| StoreError::Corrupt(format!("account {id}: {what}"));
    let member: &str = column(row, 1)?;
    let role: Option<&str> = column(row, 6)?;
    let class: Option<&str> = column(row, 8)?;
    let standing: &str = column(row, 10)?;
    Ok(AccountRow {
        id: ReaderId::parse(id).map_err(|_| bad("id"))?,
        member: match member {
            "" => None,
            id => Some(MemberId::parse(id).map_err(|_| bad("member"))?),
        },
        login: column(row, 2)?,
        login_key: column(row, 3)?,
        password: column(row, 4)?,
        must_change: column(row, 5)?,
        role: role.map(|text| Role::parse(text).ok_or_else(|| bad("role"))).transpose()?,
        profile: serde_json::from_str(column(row, 7)?).map_err(|_| bad("profile"))?,
        class: class.map(|text| Class::parse(text).map_err(|_| bad("class"))).transpose()?,
        category: column(row, 9)?,
        standing: Standing::parse(standing).ok_or_else(|| bad("standing"))?,
        valid_until: column::<Option<i64>>(row, 11)?.map(Timestamp::from_unix_ms),
        affiliation: serde_json::from_str(column(row, 12)?).map_err(|_| bad("affiliation"))?,
        created: time(row, 13)?,
    })
}
