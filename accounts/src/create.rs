//! Accounts are made.

use crate::hashing::HashFault;
use crate::login_key::{BadLogin, LoginKey};
use crate::password::Password;
use crate::turns::Asker;
use crate::{Accounts, change, issued, profile, strength};
use model::{Class, Code, MemberId, Moment, Profile, ReaderId, Standing, Timestamp, code};
use std::fmt;
use store::{AccountRow, Role, StoreError};
use zeroize::Zeroizing;

/// An account to be made. Debug shows no secret.
pub struct NewAccount {
    /// Where it lies; `None` for operator and auditor, and only for them (rule 14).
    pub member: Option<MemberId>,
    /// Login name, unique in its member without regard to case and width.
    pub login: String,
    /// Its password; `None`: one is issued, to be changed at the first login.
    pub password: Option<Zeroizing<String>>,
    /// Role, where it has one.
    pub role: Option<Role>,
    /// What is known of the person.
    pub profile: Profile,
    /// Class, where it differs from the member's.
    pub class: Option<Class>,
    /// The member's own category of reader.
    pub category: Option<String>,
    /// Affiliations without scope, e.g. `student`.
    pub affiliation: Vec<String>,
    /// Whether a given password must be changed too; an issued one always must.
    pub must_change: bool,
    /// When it ends.
    pub valid_until: Option<Timestamp>,
}

impl fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAccount")
            .field("member", &self.member)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// An account that was made. Debug shows no secret.
pub struct Created {
    /// Its id.
    pub id: ReaderId,
    /// The issued password, said this once.
    pub one_time_password: Option<Zeroizing<String>>,
}

impl fmt::Debug for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Created").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why an account was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// Another account has that login name.
    #[error("that login name is taken there: choose another")]
    LoginTaken,
    /// The login name cannot be one.
    #[error(transparent)]
    BadLogin(#[from] BadLogin),
    /// The password is refused, for the reason of the code.
    #[error("{code}: {}", .code.info().en)]
    Password {
        /// `ACC-003`, `-004`, `-005` or `-008`.
        code: Code,
    },
    /// The role does not go with the place (rule 14).
    #[error("operator and auditor have no member; every other account needs one")]
    RolePlace,
    /// There is no account of that login name there.
    #[error("no such account there: `account list` names those there are")]
    NoAccount,
    /// It is cut off already, which is more than blocked.
    #[error(
        "the account is suspended, which keeps it out altogether: `account unblock` lifts that first"
    )]
    Suspended,
    /// A value of the person cannot be kept.
    #[error("{key}: {why}")]
    Value {
        /// Which.
        key: &'static str,
        /// What is wrong and the remedy.
        why: &'static str,
    },
    /// An affiliation came with a scope.
    #[error("an affiliation is written without scope, as in `student`: the member's own is added")]
    ScopedAffiliation,
    /// Too many passwords are being hashed.
    #[error("the hub is busy: try again shortly")]
    Busy,
    /// The hub itself is broken.
    #[error("the account could not be made: {0}")]
    Broken(String),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<HashFault> for AccountError {
    fn from(fault: HashFault) -> Self {
        match fault {
            HashFault::NoTurn(_) => Self::Busy,
            HashFault::Broken(what) => Self::Broken(what),
        }
    }
}

impl Accounts {
    /// Makes an account in good standing. There is no default password: a weak
    /// given one is refused, and without one 100 random bits are issued.
    pub async fn create(
        &self,
        account: NewAccount,
        moment: &Moment,
    ) -> Result<Created, AccountError> {
        let login = LoginKey::read(&account.login)?;
        let is_central = matches!(account.role, Some(Role::Operator | Role::Auditor));
        if is_central != account.member.is_none() {
            return Err(AccountError::RolePlace);
        }
        if account.affiliation.iter().any(|a| a.contains('@')) {
            return Err(AccountError::ScopedAffiliation);
        }
        profile::check(&account.profile, account.category.as_deref())?;
        let issued = account.password.is_none().then(|| issued::draw(&moment.entropy));
        let must_change = account.must_change || issued.is_some();
        let given = account.password.clone().or_else(|| issued.clone()).unwrap_or_default();
        let mut row = row(account, &login, moment)?;
        row.must_change = must_change;
        let password = chosen(&given, &row)?;
        let turn = self.hashing.turn(Asker::Hub, moment.now).await?;
        row.password = Some(self.hashing.hash(&turn, password, moment.entropy.bytes()).await?);
        drop(turn);
        if !self.durable.create_account(&row).await? {
            return Err(AccountError::LoginTaken);
        }
        Ok(Created { id: row.id, one_time_password: issued })
    }
}

fn chosen(given: &str, row: &AccountRow) -> Result<Password, AccountError> {
    let refused = |code| AccountError::Password { code };
    if given.is_empty() {
        return Err(refused(code::ACC_PASSWORD_EMPTY));
    }
    let password = Password::typed(given).map_err(|_| refused(code::ACC_PASSWORD_LONG))?;
    strength::check_new(&password, &change::personal(row)).map_err(refused)?;
    Ok(password)
}

fn row(account: NewAccount, login: &LoginKey, moment: &Moment) -> Result<AccountRow, AccountError> {
    let id = ReaderId::parse(&moment.entropy.short_token())
        .map_err(|fault| AccountError::Broken(fault.to_string()))?;
    Ok(AccountRow {
        id,
        member: account.member,
        login: account.login.trim().to_owned(),
        login_key: login.as_str().to_owned(),
        password: None,
        must_change: account.must_change,
        role: account.role,
        profile: account.profile,
        class: account.class,
        category: account.category,
        standing: Standing::Good,
        valid_until: account.valid_until,
        affiliation: account.affiliation,
        created: moment.now,
    })
}

#[cfg(test)]
mod tests;
