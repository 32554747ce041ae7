//! Codes of an authenticator app, and the recovery codes that stand in for it.

use super::state::{self, Step, Stepping};
use super::{Enrolled, SecondFactorChecked, changed, code, recovery, seal};
use crate::Accounts;
use model::{LoginCode, Moment, Refusal, Timestamp, code as codes};
use std::fmt;
use std::net::IpAddr;
use store::{AccountRow, SecondFactorRow, Space};
use zeroize::Zeroizing;

/// What an app is given at enrolment. Debug shows none of it.
pub struct AppKey {
    /// The secret, base32.
    pub secret: Zeroizing<String>,
    /// The same as an `otpauth` address, to be scanned.
    pub link: Zeroizing<String>,
}

impl fmt::Debug for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppKey(***)")
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
    /// Proves the second factor by a code of the app or a recovery code: `ACC-010` wrong or
    /// used before, `ACC-002` too many guesses. Each code is good once (RFC 6238 section
    /// 5.2), within one step of 30 s either way.
    pub async fn check_code(
        &self,
        state: &[u8],
        typed: &Typed<'_>,
        moment: &Moment,
    ) -> Result<SecondFactorChecked, Refusal> {
        let stepping = Stepping::open(state, &self.step_key, moment.now)?;
        stepping.asking()?;
        let account = self.account_of(&stepping, moment.now).await?;
        let factor = self.durable.find_second_factor(&account.id).await?.ok_or_else(changed)?;
        let guess = self.guess(&account, (typed.client, typed.login), moment.now).await?;
        let outcome = match code::digits(typed.code) {
            Some(_) if factor.sealed.is_empty() => Err(wrong()),
            Some(digits) => {
                let secret = seal::open(&self.factor_key, &account.id, &factor.sealed)?;
                self.use_code(&account, &secret, &digits, moment.now).await
            }
            None => self.use_recovery(&account, &factor, typed.code, moment).await,
        };
        self.judged(&guess, outcome, moment.now).await?;
        Ok(SecondFactorChecked::of(account))
    }

    /// Enrols the app that the state holds, once its first code was typed; `ACC-011` where
    /// one was enrolled meanwhile: who knows the password alone never replaces a factor.
    pub async fn enrol(
        &self,
        state: &[u8],
        typed: &Typed<'_>,
        moment: &Moment,
    ) -> Result<Enrolled, Refusal> {
        let stepping = Stepping::open(state, &self.step_key, moment.now)?;
        let (sealed, _, is_first) = stepping.enrolling()?;
        let sealed = sealed.ok_or_else(changed)?;
        let account = self.account_of(&stepping, moment.now).await?;
        let guess = self.guess(&account, (typed.client, typed.login), moment.now).await?;
        let secret = seal::open(&self.factor_key, &account.id, &sealed)?;
        let outcome = match code::digits(typed.code) {
            Some(digits) => self.use_code(&account, &secret, &digits, moment.now).await,
            None => Err(wrong()),
        };
        self.judged(&guess, outcome, moment.now).await?;
        // Written down first: a factor that no log knows of must not be.
        self.note(&account, "account.factor_enrolled", None, moment).await?;
        let recovery = if is_first { recovery::draw(&moment.entropy) } else { Vec::new() };
        let is_kept = if is_first {
            let row = self.first_factor(&account, sealed, &recovery, moment.now);
            self.durable.enrol_second_factor(&row).await?
        } else {
            self.durable.set_app(&account.id, &sealed, moment.now).await?
        };
        if !is_kept {
            return Err(changed());
        }
        Ok(Enrolled { recovery, state: self.step(&account, Step::Kept, moment)? })
    }

    /// A secret for an app, sealed, as a state holds it.
    pub(super) fn draw_app(
        &self,
        account: &AccountRow,
        moment: &Moment,
    ) -> Result<String, Refusal> {
        let secret = code::draw(&moment.entropy);
        let sealed = seal::seal(&self.factor_key, &account.id, &secret, moment)?;
        Ok(state::encode(&sealed))
    }

    /// The row of an account whose first factor this is; `sealed` is empty without an app.
    pub(super) fn first_factor(
        &self,
        account: &AccountRow,
        sealed: Vec<u8>,
        recovery: &[Zeroizing<String>],
        now: Timestamp,
    ) -> SecondFactorRow {
        SecondFactorRow {
            account: account.id.clone(),
            sealed,
            recovery: recovery::hashes(&self.recovery_key, &account.id, recovery),
            enrolled: now,
        }
    }

    /// The digits must be those of this half minute or its neighbours, for the first time.
    async fn use_code(
        &self,
        account: &AccountRow,
        secret: &[u8],
        digits: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let step = code::matching_step(secret, digits, now).ok_or_else(wrong)?;
        let key = format!("{}\n{step}", account.id);
        let until = code::forgotten(step);
        let is_first = self.shared.put_once(Space::FactorCode, &key, until, now).await?;
        if is_first { Ok(()) } else { Err(wrong()) }
    }

    async fn use_recovery(
        &self,
        account: &AccountRow,
        factor: &SecondFactorRow,
        typed: &str,
        moment: &Moment,
    ) -> Result<(), Refusal> {
        let left = recovery::without(&self.recovery_key, &account.id, &factor.recovery, typed);
        let left = left.ok_or_else(wrong)?;
        self.note(account, "account.recovery_used", None, moment).await?;
        let is_used = self.durable.set_recovery(&account.id, &factor.recovery, &left).await?;
        if is_used { Ok(()) } else { Err(wrong()) }
    }
}

fn wrong() -> Refusal {
    Refusal::new(codes::ACC_WRONG_CODE, "wrong or used code of a second factor")
}
