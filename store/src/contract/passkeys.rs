//! Passkeys of accounts (WebAuthn level 3, section 4: public key credentials).

use crate::{SecondFactorRow, StoreError};
use async_trait::async_trait;
use model::{ReaderId, Timestamp};
use std::fmt;

/// One passkey. Debug shows neither its key nor its id.
#[derive(Clone, PartialEq, Eq)]
pub struct PasskeyRow {
    /// The credential id, as the authenticator made it.
    pub credential: Vec<u8>,
    /// The one account it belongs to.
    pub account: ReaderId,
    /// What its owner calls it; unique in the account.
    pub name: String,
    /// The public key, sealed.
    pub sealed: Vec<u8>,
    /// The signature counter as it stood at the last use; 0: the authenticator keeps none.
    pub counter: u32,
    /// Since when.
    pub added: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

impl fmt::Debug for PasskeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasskeyRow")
            .field("account", &self.account)
            .field("added", &self.added)
            .finish_non_exhaustive()
    }
}

/// Keeps passkeys.
#[async_trait]
pub trait Passkeys: Send + Sync {
    /// The passkeys of an account, oldest first.
    async fn passkeys(&self, account: &ReaderId) -> Result<Vec<PasskeyRow>, StoreError>;

    /// Keeps a passkey as the first factor of its account, with the recovery codes, in one
    /// atomic step; false, and nothing is kept, where the account has a factor or the
    /// credential belongs to any account.
    async fn enrol_first_passkey(
        &self,
        row: &PasskeyRow,
        factor: &SecondFactorRow,
    ) -> Result<bool, StoreError>;

    /// Keeps a further passkey; false where the account has no factor, the credential
    /// belongs to any account, or the name is taken.
    async fn add_passkey(&self, row: &PasskeyRow) -> Result<bool, StoreError>;

    /// Notes a use in one atomic step; false where the passkey is not the account's, or
    /// its counter did not grow (both 0 counts as grown: some keep none). So of two
    /// callers with one counter exactly one uses it.
    async fn use_passkey(
        &self,
        account: &ReaderId,
        credential: &[u8],
        counter: u32,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Forgets the passkey of that name; where it was the last factor, the recovery codes
    /// go with it. False where there is none.
    async fn forget_passkey(&self, account: &ReaderId, name: &str) -> Result<bool, StoreError>;
}
