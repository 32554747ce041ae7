//! How often a secret may be guessed (rule 2), counted in the shared store.
//!
//! Every guess counts before it is compared, so that many at once on many nodes
//! cannot outrun the limit. Names of counters are keyed hashes: the shared
//! store learns neither login names nor addresses.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{LoginCode, MemberId, Network, ReaderId, Refusal, Timestamp, code};
use std::net::IpAddr;
use store::{Shared, StoreError};

/// Length of the windows in seconds.
const WINDOW_S: u32 = 15 * 60;
/// Guesses at one login name in a window; a right one clears the count.
const PER_ACCOUNT: u64 = 10;
/// Guesses in one login in flight, which lives 10 minutes.
const PER_LOGIN: u64 = 10;
/// Guesses at one second factor in a day, whatever comes of them: three of a million codes
/// are right at any time, so who has the password finds one in 0.01 % of days.
const PER_FACTOR_DAY: u64 = 30;
const DAY_S: u32 = 24 * 3600;
/// Wrong guesses from one address in a window: a whole campus may share it.
const PER_ADDRESS: u64 = 200;

/// One attempt's counters.
pub(crate) struct Guess {
    account: String,
    /// Counted over a day too: a guess at a second factor.
    day: Option<String>,
    login: String,
    address: String,
}

/// Names and keeps the counters.
#[derive(Clone)]
pub(crate) struct Guesses {
    shared: Shared,
    key: hmac::Key,
}

impl Guesses {
    pub(crate) fn new(shared: Shared, pepper: &[u8; 32]) -> Self {
        Self { shared, key: crate::keyed(pepper, "guess counters") }
    }

    /// The counters of one attempt; `account` is the key as typed, whether or not it exists.
    pub(crate) fn of(
        &self,
        member: Option<&MemberId>,
        account: &str,
        login: LoginCode,
        client: IpAddr,
    ) -> Guess {
        Guess {
            account: self.account(member, account),
            day: None,
            login: self.name(&format!("login {login}")),
            address: self.name(&format!("address {}", Network::of_subscriber(client))),
        }
    }

    /// The counters of one guess at the second factor of an account.
    pub(crate) fn of_factor(&self, account: &ReaderId, login: LoginCode, client: IpAddr) -> Guess {
        Guess {
            account: self.factor(account),
            day: Some(self.factor_day(account)),
            login: self.name(&format!("factor login {login}")),
            address: self.name(&format!("address {}", Network::of_subscriber(client))),
        }
    }

    /// Refuses an address that has guessed wrong too often, before anything waits for it.
    pub(crate) async fn require_open(&self, guess: &Guess, now: Timestamp) -> Result<(), Refusal> {
        if self.shared.read(&guess.address, now).await? >= PER_ADDRESS {
            return Err(too_many("address"));
        }
        Ok(())
    }

    /// Counts the guess; refuses when there were too many, whether right or wrong.
    ///
    /// What is refused for its address or its login counts for no account: one address
    /// alone could otherwise keep every reader out.
    pub(crate) async fn count(&self, guess: &Guess, now: Timestamp) -> Result<(), Refusal> {
        // Once more: it may have missed many times while this one waited.
        self.require_open(guess, now).await?;
        let limit = if self.shared.add(&guess.login, WINDOW_S, now).await? > PER_LOGIN {
            "login in flight"
        } else if self.shared.add(&guess.account, WINDOW_S, now).await? > PER_ACCOUNT {
            "login name"
        } else if let Some(day) = &guess.day
            && self.shared.add(day, DAY_S, now).await? > PER_FACTOR_DAY
        {
            "second factor in a day"
        } else {
            return Ok(());
        };
        Err(too_many(limit))
    }

    /// It was wrong: the address pays too.
    pub(crate) async fn missed(&self, guess: &Guess, now: Timestamp) -> Result<(), Refusal> {
        self.shared.add(&guess.address, WINDOW_S, now).await?;
        Ok(())
    }

    /// It was right: the account's count begins anew.
    pub(crate) async fn hit(&self, guess: &Guess) -> Result<(), Refusal> {
        self.shared.clear(&guess.account).await?;
        if let Some(day) = &guess.day {
            self.shared.clear(day).await?;
        }
        Ok(())
    }

    /// The account's count begins anew: its password was reset.
    pub(crate) async fn forgive(
        &self,
        member: Option<&MemberId>,
        account: &str,
    ) -> Result<(), StoreError> {
        self.shared.clear(&self.account(member, account)).await
    }

    /// The count of guesses at the second factor begins anew, that of the day too: what was
    /// guessed at is gone, or the password that let somebody guess is.
    pub(crate) async fn forgive_factor(&self, account: &ReaderId) -> Result<(), StoreError> {
        self.shared.clear(&self.factor(account)).await?;
        self.shared.clear(&self.factor_day(account)).await
    }

    fn factor(&self, account: &ReaderId) -> String {
        self.name(&format!("factor {account}"))
    }

    fn factor_day(&self, account: &ReaderId) -> String {
        self.name(&format!("factor day {account}"))
    }

    fn account(&self, member: Option<&MemberId>, account: &str) -> String {
        let member = member.map_or("", MemberId::as_str);
        self.name(&format!("account {member} {account}"))
    }

    fn name(&self, what: &str) -> String {
        let tag = hmac::sign(&self.key, what.as_bytes());
        format!("guess:{}", URL_SAFE_NO_PAD.encode(tag.as_ref().get(..16).unwrap_or_default()))
    }
}

fn too_many(limit: &str) -> Refusal {
    Refusal::new(code::ACC_TOO_MANY_GUESSES, format!("too many guesses by {limit}"))
}
