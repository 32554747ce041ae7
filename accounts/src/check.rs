//! A login name and a password are checked.

use crate::guesses::Guess;
use crate::hashing::{Matched, Verdict};
use crate::login_key::LoginKey;
use crate::password::Password;
use crate::turns::{Asker, Turn};
use crate::{Accounts, PasswordChecked, PendingChange, may_log_in};
use model::{LoginCode, MemberId, Moment, Refusal, code};
use std::fmt;
use std::net::IpAddr;
use store::AccountRow;

/// One attempt to log in. Debug shows no secret.
pub struct Attempt<'a> {
    /// Where the account lies; `None`: operator and auditor.
    pub member: Option<&'a MemberId>,
    /// Login name as typed.
    pub login: &'a str,
    /// Password as typed.
    pub password: &'a str,
    /// Whose guess counts.
    pub client: IpAddr,
    /// The login in flight whose guess counts.
    pub code: LoginCode,
}

impl fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").field("member", &self.member).finish_non_exhaustive()
    }
}

/// What a right password leads to.
#[derive(Debug)]
pub enum CheckedOr {
    /// The login goes on.
    Checked(PasswordChecked),
    /// An issued password: it is changed first.
    MustChange(PendingChange),
}

impl Accounts {
    /// Proves the password, or refuses: `ACC-001` wrong (nothing tells an unknown
    /// login name from a wrong password, neither words nor cost), `ACC-002` too
    /// many guesses, `ACC-003` empty, `LOG-022` right but cut off, `HUB-002` too many
    /// checks are waiting (that is no guess).
    pub async fn check_password(
        &self,
        attempt: &Attempt<'_>,
        moment: &Moment,
    ) -> Result<CheckedOr, Refusal> {
        if attempt.login.trim().is_empty() || attempt.password.is_empty() {
            return Err(Refusal::new(code::ACC_PASSWORD_EMPTY, "empty login name or password"));
        }
        let (Ok(login), Ok(password)) =
            (LoginKey::read(attempt.login), Password::typed(attempt.password))
        else {
            return Err(wrong());
        };
        let guess = self.guesses.of(attempt.member, login.as_str(), attempt.code, attempt.client);
        self.guesses.require_open(&guess, moment.now).await?;
        let turn = self.hashing.turn(Asker::Client(attempt.client), moment.now).await?;
        // Not before its turn: who is sent away as busy has used up no guess.
        self.guesses.count(&guess, moment.now).await?;
        let account = self.durable.find_account(attempt.member, login.as_str()).await?;
        let stored = account.as_ref().and_then(|a| a.password.clone());
        let verdict = self.hashing.verify(&turn, password.clone(), stored).await?;
        let (Some(account), Verdict::Matched { proof, stale }) = (account, verdict) else {
            self.guesses.missed(&guess, moment.now).await?;
            return Err(wrong());
        };
        if stale {
            self.rehash(&turn, &account, password, moment).await;
        }
        drop(turn);
        self.accept(account, proof, &guess, moment).await
    }

    async fn accept(
        &self,
        account: AccountRow,
        proof: Matched,
        guess: &Guess,
        moment: &Moment,
    ) -> Result<CheckedOr, Refusal> {
        self.guesses.hit(guess).await?;
        self.require_open(&account).await?;
        if account.must_change {
            // The mark must name the hash that stands now, even where this login renewed it.
            let account = self.durable.find_account_by_id(&account.id).await?.unwrap_or(account);
            return PendingChange::new(proof, &account, &self.pending_key, moment.now)
                .map(CheckedOr::MustChange);
        }
        Ok(CheckedOr::Checked(PasswordChecked::new(proof, account)))
    }

    /// Said only to who knows the password: to anyone else it would tell that the account exists.
    pub(crate) async fn require_open(&self, account: &AccountRow) -> Result<(), Refusal> {
        if may_log_in(account.standing) && !self.durable.is_suspended(&account.id).await? {
            return Ok(());
        }
        Err(Refusal::new(code::LOG_READER_SUSPENDED, "right password, account cut off"))
    }

    /// Brings a right password to today's cost. The login does not hang on it.
    async fn rehash(&self, turn: &Turn, account: &AccountRow, password: Password, moment: &Moment) {
        let Ok(phc) = self.hashing.hash(turn, password, moment.entropy.bytes()).await else {
            return;
        };
        let was = account.password.as_deref();
        let renewed = self
            .durable
            .set_password(&account.id, was, &phc, account.must_change, moment.now)
            .await;
        if let Err(fault) = renewed {
            tracing::warn!(account = %account.id, %fault, "a password hash was not renewed");
        }
    }
}

fn wrong() -> Refusal {
    Refusal::new(code::ACC_WRONG_PASSWORD, "unknown login name or wrong password")
}

#[cfg(test)]
mod tests;
