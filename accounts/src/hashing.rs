//! argon2id, bounded: how passwords become what is stored, and are checked.

use crate::password::Password;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use model::{Refusal, code};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

/// Memory of one hash in KiB: 19 MiB.
///
/// With two passes and one lane one of the equally strong settings of the OWASP
/// password storage sheet: the 64 MiB of RFC 9106 section 4 would let a few
/// logins at once fill a small hub. Whoever steals the table pays two passes
/// over 19 MiB for each guess, and needs the pepper besides. Changing a number
/// here renews every hash at its reader's next login.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// Stored parameters above this are damage, not cost: they would stop the hub.
const MOST_MEMORY_KIB: u32 = 256 * 1024;
/// Stored passes above this likewise.
const MOST_PASSES: u32 = 16;
/// How many checks may wait for each that runs.
const WAITING_PER_RUNNING: usize = 64;

/// Proof that a typed password is the stored one: only [`Hashing::verify`] makes it.
pub(crate) struct Matched(());

/// What a comparison found.
pub(crate) enum Verdict {
    /// It is the password; `stale` where the stored cost is no longer ours.
    Matched { proof: Matched, stale: bool },
    /// It is not, or there is none to compare with.
    Wrong,
}

/// Why a password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HashFault {
    /// Too many are waiting.
    #[error("too many password checks are waiting")]
    Busy,
    /// A stored hash or the machine is broken.
    #[error("password hash: {0}")]
    Broken(String),
}

impl From<HashFault> for Refusal {
    fn from(fault: HashFault) -> Self {
        let code = match fault {
            HashFault::Busy => code::HUB_STORE,
            HashFault::Broken(_) => code::HUB_INTERNAL,
        };
        Self::new(code, fault.to_string())
    }
}

/// Hashes and compares passwords, never more at once than there are cores.
#[derive(Clone)]
pub(crate) struct Hashing {
    pepper: Arc<Zeroizing<[u8; 32]>>,
    running: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Hashing {
    /// With the secret that is mixed into every hash and lies outside the table.
    pub(crate) fn new(pepper: Zeroizing<[u8; 32]>) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self::with_room(pepper, cores, cores * WAITING_PER_RUNNING)
    }

    fn with_room(pepper: Zeroizing<[u8; 32]>, running: usize, waiting: usize) -> Self {
        Self {
            pepper: Arc::new(pepper),
            running: Arc::new(Semaphore::new(running)),
            places: Arc::new(Semaphore::new(running + waiting)),
        }
    }

    /// The PHC string of a new password under today's cost.
    pub(crate) async fn hash(
        &self,
        password: Password,
        salt: [u8; 16],
    ) -> Result<String, HashFault> {
        self.run(move |pepper| {
            let salt = SaltString::encode_b64(&salt).map_err(broken)?;
            let hash = argon(pepper)?.hash_password(password.as_bytes(), &salt).map_err(broken)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Compares in constant time; without a stored hash it takes as long and says `Wrong`.
    pub(crate) async fn verify(
        &self,
        password: Password,
        stored: Option<String>,
    ) -> Result<Verdict, HashFault> {
        self.run(move |pepper| compare(pepper, &password, stored.as_deref())).await
    }

    async fn run<T, F>(&self, work: F) -> Result<T, HashFault>
    where
        T: Send + 'static,
        F: FnOnce(&[u8]) -> Result<T, HashFault> + Send + 'static,
    {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| HashFault::Busy)?;
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(broken)?;
        let pepper = Arc::clone(&self.pepper);
        // The permits travel with the work: a caller who hangs up frees no place
        // before the memory is free.
        let held: (OwnedSemaphorePermit, OwnedSemaphorePermit) = (place, turn);
        tokio::task::spawn_blocking(move || {
            let _held = held;
            work(pepper.as_slice())
        })
        .await
        .map_err(broken)?
    }
}

fn compare(pepper: &[u8], password: &Password, stored: Option<&str>) -> Result<Verdict, HashFault> {
    let nobody = nobody();
    let hash = PasswordHash::new(stored.unwrap_or(&nobody)).map_err(broken)?;
    let params = Params::try_from(&hash).map_err(broken)?;
    if params.m_cost() > MOST_MEMORY_KIB || params.t_cost() > MOST_PASSES || params.p_cost() > LANES
    {
        return Err(broken("stored cost beyond reason"));
    }
    let is_equal = match argon(pepper)?.verify_password(password.as_bytes(), &hash) {
        Ok(()) => true,
        Err(argon2::password_hash::Error::Password) => false,
        Err(fault) => return Err(broken(fault)),
    };
    if !is_equal || stored.is_none() {
        return Ok(Verdict::Wrong);
    }
    let stale = hash.algorithm != Algorithm::Argon2id.ident()
        || (params.m_cost(), params.t_cost(), params.p_cost()) != (MEMORY_KIB, PASSES, LANES);
    Ok(Verdict::Matched { proof: Matched(()), stale })
}

fn argon(pepper: &[u8]) -> Result<Argon2<'_>, HashFault> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(broken)?;
    Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params).map_err(broken)
}

/// What a login that does not exist is compared with: costs the same, matches never.
fn nobody() -> String {
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${hash}")
}

fn broken(fault: impl std::fmt::Display) -> HashFault {
    HashFault::Broken(fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Poll;

    fn hashing() -> Hashing {
        Hashing::new(Zeroizing::new([7; 32]))
    }

    fn password(text: &str) -> Password {
        Password::typed(text).expect("a password")
    }

    async fn is_match(hashing: &Hashing, text: &str, stored: &str) -> bool {
        let verdict = hashing.verify(password(text), Some(stored.to_owned())).await;
        matches!(verdict, Ok(Verdict::Matched { stale: false, .. }))
    }

    #[tokio::test]
    async fn only_the_same_password_under_the_same_pepper_matches() {
        let stored = hashing().hash(password("tall green window"), [3; 16]).await.expect("hashes");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(is_match(&hashing(), "tall green window", &stored).await);
        assert!(!is_match(&hashing(), "tall green windoW", &stored).await);
        let other = Hashing::new(Zeroizing::new([8; 32]));
        assert!(!is_match(&other, "tall green window", &stored).await);
    }

    #[tokio::test]
    async fn a_login_without_password_matches_nothing_and_costs_as_much() {
        let hash = nobody();
        let params = Params::try_from(&PasswordHash::new(&hash).expect("parses")).expect("params");
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (MEMORY_KIB, PASSES, LANES)
        );
        let verdict = hashing().verify(password("anything at all"), None).await;
        assert!(matches!(verdict, Ok(Verdict::Wrong)));
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_still_matches_and_is_stale() {
        let params = Params::new(8 * 1024, 1, 1, None).expect("params");
        let salt = SaltString::encode_b64(&[9; 16]).expect("salt");
        let old = Argon2::new_with_secret(&[7; 32], Algorithm::Argon2id, Version::V0x13, params);
        let old = old.expect("argon").hash_password(b"tall green window", &salt).expect("hashes");
        let old = old.to_string();
        let verdict = hashing().verify(password("tall green window"), Some(old)).await;
        assert!(matches!(verdict, Ok(Verdict::Matched { stale: true, .. })));
    }

    #[tokio::test]
    async fn damage_is_told_from_a_wrong_password_and_cannot_eat_the_memory() {
        let huge = nobody().replace("m=19456", "m=4000000");
        for bad in ["", "plain text", huge.as_str()] {
            let verdict = hashing().verify(password("tall green window"), Some(bad.into())).await;
            assert!(matches!(verdict, Err(HashFault::Broken(_))), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_flood_is_turned_away_not_queued_without_end() {
        let hashing = Hashing::with_room(Zeroizing::new([7; 32]), 1, 0);
        let _held = Arc::clone(&hashing.places).try_acquire_owned().expect("free");
        let mut asked = std::pin::pin!(hashing.verify(password("tall green window"), None));
        let first = std::future::poll_fn(|cx| Poll::Ready(asked.as_mut().poll(cx))).await;
        assert!(matches!(first, Poll::Ready(Err(HashFault::Busy))), "it waits");
    }
}
