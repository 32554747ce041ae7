//! The second factors of an account: passkeys (WebAuthn level 3), codes of an authenticator
//! app (TOTP, RFC 6238), and ten recovery codes.
//!
//! ```text
//! PasswordChecked ─▶ second_step ─┬─ one stands ─▶ Asked ─▶ check_code | check_passkey ─▶ SecondFactorChecked
//!                                 └─ not yet ────▶ Enrolling ─▶ enrol | enrol_passkey ─▶ Enrolled ─▶ kept ─▶ SecondFactorChecked
//! SecondFactorChecked ─▶ further ─▶ enrol | enrol_passkey ─▶ Enrolled ─▶ kept
//! ```
//! A role gives nothing without one (rule 14). The steps in between travel as bytes that
//! this crate alone can write; nothing is stored before a first answer was right.

mod app;
mod code;
mod passkey;
mod recovery;
mod seal;
mod staff;
mod standing;
mod state;
#[cfg(test)]
mod tests;

pub use app::{AppKey, Typed};
pub use passkey::{Pressed, RelyingParty};
pub(crate) use seal::key as sealing_key;
pub use staff::Staff;
pub use standing::{Factors, PasskeyKept};

use crate::guesses::Guess;
use crate::{Accounts, PasswordChecked};
use model::{LoginCode, Moment, Refusal, Timestamp, code as codes};
use state::{Step, Stepping};
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use store::{AccountRow, Actor, AuditEntry};
use zeroize::Zeroizing;

/// Proof that both were shown in this login: the account's password and a second factor.
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

    /// The caller has just looked at the factor, or at a state that says it was right.
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
    /// A factor that stands is asked for; the state for [`Accounts::asked`].
    Asked(Vec<u8>),
    /// A factor is set up first; the state for [`Accounts::enrolment`].
    Enrolling(Vec<u8>),
}

/// Which factors are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Whether an app was set up; recovery codes do in any case.
    pub app: bool,
    /// What a browser needs to have a passkey sign, as JSON; `None`: there is none.
    pub passkey: Option<String>,
}

/// What may be set up. Debug shows none of it.
pub struct Enrolment {
    /// What an app is given; `None`: one stands.
    pub app: Option<AppKey>,
    /// What a browser needs to make a passkey, as JSON; `None`: the hub's address has no
    /// name that passkeys could be bound to, or there are enough.
    pub passkey: Option<String>,
    /// Whether none stood before, so that the login cannot go on without.
    pub is_first: bool,
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enrolment(***)")
    }
}

/// A factor was enrolled. Debug shows no code.
pub struct Enrolled {
    /// The recovery codes, said this once; empty after a further factor.
    pub recovery: Vec<Zeroizing<String>>,
    /// For [`Accounts::kept`].
    pub state: Vec<u8>,
}

impl fmt::Debug for Enrolled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enrolled(***)")
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
        let challenge = passkey::challenge(moment);
        if self.durable.find_second_factor(id).await?.is_some() {
            return self.step(&account, Step::Code { challenge }, moment).map(SecondStep::Asked);
        }
        let app = Some(self.draw_app(&account, moment)?);
        let step = Step::Enrol { app, challenge, is_first: true };
        self.step(&account, step, moment).map(SecondStep::Enrolling)
    }

    /// Setting up a further factor, for who has just shown one: the state for
    /// [`Accounts::enrolment`]. `None`: there is nothing to add.
    pub async fn further(
        &self,
        proof: &SecondFactorChecked,
        moment: &Moment,
    ) -> Result<Option<Vec<u8>>, Refusal> {
        let account = proof.account();
        let account = self.durable.find_account_by_id(&account.id).await?.ok_or_else(changed)?;
        let factor = self.durable.find_second_factor(&account.id).await?.ok_or_else(changed)?;
        let app =
            if factor.sealed.is_empty() { Some(self.draw_app(&account, moment)?) } else { None };
        if app.is_none() && !self.has_room(&account).await? {
            return Ok(None);
        }
        let challenge = passkey::challenge(moment);
        let step = Step::Enrol { app, challenge, is_first: false };
        self.step(&account, step, moment).map(Some)
    }

    /// What to ask for, as long as the state waits.
    pub async fn asked(&self, state: &[u8], now: Timestamp) -> Result<Asked, Refusal> {
        let stepping = Stepping::open(state, &self.step_key, now)?;
        let challenge = stepping.asking()?;
        let id = &stepping.account;
        let factor = self.durable.find_second_factor(id).await?.ok_or_else(changed)?;
        Ok(Asked {
            app: !factor.sealed.is_empty(),
            passkey: self.passkey_request(id, challenge).await?,
        })
    }

    /// What to show again while the state of an enrolment waits; `issuer` names the hub in
    /// the app and to the authenticator.
    pub async fn enrolment(
        &self,
        state: &[u8],
        issuer: &str,
        now: Timestamp,
    ) -> Result<Enrolment, Refusal> {
        let stepping = Stepping::open(state, &self.step_key, now)?;
        let (sealed, challenge, is_first) = stepping.enrolling()?;
        let app = match sealed {
            Some(sealed) => {
                let secret = seal::open(&self.factor_key, &stepping.account, &sealed)?;
                Some(code::enrolment(&secret, issuer, &stepping.login))
            }
            None => None,
        };
        let passkey = self.passkey_creation(&stepping, challenge, issuer).await?;
        Ok(Enrolment { app, passkey, is_first })
    }

    /// The login goes on: after the recovery codes were shown, or from the setting up of a
    /// further factor, which nobody need finish.
    pub async fn kept(
        &self,
        state: &[u8],
        moment: &Moment,
    ) -> Result<SecondFactorChecked, Refusal> {
        let stepping = Stepping::open(state, &self.step_key, moment.now)?;
        stepping.require_shown()?;
        let account = self.account_of(&stepping, moment.now).await?;
        self.durable.find_second_factor(&account.id).await?.ok_or_else(changed)?;
        Ok(SecondFactorChecked::of(account))
    }

    fn step(&self, account: &AccountRow, step: Step, moment: &Moment) -> Result<Vec<u8>, Refusal> {
        Stepping::new(&self.step_key, account, step, moment.now).write(&self.step_key)
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
        (client, login): (IpAddr, LoginCode),
        now: Timestamp,
    ) -> Result<Guess, Refusal> {
        let guess = self.guesses.of_factor(&account.id, login, client);
        self.guesses.count(&guess, now).await?;
        Ok(guess)
    }

    async fn judged<T>(
        &self,
        guess: &Guess,
        outcome: Result<T, Refusal>,
        now: Timestamp,
    ) -> Result<T, Refusal> {
        match &outcome {
            Ok(_) => self.guesses.hit(guess).await?,
            Err(_) => self.guesses.missed(guess, now).await?,
        }
        outcome
    }

    async fn note(
        &self,
        account: &AccountRow,
        act: &str,
        named: Option<&str>,
        moment: &Moment,
    ) -> Result<(), Refusal> {
        let mut personal = BTreeMap::from([("login".to_owned(), account.login.clone())]);
        personal.extend(named.map(|name| ("passkey".to_owned(), name.to_owned())));
        let entry = AuditEntry {
            actor: Actor::Account(account.id.clone()),
            act: act.to_owned(),
            member: account.member.clone(),
            service: None,
            code: None,
            outcome: None,
            personal,
        };
        Ok(self.durable.append_audit(&entry, moment.now, moment.entropy.bytes()).await?)
    }
}

/// What the step rested on is no longer so: another tab, a reset, a forgotten factor.
fn changed() -> Refusal {
    Refusal::new(codes::ACC_FACTOR_STANDS, "password or second factor changed meanwhile")
}
