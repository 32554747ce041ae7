//! Passkeys: made at enrolment, asked to sign at a login (WebAuthn level 3, section 7).
//!
//! ```text
//! challenge, in the sealed state ─▶ browser ─▶ Pressed ─▶ ceremony ─▶ challenge used once ─▶ counter noted
//! ```

mod ceremony;
mod key;
mod names;
mod party;
#[cfg(test)]
mod tests;

pub use party::RelyingParty;

use super::state::{Step, Stepping};
use super::{Enrolled, SecondFactorChecked, changed, recovery};
use crate::Accounts;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ceremony::{Fault, Made, Signed};
use key::Key;
use model::{LoginCode, Moment, ReaderId, Refusal, Timestamp, code as codes};
use std::fmt;
use std::net::IpAddr;
use store::{AccountRow, PasskeyRow, Space};

/// Passkeys of one account at most.
const MOST: usize = 10;
/// How long a used challenge is remembered, in seconds: longer than any state of it lives.
const REMEMBERED_S: i64 = 1_200;

/// What a browser posts after a passkey was pressed. Debug shows none of it.
pub struct Pressed<'a> {
    /// The answer of the authenticator, as JSON.
    pub answer: &'a str,
    /// What a new passkey is to be called; may be empty.
    pub name: &'a str,
    /// Whose guess counts.
    pub client: IpAddr,
    /// The login in flight whose guess counts.
    pub login: LoginCode,
}

impl fmt::Debug for Pressed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pressed(***)")
    }
}

/// 256 random bits of ours (section 13.4.3 asks for 128).
pub(super) fn challenge(moment: &Moment) -> String {
    moment.entropy.token()
}

impl Accounts {
    /// Proves the second factor by a passkey of this very account: `ACC-012` where any check
    /// of WebAuthn section 7.2 fails, `ACC-013` where its counter did not grow, which is
    /// written down. The challenge is good once, over all nodes.
    pub async fn check_passkey(
        &self,
        state: &[u8],
        pressed: &Pressed<'_>,
        moment: &Moment,
    ) -> Result<SecondFactorChecked, Refusal> {
        let stepping = Stepping::open(state, &self.step_key, moment.now)?;
        let challenge = stepping.asking()?;
        let account = self.account_of(&stepping, moment.now).await?;
        self.durable.find_second_factor(&account.id).await?.ok_or_else(changed)?;
        let guess = self.guess(&account, (pressed.client, pressed.login), moment.now).await?;
        let outcome = self.use_passkey(&account, challenge, pressed.answer, moment).await;
        self.judged(&guess, outcome, moment.now).await?;
        Ok(SecondFactorChecked::of(account))
    }

    /// Enrols the passkey that was made for the state (section 7.1); `ACC-011` where the
    /// account's factors changed meanwhile, or the credential belongs to any account.
    pub async fn enrol_passkey(
        &self,
        state: &[u8],
        pressed: &Pressed<'_>,
        moment: &Moment,
    ) -> Result<Enrolled, Refusal> {
        let stepping = Stepping::open(state, &self.step_key, moment.now)?;
        let (_, challenge, is_first) = stepping.enrolling()?;
        let account = self.account_of(&stepping, moment.now).await?;
        let guess = self.guess(&account, (pressed.client, pressed.login), moment.now).await?;
        let made = self.make_passkey(&account, challenge, pressed.answer, moment).await;
        let (credential, key, counter) = self.judged(&guess, made, moment.now).await?;
        let others = self.durable.passkeys(&account.id).await?;
        if others.len() >= MOST {
            return Err(changed());
        }
        let row = PasskeyRow {
            sealed: key.seal(&self.factor_key, &account.id, &credential, moment)?,
            credential,
            account: account.id.clone(),
            name: names::free(pressed.name, &others),
            counter,
            added: moment.now,
            used: None,
        };
        // Written down first: a factor that no log knows of must not be.
        self.note(&account, "account.passkey_enrolled", Some(&row.name), moment).await?;
        let recovery = if is_first { recovery::draw(&moment.entropy) } else { Vec::new() };
        let is_kept = if is_first {
            let factor = self.first_factor(&account, Vec::new(), &recovery, moment.now);
            self.durable.enrol_first_passkey(&row, &factor).await?
        } else {
            self.durable.add_passkey(&row).await?
        };
        if !is_kept {
            return Err(changed());
        }
        Ok(Enrolled { recovery, state: self.step(&account, Step::Kept, moment)? })
    }

    /// What `navigator.credentials.get` is given: the passkeys of this account alone.
    pub(super) async fn passkey_request(
        &self,
        account: &ReaderId,
        challenge: &str,
    ) -> Result<Option<String>, Refusal> {
        let Some(party) = &self.party else { return Ok(None) };
        let kept = self.durable.passkeys(account).await?;
        Ok((!kept.is_empty()).then(|| party.request(challenge, &kept)))
    }

    /// What `navigator.credentials.create` is given.
    pub(super) async fn passkey_creation(
        &self,
        stepping: &Stepping,
        challenge: &str,
        name: &str,
    ) -> Result<Option<String>, Refusal> {
        let Some(party) = &self.party else { return Ok(None) };
        let kept = self.durable.passkeys(&stepping.account).await?;
        let user = party::User {
            handle: self.user_handle(&stepping.account),
            login: &stepping.login,
            hub: name,
        };
        Ok((kept.len() < MOST).then(|| party.creation(challenge, &user, &kept)))
    }

    /// Whether a passkey could be added.
    pub(super) async fn has_room(&self, account: &AccountRow) -> Result<bool, Refusal> {
        Ok(self.party.is_some() && self.durable.passkeys(&account.id).await?.len() < MOST)
    }

    async fn make_passkey(
        &self,
        account: &AccountRow,
        challenge: &str,
        answer: &str,
        moment: &Moment,
    ) -> Result<(Vec<u8>, Key, u32), Refusal> {
        let party = self.party.as_ref().ok_or_else(changed)?;
        let made = Made::read(answer).map_err(refused)?;
        let made = ceremony::register(party, challenge, &made).map_err(refused)?;
        self.use_challenge(account, challenge, moment.now).await?;
        Ok(made)
    }

    async fn use_passkey(
        &self,
        account: &AccountRow,
        challenge: &str,
        answer: &str,
        moment: &Moment,
    ) -> Result<(), Refusal> {
        let party = self.party.as_ref().ok_or_else(changed)?;
        let signed = Signed::read(answer).map_err(refused)?;
        let kept = self.durable.passkeys(&account.id).await?;
        // Section 7.2: one of those that were asked for, so of this account.
        let row = kept.iter().find(|row| row.credential == signed.id);
        let row = row.ok_or_else(|| refused(Fault::Refused("no passkey of this account")))?;
        if !signed.is_by(&self.user_handle(&account.id)) {
            return Err(refused(Fault::Refused("the user handle is another account's")));
        }
        let key = Key::open(&self.factor_key, row)?;
        let used = match ceremony::authenticate(party, challenge, &signed, row, &key) {
            Ok(counter) => {
                self.use_challenge(account, challenge, moment.now).await?;
                let (id, credential) = (&account.id, row.credential.as_slice());
                let is_new = self.durable.use_passkey(id, credential, counter, moment.now).await?;
                if is_new { Ok(()) } else { Err(Fault::Copied) }
            }
            Err(fault) => Err(fault),
        };
        if matches!(used, Err(Fault::Copied)) {
            self.note(account, "account.passkey_copied", Some(&row.name), moment).await?;
        }
        used.map_err(refused)
    }

    async fn use_challenge(
        &self,
        account: &AccountRow,
        challenge: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let key = format!("{}\n{challenge}", account.id);
        let until = now.plus_s(REMEMBERED_S);
        if self.shared.put_once(Space::Challenge, &key, until, now).await? {
            return Ok(());
        }
        Err(refused(Fault::Refused("the challenge was used before")))
    }

    /// Names an account to an authenticator, and says nothing about it (section 14.6.1).
    fn user_handle(&self, account: &ReaderId) -> String {
        let tag = hmac::sign(&self.handle_key, account.as_str().as_bytes());
        URL_SAFE_NO_PAD.encode(tag.as_ref())
    }
}

fn refused(fault: Fault) -> Refusal {
    match fault {
        Fault::Refused(why) => Refusal::new(codes::ACC_PASSKEY, format!("passkey: {why}")),
        Fault::Copied => {
            Refusal::new(codes::ACC_PASSKEY_COPIED, "passkey: the signature counter did not grow")
        }
    }
}
