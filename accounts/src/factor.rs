//! The second factor of an account with a role: a code of an authenticator app (TOTP,
//! RFC 6238), or one of ten recovery codes.
//!
//! ```text
//! PasswordChecked ─▶ second_step ─┬─ enrolled ─▶ Asked ─▶ check_code ─▶ SecondFactorChecked
//!                                 └─ not yet  ─▶ Enrolling ─▶ enrol ─▶ Enrolled ─▶ kept_codes ─▶ SecondFactorChecked
//! ```
//! A role gives nothing without it (rule 14). The steps in between travel as bytes that
//! this crate alone can write; nothing is stored before a first code was right.

mod code;
mod recovery;
mod seal;
mod staff;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use seal::key as sealing_key;
pub use staff::Staff;

use crate::guesses::Guess;
use crate::{Accounts, PasswordChecked};
use model::{LoginCode, Moment, Refusal, Timestamp, code as codes};
use state::{Step, Stepping};
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use store::{AccountRow, Actor, AuditEntry, SecondFactorRow, Space};
use zeroize::Zeroizing;

/// Proof that both were shown in this login: the account's password and its second factor.
///
/// Made only in this crate. Not `Clone`, not readable from anything.
pub struct SecondFactorChecked {
    account: Box<AccountRow>,
}

impl SecondFactorChecked {
    /// The account, without its hash.
    pub fn account(&self) -> &AccountRow {
        &self.account
    }

    /// The caller has just looked at the code, or at a state that says it was right.
    fn of(mut account: AccountRow) -> Self {
        account.password = None;
        Self { account: Box::new(account) }
    }
}

impl fmt::Debug for SecondFactorChecked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecondFactorChecked({})", self.account.id)
    }
}

/// What a right password of an account with a role leads to. No proof yet.
#[derive(Debug)]
pub enum SecondStep {
    /// The code is asked for; the state for [`Accounts::check_code`].
    Asked(Vec<u8>),
    /// A factor is set up first; the state for [`Accounts::enrol`].
    Enrolling(Vec<u8>),
}

/// What an app is given at enrolment. Debug shows none of it.
pub struct Enrolment {
    /// The secret, base32.
    pub secret: Zeroizing<String>,
    /// The same as an `otpauth` address, to be scanned.
    pub link: Zeroizing<String>,
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enrolment(***)")
    }
}

/// A factor was enrolled. Debug shows no code.
pub struct Enrolled {
    /// The recovery codes, said this once.
    pub recovery: Vec<Zeroizing<String>>,
    /// For [`Accounts::kept_codes`].
    pub state: Vec<u8>,
}

impl fmt::Debug for Enrolled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enrolled(***)")
    }
}

/// One guess at a code. Debug shows none.
pub struct Typed<'a> {
    /// As typed.
    pub code: &'a str,
    /// Whose guess counts.
    pub client: IpAddr,
    /// The login in flight whose guess counts.
    pub login: LoginCode,
}

impl fmt::Debug for Typed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typed(***)")
    }
}

impl Accounts {
    /// What comes after the password of an account that works here; `ACC-009` where it has
    /// no role, or one that has ended.
    pub async fn second_step(
        &self,
        checked: &PasswordChecked,
        moment: &Moment,
    ) -> Result<SecondStep, Refusal> {
        let id = &checked.account().id;
        let account = self.durable.find_account_by_id(id).await?.ok_or_else(changed)?;
        self.require_role(&account, moment.now).await?;
        let at = moment.now;
        if self.durable.find_second_factor(id).await?.is_some() {
            return Ok(SecondStep::Asked(
                Stepping::new(&self.step_key, &account, Step::Code, at).write(&self.step_key)?,
            ));
        }
        let secret = code::draw(&moment.entropy);
        let sealed = seal::seal(&self.factor_key, &account.id, &secret, moment)?;
        let stepping = Stepping::new(
            &self.step_key,
            &account,
            Step::Enrol { sealed: state::encode(&sealed) },
            at,
        );
        Ok(SecondStep::Enrolling(stepping.write(&self.step_key)?))
    }

    /// What to show again while the state of an enrolment waits; `issuer` names the hub in
    /// the app.
    pub fn enrolment(
        &self,
        state: &[u8],
        issuer: &str,
        now: Timestamp,
    ) -> Result<Enrolment, Refusal> {
        let stepping = Stepping::open(state, &self.step_key, now)?;
        let sealed = stepping.sealed()?;
        let secret = seal::open(&self.factor_key, &stepping.account, &sealed)?;
        Ok(code::enrolment(&secret, issuer, &stepping.login))
    }

    /// Proves the second factor by a code of the app or a recovery code: `ACC-010` wrong or
    /// used before, `ACC-002` too many guesses. Each code is good once (RFC 6238 section
    /// 5.2), within one step of 30 s either way.
    pub async fn check_code(
        &self,
        state: &[u8],
        typed: &Typed<'_>,
        moment: &Moment,
    ) -> Result<SecondFactorChecked, Refusal> {
        let stepping = Stepping::open(state, &self.step_key, moment.now)?.require(&Step::Code)?;
        let account = self.account_of(&stepping, moment.now).await?;
        let factor = self.durable.find_second_factor(&account.id).await?.ok_or_else(changed)?;
        let guess = self.guess(&account, typed, moment.now).await?;
        let is_right = match code::digits(typed.code) {
            Some(digits) => {
                let secret = seal::open(&self.factor_key, &account.id, &factor.sealed)?;
                self.use_code(&account, &secret, &digits, moment.now).await?
            }
            None => self.use_recovery(&account, &factor, typed.code, moment).await?,
        };
        self.judged(&guess, is_right, moment.now).await?;
        Ok(SecondFactorChecked::of(account))
    }

    /// Enrols the factor that the state holds, once its first code was typed; `ACC-011` where
    /// one was enrolled meanwhile: who knows the password alone never replaces a factor.
    pub async fn enrol(
        &self,
        state: &[u8],
        typed: &Typed<'_>,
        moment: &Moment,
    ) -> Result<Enrolled, Refusal> {
        let stepping = Stepping::open(state, &self.step_key, moment.now)?;
        let sealed = stepping.sealed()?;
        let account = self.account_of(&stepping, moment.now).await?;
        let guess = self.guess(&account, typed, moment.now).await?;
        let secret = seal::open(&self.factor_key, &account.id, &sealed)?;
        let is_right = match code::digits(typed.code) {
            Some(digits) => self.use_code(&account, &secret, &digits, moment.now).await?,
            None => false,
        };
        self.judged(&guess, is_right, moment.now).await?;
        let recovery = recovery::draw(&moment.entropy);
        let row = SecondFactorRow {
            account: account.id.clone(),
            sealed,
            recovery: recovery::hashes(&self.recovery_key, &account.id, &recovery),
            enrolled: moment.now,
        };
        // Written down first: a factor that no log knows of must not be.
        self.note(&account, "account.factor_enrolled", moment).await?;
        if !self.durable.enrol_second_factor(&row).await? {
            return Err(changed());
        }
        let state = Stepping::new(&self.step_key, &account, Step::Kept, moment.now)
            .write(&self.step_key)?;
        Ok(Enrolled { recovery, state })
    }

    /// The recovery codes were shown; the login goes on.
    pub async fn kept_codes(
        &self,
        state: &[u8],
        moment: &Moment,
    ) -> Result<SecondFactorChecked, Refusal> {
        let stepping = Stepping::open(state, &self.step_key, moment.now)?.require(&Step::Kept)?;
        let account = self.account_of(&stepping, moment.now).await?;
        self.durable.find_second_factor(&account.id).await?.ok_or_else(changed)?;
        Ok(SecondFactorChecked::of(account))
    }

    /// The account of a step, looked at again: still the same password, still a role.
    async fn account_of(&self, stepping: &Stepping, now: Timestamp) -> Result<AccountRow, Refusal> {
        let account =
            self.durable.find_account_by_id(&stepping.account).await?.ok_or_else(changed)?;
        if !stepping.is_of(&account, &self.step_key) {
            return Err(changed());
        }
        self.require_role(&account, now).await?;
        Ok(account)
    }

    /// Counts the guess before anything is compared (rule 2).
    async fn guess(
        &self,
        account: &AccountRow,
        typed: &Typed<'_>,
        now: Timestamp,
    ) -> Result<Guess, Refusal> {
        let guess = self.guesses.of_factor(&account.id, typed.login, typed.client);
        self.guesses.count(&guess, now).await?;
        Ok(guess)
    }

    async fn judged(&self, guess: &Guess, is_right: bool, now: Timestamp) -> Result<(), Refusal> {
        if is_right {
            return self.guesses.hit(guess).await;
        }
        self.guesses.missed(guess, now).await?;
        Err(Refusal::new(codes::ACC_WRONG_CODE, "wrong or used code of a second factor"))
    }

    /// Whether the digits are those of this half minute or its neighbours, for the first time.
    async fn use_code(
        &self,
        account: &AccountRow,
        secret: &[u8],
        digits: &str,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        let Some(step) = code::matching_step(secret, digits, now) else { return Ok(false) };
        let key = format!("{}\n{step}", account.id);
        Ok(self.shared.put_once(Space::FactorCode, &key, code::forgotten(step), now).await?)
    }

    async fn use_recovery(
        &self,
        account: &AccountRow,
        factor: &SecondFactorRow,
        typed: &str,
        moment: &Moment,
    ) -> Result<bool, Refusal> {
        let left = recovery::without(&self.recovery_key, &account.id, &factor.recovery, typed);
        let Some(left) = left else { return Ok(false) };
        self.note(account, "account.recovery_used", moment).await?;
        Ok(self.durable.set_recovery(&account.id, &factor.recovery, &left).await?)
    }

    async fn note(&self, account: &AccountRow, act: &str, moment: &Moment) -> Result<(), Refusal> {
        let entry = AuditEntry {
            actor: Actor::Account(account.id.clone()),
            act: act.to_owned(),
            member: account.member.clone(),
            service: None,
            code: None,
            outcome: None,
            personal: BTreeMap::from([("login".to_owned(), account.login.clone())]),
        };
        Ok(self.durable.append_audit(&entry, moment.now, moment.entropy.bytes()).await?)
    }
}

/// What the step rested on is no longer so: another tab, a reset, a forgotten factor.
fn changed() -> Refusal {
    Refusal::new(codes::ACC_FACTOR_STANDS, "password or second factor changed meanwhile")
}
