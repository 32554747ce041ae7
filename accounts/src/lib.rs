//! The central account store: readers whose library has no interface of its
//! own, and the people who run the hub.
//!
//! A password enters by [`Accounts::check_password`] and leaves as
//! [`PasswordChecked`], or not at all:
//! ```text
//! login, password ─▶ bounds ─▶ a turn ─▶ guess counters ─▶ argon2id ─▶ standing ─▶ issued? ─▶ PasswordChecked
//!                                                                                    └─▶ PendingChange ─▶ change_password ─▶ PasswordChecked
//! PasswordChecked, of an account with a role ─▶ second step ─▶ SecondFactorChecked
//! ```
//! Turns are shared out by network, and nothing is counted before one has come.
//! The answer and its cost are the same whether or not the account exists.

mod argon;
mod change;
mod check;
mod create;
mod elsewhere;
mod factor;
mod guesses;
mod hashing;
mod issued;
mod keeping;
mod login_key;
mod password;
mod profile;
mod proof;
mod strength;
#[cfg(test)]
mod testing;
mod turns;

pub use check::{Attempt, CheckedOr};
pub use create::{AccountError, Created, NewAccount};
pub use elsewhere::CountedGuess;
pub use factor::{
    AppKey, Asked, Enrolled, Enrolment, Factors, PasskeyKept, Pressed as PressedPasskey,
    RelyingParty, SecondFactorChecked, SecondStep, Staff, Typed as TypedCode,
};
pub use keeping::{Changed, Reset};
pub use login_key::BadLogin;
pub use proof::{PasswordChecked, PendingChange};

use aws_lc_rs::hmac;
use guesses::Guesses;
use hashing::Hashing;
use model::{ReaderId, Refusal, Standing};
use std::fmt;
use store::{Durable, Shared};
use zeroize::Zeroizing;

/// The accounts of one installation. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    durable: Durable,
    shared: Shared,
    hashing: Hashing,
    guesses: Guesses,
    pending_key: hmac::Key,
    step_key: hmac::Key,
    recovery_key: hmac::Key,
    factor_key: Zeroizing<[u8; 32]>,
    handle_key: hmac::Key,
    party: Option<RelyingParty>,
}

impl Accounts {
    /// Over the two stores; `pepper` goes into every hash, so a stolen table alone cannot be guessed at.
    pub fn new(durable: Durable, shared: Shared, pepper: [u8; 32]) -> Self {
        let pepper = Zeroizing::new(pepper);
        Self {
            durable,
            guesses: Guesses::new(shared.clone(), &pepper),
            shared,
            pending_key: keyed(&pepper, "pending change"),
            step_key: keyed(&pepper, "second step"),
            recovery_key: keyed(&pepper, "recovery codes"),
            factor_key: factor::sealing_key(&pepper),
            handle_key: keyed(&pepper, "passkey user handles"),
            party: None,
            hashing: Hashing::new(pepper),
        }
    }

    /// The same, with passkeys for the hub at `origin`; without this, or where its host is an
    /// address in numbers, none can be made or used.
    pub fn with_passkeys(self, origin: &str) -> Self {
        Self { party: RelyingParty::of(origin), ..self }
    }

    /// How many passwords wait for their turn to be hashed.
    pub fn waiting(&self) -> usize {
        self.hashing.waiting()
    }

    /// Whether this reader may still be answered for: not suspended by a
    /// librarian, and where there is an account, its standing lets it log in.
    pub async fn is_live(&self, reader: &ReaderId) -> Result<bool, Refusal> {
        if self.durable.is_suspended(reader).await? {
            return Ok(false);
        }
        let account = self.durable.find_account_by_id(reader).await?;
        Ok(account.is_none_or(|a| may_log_in(a.standing)))
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Accounts")
    }
}

/// Only a cut-off account may not log in at all; policy tells a blocked or
/// expired reader, by name, which services that closes and whom to ask.
fn may_log_in(standing: Standing) -> bool {
    standing != Standing::Suspended
}

/// A key for one purpose, from the pepper.
fn keyed(pepper: &[u8; 32], purpose: &str) -> hmac::Key {
    let root = hmac::Key::new(hmac::HMAC_SHA256, pepper);
    let derived = hmac::sign(&root, format!("readerpass accounts: {purpose}").as_bytes());
    hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref())
}
