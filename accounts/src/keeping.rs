//! Accounts are looked after: reset, given another standing, listed.

use crate::login_key::LoginKey;
use crate::password::Password;
use crate::turns::Asker;
use crate::{AccountError, Accounts, issued};
use model::{MemberId, Moment, ReaderId, Standing};
use std::fmt;
use store::AccountRow;
use zeroize::{Zeroize as _, Zeroizing};

/// A password that was issued anew. Debug shows no secret.
pub struct Reset {
    /// The account.
    pub id: ReaderId,
    /// The issued password, said this once.
    pub one_time_password: Zeroizing<String>,
    /// Sessions that were ended.
    pub ended: usize,
}

impl fmt::Debug for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reset")
            .field("id", &self.id)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

/// An account of another standing than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The account.
    pub id: ReaderId,
    /// Its standing before.
    pub was: Standing,
    /// Sessions that were ended.
    pub ended: usize,
}

impl Accounts {
    /// Puts an issued password, to be changed at the next login, in the place of whatever
    /// stands; then nobody is inside with the old one: every session ends, a change in
    /// flight is void, and guesses made so far are forgotten.
    pub async fn reset(
        &self,
        member: Option<&MemberId>,
        login: &str,
        moment: &Moment,
    ) -> Result<Reset, AccountError> {
        let account = self.named(member, login).await?;
        let one_time_password = issued::draw(&moment.entropy);
        let password = Password::typed(&one_time_password)
            .map_err(|_| AccountError::Broken("the issued password is out of bounds".to_owned()))?;
        let turn = self.hashing.turn(Asker::Hub, moment.now).await?;
        let phc = self.hashing.hash(&turn, password, moment.entropy.bytes()).await?;
        drop(turn);
        if !self.durable.set_password(&account.id, None, &phc, true, moment.now).await? {
            return Err(AccountError::NoAccount);
        }
        self.guesses.forgive(member, &account.login_key).await?;
        self.guesses.forgive_factor(&account.id).await?;
        let ended = self.shared.end_of_reader(&account.id).await?;
        Ok(Reset { id: account.id, one_time_password, ended })
    }

    /// Sets the standing. Sessions end, since each holds the standing of its login. A
    /// suspended account is not blocked: that would let it in again.
    pub async fn set_standing(
        &self,
        member: Option<&MemberId>,
        login: &str,
        standing: Standing,
    ) -> Result<Changed, AccountError> {
        let account = self.named(member, login).await?;
        if (account.standing, standing) == (Standing::Suspended, Standing::Blocked) {
            return Err(AccountError::Suspended);
        }
        if !self.durable.set_account_standing(&account.id, standing).await? {
            return Err(AccountError::NoAccount);
        }
        let ended = self.shared.end_of_reader(&account.id).await?;
        Ok(Changed { id: account.id, was: account.standing, ended })
    }

    /// The next accounts of `member` (`None`: operator and auditor) behind `after`, in the
    /// order of their ids, without their hashes; empty: there are no more.
    pub async fn list(
        &self,
        member: Option<&MemberId>,
        after: Option<&ReaderId>,
    ) -> Result<Vec<AccountRow>, AccountError> {
        let mut page = self.durable.list_accounts(member, after, PAGE).await?;
        for account in &mut page {
            account.password.zeroize();
        }
        Ok(page)
    }

    pub(crate) async fn named(
        &self,
        member: Option<&MemberId>,
        login: &str,
    ) -> Result<AccountRow, AccountError> {
        let key = LoginKey::read(login)?;
        let account = self.durable.find_account(member, key.as_str()).await?;
        account.ok_or(AccountError::NoAccount)
    }
}

/// Accounts of one page.
const PAGE: u32 = 500;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CheckedOr;
    use crate::testing::{GOOD, member, place};
    use model::{LoginCode, code};

    #[tokio::test]
    async fn a_reset_ends_the_old_password_and_issues_one_to_be_changed() {
        let place = place().await;
        let created = place.create("reader-7", Some(GOOD)).await;
        let reset = place.accounts.reset(Some(&member()), " READER-7 ", &place.at(0)).await;
        let reset = reset.expect("reset");
        assert_eq!(reset.id, created.id);
        assert!(!format!("{reset:?}").contains(reset.one_time_password.as_str()));
        let old = place.check("reader-7", GOOD).await.expect_err("the old password");
        assert_eq!(old.code(), code::ACC_WRONG_PASSWORD);
        let issued = place.check("reader-7", &reset.one_time_password).await;
        assert!(matches!(issued, Ok(CheckedOr::MustChange(_))));
    }

    #[tokio::test]
    async fn a_reader_who_guessed_too_often_gets_in_with_the_issued_password() {
        let place = place().await;
        place.create("reader-7", Some(GOOD)).await;
        for n in 0..12 {
            let client = format!("192.0.2.{n}");
            let code = LoginCode::draw(&place.entropy);
            let _ = place.check_from("reader-7", "wrong guess", &client, code, 0).await;
        }
        let closed = place.check("reader-7", GOOD).await.expect_err("closed");
        assert_eq!(closed.code(), code::ACC_TOO_MANY_GUESSES);
        let reset = place.accounts.reset(Some(&member()), "reader-7", &place.at(0)).await;
        let issued = place.check("reader-7", &reset.expect("reset").one_time_password).await;
        assert!(matches!(issued, Ok(CheckedOr::MustChange(_))), "{issued:?}");
    }

    #[tokio::test]
    async fn a_suspended_account_is_cut_off_and_a_blocked_one_is_not() {
        let place = place().await;
        place.create("reader-7", Some(GOOD)).await;
        let set = |standing| {
            let accounts = place.accounts.clone();
            async move { accounts.set_standing(Some(&member()), "reader-7", standing).await }
        };
        assert_eq!(set(Standing::Blocked).await.expect("set").was, Standing::Good);
        assert!(place.check("reader-7", GOOD).await.is_ok());
        assert_eq!(set(Standing::Suspended).await.expect("set").was, Standing::Blocked);
        assert!(
            matches!(set(Standing::Blocked).await, Err(AccountError::Suspended)),
            "let in again"
        );
        let refused = place.check("reader-7", GOOD).await.expect_err("suspended");
        assert_eq!(refused.code(), code::LOG_READER_SUSPENDED);
        assert_eq!(set(Standing::Good).await.expect("set").was, Standing::Suspended);
        assert!(place.check("reader-7", GOOD).await.is_ok());
    }

    #[tokio::test]
    async fn what_is_not_there_is_said_and_a_list_holds_no_hash() {
        let place = place().await;
        for (at, login) in [(Some(member()), "nobody"), (None, "reader-7")] {
            let fault = place.accounts.reset(at.as_ref(), login, &place.at(0)).await;
            assert!(matches!(fault, Err(AccountError::NoAccount)), "{login}");
        }
        place.create("reader-7", Some(GOOD)).await;
        place.create("reader-8", Some(GOOD)).await;
        let page = place.accounts.list(Some(&member()), None).await.expect("a page");
        assert_eq!(page.len(), 2);
        assert!(page.iter().all(|account| account.password.is_none()));
        let rest = place.accounts.list(Some(&member()), Some(&page[0].id)).await.expect("a page");
        assert_eq!(rest, page[1..]);
        assert!(place.accounts.list(None, None).await.expect("a page").is_empty());
    }
}
