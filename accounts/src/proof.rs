//! What can only come of a checked password.

use crate::hashing::Matched;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{MemberId, ReaderId, Refusal, Timestamp, code};
use serde::{Deserialize, Serialize};
use std::fmt;
use store::AccountRow;
use zeroize::Zeroize as _;

/// How long a checked issued password waits for its change, in seconds.
const CHANGE_WITHIN_S: i64 = 600;
const TAG_LEN: usize = 32;

/// Proof that this account's password was typed, and is one the reader chose.
///
/// Made only in this crate, by a comparison that matched. Not `Clone`, not
/// readable from anything: one check, one proof.
pub struct PasswordChecked {
    account: Box<AccountRow>,
}

impl PasswordChecked {
    /// Takes the comparison's own proof.
    pub(crate) fn new(_: Matched, account: AccountRow) -> Self {
        Self::of(account)
    }

    /// The account, without its hash.
    pub fn account(&self) -> &AccountRow {
        &self.account
    }

    fn of(mut account: AccountRow) -> Self {
        account.password.zeroize();
        Self { account: Box::new(account) }
    }
}

impl fmt::Debug for PasswordChecked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordChecked({})", self.account.id)
    }
}

/// An issued password was right, and must be changed before it counts: no proof yet.
#[derive(Debug)]
pub struct PendingChange {
    /// The account as its reader typed it, for the form.
    pub login: String,
    /// For [`crate::Accounts::change_password`]: names account and moment, tagged with a key of this
    /// crate, so nobody else can say that a password was checked.
    pub state: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    account: ReaderId,
    member: Option<MemberId>,
    at: Timestamp,
    /// Which password was typed: the change ends it, and with it this state.
    mark: String,
}

impl PendingChange {
    /// Takes the comparison's own proof.
    pub(crate) fn new(
        _: Matched,
        account: &AccountRow,
        key: &hmac::Key,
        at: Timestamp,
    ) -> Result<Self, Refusal> {
        let state = State {
            account: account.id.clone(),
            member: account.member.clone(),
            at,
            mark: mark(key, account),
        };
        let body = serde_json::to_vec(&state)
            .map_err(|e| Refusal::new(code::HUB_INTERNAL, format!("pending change: {e}")))?;
        let mut bytes = hmac::sign(key, &body).as_ref().to_vec();
        bytes.extend(body);
        Ok(Self { login: account.login.clone(), state: bytes })
    }
}

/// A pending change that this crate wrote less than ten minutes ago.
pub(crate) struct Pending(State);

impl Pending {
    /// Opens what [`PendingChange`] carried; compares its tag in constant time.
    pub(crate) fn open(bytes: &[u8], key: &hmac::Key, now: Timestamp) -> Result<Self, Refusal> {
        let forged =
            |why: &str| Refusal::new(code::LOG_STATE_FORGED, format!("pending change: {why}"));
        let (tag, body) = bytes.split_at_checked(TAG_LEN).ok_or_else(|| forged("too short"))?;
        hmac::verify(key, body, tag).map_err(|_| forged("wrong tag"))?;
        let state: State = serde_json::from_slice(body).map_err(|_| forged("unreadable"))?;
        if now.seconds_since(state.at) > CHANGE_WITHIN_S {
            return Err(Refusal::new(code::LOG_STATE_EXPIRED, "pending change: too old"));
        }
        Ok(Self(state))
    }

    pub(crate) fn account(&self) -> &ReaderId {
        &self.0.account
    }

    /// The account, where it still has the issued password that was typed.
    pub(crate) fn of(self, account: AccountRow, key: &hmac::Key) -> Option<OpenChange> {
        let (then, now) = (self.0.mark.as_bytes(), mark(key, &account));
        let is_same =
            aws_lc_rs::constant_time::verify_slices_are_equal(then, now.as_bytes()).is_ok();
        let is_open = is_same && account.must_change && account.id == self.0.account;
        is_open.then(|| OpenChange(Box::new(account)))
    }
}

/// A change that may happen now: its issued password was typed and stands.
pub(crate) struct OpenChange(Box<AccountRow>);

impl OpenChange {
    pub(crate) fn account(&self) -> &AccountRow {
        &self.0
    }

    /// The login goes on; the caller has just put the new password in the place of the old.
    pub(crate) fn redeem(self) -> PasswordChecked {
        PasswordChecked::of(AccountRow { must_change: false, ..*self.0 })
    }
}

/// Names the stored password without showing it.
pub(crate) fn mark(key: &hmac::Key, account: &AccountRow) -> String {
    let stored = account.password.as_deref().unwrap_or_default();
    let tag = hmac::sign(key, format!("password {} {stored}", account.id).as_bytes());
    URL_SAFE_NO_PAD.encode(tag)
}
