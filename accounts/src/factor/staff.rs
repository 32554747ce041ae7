//! Who works here: roles that count, and looking up an account for one's readers.

use crate::Accounts;
use crate::login_key::LoginKey;
use model::{MemberId, ReaderId, Refusal, Standing, Timestamp, code};
use store::{AccountRow, Role};
use zeroize::Zeroize as _;

/// A role that counts now: of an account in good standing, with a second factor (rule 14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// The role.
    pub role: Role,
    /// The member where it holds, and nowhere else; `None`: the consortium.
    pub member: Option<MemberId>,
}

impl Accounts {
    /// The role that a reader holds now, if any. Asked on every page of desk and console, so
    /// that a role taken away is gone with the next press.
    pub async fn staff(&self, id: &ReaderId, now: Timestamp) -> Result<Option<Staff>, Refusal> {
        let Some(account) = self.durable.find_account_by_id(id).await? else { return Ok(None) };
        let Some(role) = account.role.filter(|_| is_in_office(&account, now)) else {
            return Ok(None);
        };
        if self.durable.is_suspended(id).await? {
            return Ok(None);
        }
        let factor = self.durable.find_second_factor(id).await?;
        Ok(factor.map(|_| Staff { role, member: account.member }))
    }

    /// An account of `member` by its login name or its id, without its hash; `None`: there
    /// is none there, and whether there is one elsewhere is not told.
    pub async fn find(
        &self,
        member: Option<&MemberId>,
        named: &str,
    ) -> Result<Option<AccountRow>, Refusal> {
        let by_login = match LoginKey::read(named) {
            Ok(key) => self.durable.find_account(member, key.as_str()).await?,
            Err(_) => None,
        };
        let found = match (by_login, ReaderId::parse(named.trim())) {
            (Some(account), _) => Some(account),
            (None, Ok(id)) => self.durable.find_account_by_id(&id).await?,
            (None, Err(_)) => None,
        };
        Ok(found.filter(|account| account.member.as_ref() == member).map(|mut account| {
            account.password.zeroize();
            account
        }))
    }

    pub(super) async fn require_role(
        &self,
        account: &AccountRow,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.require_open(account).await?;
        if account.role.is_some() && is_in_office(account, now) {
            return Ok(());
        }
        Err(Refusal::new(code::ACC_NO_ROLE, "right password, no role that counts"))
    }
}

fn is_in_office(account: &AccountRow, now: Timestamp) -> bool {
    account.standing == Standing::Good && account.valid_until.is_none_or(|end| now < end)
}
