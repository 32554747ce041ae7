//! Second factors of accounts: a code app, recovery codes.

use crate::StoreError;
use async_trait::async_trait;
use model::{ReaderId, Timestamp};
use std::fmt;

/// One account's second factor. Debug shows no part of its secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactorRow {
    /// The account.
    pub account: ReaderId,
    /// The secret of the code app, sealed; empty: passkeys only.
    pub sealed: Vec<u8>,
    /// Keyed hashes of the recovery codes that are left, one after the other.
    pub recovery: Vec<u8>,
    /// Since when.
    pub enrolled: Timestamp,
}

impl fmt::Debug for SecondFactorRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecondFactorRow")
            .field("account", &self.account)
            .field("enrolled", &self.enrolled)
            .finish_non_exhaustive()
    }
}

/// Keeps second factors.
#[async_trait]
pub trait SecondFactors: Send + Sync {
    /// The second factor of an account.
    async fn find_second_factor(
        &self,
        account: &ReaderId,
    ) -> Result<Option<SecondFactorRow>, StoreError>;

    /// Keeps a second factor; false where the account has one, which then stands: who knows
    /// the password alone must not replace it.
    async fn enrol_second_factor(&self, row: &SecondFactorRow) -> Result<bool, StoreError>;

    /// Puts `left` in the place of `was`, in one atomic step; false where `was` no longer
    /// stands. So of two callers with one recovery code exactly one uses it.
    async fn set_recovery(
        &self,
        account: &ReaderId,
        was: &[u8],
        left: &[u8],
    ) -> Result<bool, StoreError>;

    /// Adds a code app to an account that has other factors only; false where it has an
    /// app, or no factor at all.
    async fn set_app(
        &self,
        account: &ReaderId,
        sealed: &[u8],
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Forgets every second factor, passkeys too; false where there is none.
    async fn forget_second_factor(&self, account: &ReaderId) -> Result<bool, StoreError>;
}
