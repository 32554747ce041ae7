//! What stands: for listings, and for forgetting.

use crate::{AccountError, Accounts};
use model::{MemberId, ReaderId, Refusal, Timestamp};

/// The second factors of one account. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factors {
    /// Since when a code app; `None`: passkeys only.
    pub app: Option<Timestamp>,
    /// Recovery codes that are left.
    pub recovery_left: usize,
    /// Passkeys, oldest first.
    pub passkeys: Vec<PasskeyKept>,
}

/// One passkey, as its owner knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyKept {
    /// What its owner calls it; unique in the account.
    pub name: String,
    /// Since when.
    pub added: Timestamp,
    /// When it was last used; `None`: not since it was added.
    pub used: Option<Timestamp>,
}

impl Accounts {
    /// The second factors of an account; `None`: it has none.
    pub async fn factors(&self, id: &ReaderId) -> Result<Option<Factors>, Refusal> {
        let Some(factor) = self.durable.find_second_factor(id).await? else { return Ok(None) };
        let passkeys = self.durable.passkeys(id).await?.into_iter().map(|row| PasskeyKept {
            name: row.name,
            added: row.added,
            used: row.used,
        });
        Ok(Some(Factors {
            app: (!factor.sealed.is_empty()).then_some(factor.enrolled),
            recovery_left: super::recovery::left(&factor.recovery),
            passkeys: passkeys.collect(),
        }))
    }

    /// Forgets the second factor of who has lost phone and recovery codes, and the guesses at
    /// it; the next login sets up a new one. With a name, that passkey alone. Sessions end.
    /// False where there was none.
    pub async fn forget_factor(
        &self,
        member: Option<&MemberId>,
        login: &str,
        passkey: Option<&str>,
    ) -> Result<(bool, usize), AccountError> {
        let account = self.named(member, login).await?;
        let was = match passkey {
            Some(name) => self.durable.forget_passkey(&account.id, name).await?,
            None => self.durable.forget_second_factor(&account.id).await?,
        };
        if !was && passkey.is_some() {
            return Ok((false, 0));
        }
        self.guesses.forgive_factor(&account.id).await?;
        let ended = self.shared.end_of_reader(&account.id).await?;
        Ok((was, ended))
    }
}
