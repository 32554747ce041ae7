//! An issued password is changed, and the login goes on.

use crate::hashing::Verdict;
use crate::password::Password;
use crate::proof::Pending;
use crate::turns::Asker;
use crate::{Accounts, PasswordChecked, strength};
use model::{Moment, Refusal, code};
use std::net::IpAddr;
use store::AccountRow;

impl Accounts {
    /// Puts the reader's own password in the place of the issued one, once.
    ///
    /// `state` is that of the [`crate::PendingChange`], `client` whose turn to hash it is. `ACC-003` to `ACC-008`
    /// ask for another password and leave the state good; `LOG-001` to
    /// `LOG-004` end the login. Of two changes at once, one succeeds.
    pub async fn change_password(
        &self,
        state: &[u8],
        new: &str,
        repeat: &str,
        client: IpAddr,
        moment: &Moment,
    ) -> Result<PasswordChecked, Refusal> {
        let pending = Pending::open(state, &self.pending_key, moment.now)?;
        let used = || Refusal::new(code::LOG_LEG_USED, "the issued password was changed already");
        let account = self.durable.find_account_by_id(pending.account()).await?.ok_or_else(used)?;
        let change = pending.of(account, &self.pending_key).ok_or_else(used)?;
        let account = change.account();
        self.require_open(account).await?;
        let password = wanted(new, repeat)?;
        strength::check_new(&password, &personal(account))
            .map_err(|code| Refusal::new(code, "new password"))?;
        let turn = self.hashing.turn(Asker::Client(client), moment.now).await?;
        let stored = account.password.clone();
        let verdict = self.hashing.verify(&turn, password.clone(), stored).await?;
        if matches!(verdict, Verdict::Matched { .. }) {
            return Err(Refusal::new(code::ACC_PASSWORD_SAME, "the issued password again"));
        }
        let phc = self.hashing.hash(&turn, password, moment.entropy.bytes()).await?;
        drop(turn);
        let was = account.password.as_deref();
        if !self.durable.set_password(&account.id, was, &phc, false, moment.now).await? {
            return Err(used());
        }
        Ok(change.redeem())
    }
}

fn wanted(new: &str, repeat: &str) -> Result<Password, Refusal> {
    let refused = |code| Refusal::new(code, "new password");
    if new.is_empty() {
        return Err(refused(code::ACC_PASSWORD_EMPTY));
    }
    if new != repeat {
        return Err(refused(code::ACC_PASSWORD_MISMATCH));
    }
    Password::typed(new).map_err(|_| refused(code::ACC_PASSWORD_LONG))
}

/// What anyone who knows the person knows.
pub(crate) fn personal(account: &AccountRow) -> Vec<&str> {
    let profile = &account.profile;
    let mail = profile.mail.as_deref().and_then(|m| m.split('@').next());
    [
        Some(account.login.trim()),
        profile.name.as_deref(),
        mail,
        profile.phone.as_deref(),
        profile.card_number.as_deref(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests;
