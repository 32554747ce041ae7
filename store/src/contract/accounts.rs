//! Rows of the central account store.

use crate::StoreError;
use async_trait::async_trait;
use model::{Class, MemberId, Profile, ReaderId, Standing, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an account may do beyond reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Serves the readers of one member.
    Librarian,
    /// Runs one member, and grants its roles.
    Head,
    /// Reads everything, changes nothing.
    Auditor,
    /// Runs the consortium.
    Operator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Librarian, Self::Head, Self::Auditor, Self::Operator];

    /// As written on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Librarian => "librarian",
            Self::Head => "head",
            Self::Auditor => "auditor",
            Self::Operator => "operator",
        }
    }

    /// Reads a role as written on the command line.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// One account. Debug shows neither login name nor password hash nor profile.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Opaque and stable.
    pub id: ReaderId,
    /// The member it belongs to; none for operator and auditor.
    pub member: Option<MemberId>,
    /// The login name as it was typed.
    pub login: String,
    /// The login name as it is compared: unique in its member.
    pub login_key: String,
    /// The password's hash (PHC string); none where none was set.
    pub password: Option<String>,
    /// Whether the password must be changed at the next login.
    pub must_change: bool,
    /// Role.
    pub role: Option<Role>,
    /// What is known of the person.
    pub profile: Profile,
    /// Class; none: the member's default.
    pub class: Option<Class>,
    /// The member's own category.
    pub category: Option<String>,
    /// Standing.
    pub standing: Standing,
    /// When it ends.
    pub valid_until: Option<Timestamp>,
    /// Affiliations without scope.
    pub affiliation: Vec<String>,
    /// When it was made.
    pub created: Timestamp,
}

impl fmt::Debug for AccountRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountRow")
            .field("id", &self.id)
            .field("member", &self.member)
            .field("role", &self.role)
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}

/// Keeps accounts.
#[async_trait]
pub trait AccountRows: Send + Sync {
    /// Keeps a new account; false where its id, or its login name in that member, is taken.
    async fn create_account(&self, account: &AccountRow) -> Result<bool, StoreError>;

    /// The account with this `login_key` in `member`; `None` as member: operator and auditor.
    async fn find_account(
        &self,
        member: Option<&MemberId>,
        login_key: &str,
    ) -> Result<Option<AccountRow>, StoreError>;

    /// The account with this id.
    async fn find_account_by_id(&self, id: &ReaderId) -> Result<Option<AccountRow>, StoreError>;

    /// Sets the password's hash; false where there is no such account, or
    /// where `was` is given and no longer the hash that stands. In one atomic
    /// step: a login that renews a hash must not undo a change made meanwhile.
    async fn set_password(
        &self,
        id: &ReaderId,
        was: Option<&str>,
        phc: &str,
        must_change: bool,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Sets the standing; false where there is no such account.
    async fn set_account_standing(
        &self,
        id: &ReaderId,
        standing: Standing,
    ) -> Result<bool, StoreError>;

    /// A page of the accounts of `member` (`None`: operator and auditor) in
    /// the order of their ids, those after `after`; at most 1,000.
    async fn list_accounts(
        &self,
        member: Option<&MemberId>,
        after: Option<&ReaderId>,
        limit: u32,
    ) -> Result<Vec<AccountRow>, StoreError>;
}
