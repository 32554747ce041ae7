//! Passwords hashed and compared off the runtime's threads, one a turn.

use crate::argon::{self, Compared, Memory, Unusable};
use crate::password::Password;
use crate::turns::{Asker, NoTurn, Turn, Turns};
use model::{Refusal, Timestamp, code};
use std::sync::Arc;
use zeroize::Zeroizing;

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
    /// Too many are waiting, or this network asks without end.
    #[error(transparent)]
    NoTurn(#[from] NoTurn),
    /// A stored hash or the machine is broken.
    #[error("password hash: {0}")]
    Broken(String),
}

impl From<Unusable> for HashFault {
    fn from(fault: Unusable) -> Self {
        Self::Broken(fault.to_string())
    }
}

impl From<HashFault> for Refusal {
    fn from(fault: HashFault) -> Self {
        let code = match fault {
            HashFault::NoTurn(NoTurn::Busy) => code::HUB_STORE,
            HashFault::NoTurn(NoTurn::TooOften) => code::ACC_TOO_MANY_GUESSES,
            HashFault::Broken(_) => code::HUB_INTERNAL,
        };
        Self::new(code, fault.to_string())
    }
}

/// Hashes and compares passwords, never more at once than there are cores, and
/// never one network before all others.
#[derive(Clone)]
pub(crate) struct Hashing {
    pepper: Arc<Zeroizing<[u8; 32]>>,
    turns: Turns,
}

impl Hashing {
    /// With the secret that is mixed into every hash and lies outside the table.
    pub(crate) fn new(pepper: Zeroizing<[u8; 32]>) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self::with_room(pepper, cores, cores * WAITING_PER_RUNNING)
    }

    pub(crate) fn with_room(pepper: Zeroizing<[u8; 32]>, running: usize, waiting: usize) -> Self {
        Self { pepper: Arc::new(pepper), turns: Turns::new(running, waiting) }
    }

    /// Waits until a password of this asker may be hashed. What must happen only
    /// once it is sure that it will be hashed happens while the turn is held.
    pub(crate) async fn turn(&self, asker: Asker, now: Timestamp) -> Result<Turn, HashFault> {
        Ok(self.turns.take(asker, now).await?)
    }

    /// The PHC string of a new password under today's cost.
    pub(crate) async fn hash(
        &self,
        turn: &Turn,
        password: Password,
        salt: [u8; 16],
    ) -> Result<String, HashFault> {
        self.run(turn, move |pepper, memory| argon::hash(pepper, &password, &salt, memory)).await
    }

    /// Compares in constant time; without a stored hash it takes as long and says `Wrong`.
    pub(crate) async fn verify(
        &self,
        turn: &Turn,
        password: Password,
        stored: Option<String>,
    ) -> Result<Verdict, HashFault> {
        let compared = self
            .run(turn, move |pepper, memory| {
                argon::compare(pepper, &password, stored.as_deref(), memory)
            })
            .await?;
        Ok(match compared {
            Compared::Equal { stale } => Verdict::Matched { proof: Matched(()), stale },
            Compared::Wrong => Verdict::Wrong,
        })
    }

    /// How many wait for their turn.
    pub(crate) fn waiting(&self) -> usize {
        self.turns.waiting()
    }

    async fn run<T, F>(&self, turn: &Turn, work: F) -> Result<T, HashFault>
    where
        T: Send + 'static,
        F: FnOnce(&[u8], &mut Memory) -> Result<T, Unusable> + Send + 'static,
    {
        let pepper = Arc::clone(&self.pepper);
        // The turn travels with the work: a caller who hangs up passes none on
        // before the memory is free.
        let turn = turn.clone();
        let done = tokio::task::spawn_blocking(move || {
            turn.with_memory(|memory| work(pepper.as_slice(), memory))
        });
        let done = done.await.map_err(|fault| HashFault::Broken(fault.to_string()))?;
        Ok(done?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::NOON;
    use argon2::password_hash::{PasswordHasher as _, SaltString};
    use argon2::{Algorithm, Argon2, Params, Version};

    fn hashing() -> Hashing {
        Hashing::new(Zeroizing::new([7; 32]))
    }

    fn password(text: &str) -> Password {
        Password::typed(text).expect("a password")
    }

    async fn hash(hashing: &Hashing, text: &str) -> String {
        let turn = hashing.turn(Asker::Hub, NOON).await.expect("a turn");
        hashing.hash(&turn, password(text), [3; 16]).await.expect("hashes")
    }

    async fn is_match(hashing: &Hashing, text: &str, stored: &str) -> bool {
        let turn = hashing.turn(Asker::Hub, NOON).await.expect("a turn");
        let verdict = hashing.verify(&turn, password(text), Some(stored.to_owned())).await;
        matches!(verdict, Ok(Verdict::Matched { stale: false, .. }))
    }

    #[tokio::test]
    async fn only_the_same_password_under_the_same_pepper_matches() {
        let stored = hash(&hashing(), "tall green window").await;
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(is_match(&hashing(), "tall green window", &stored).await);
        assert!(!is_match(&hashing(), "tall green windoW", &stored).await);
        let other = Hashing::new(Zeroizing::new([8; 32]));
        assert!(!is_match(&other, "tall green window", &stored).await);
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_still_matches_and_is_stale() {
        let params = Params::new(8 * 1024, 1, 1, None).expect("params");
        let salt = SaltString::encode_b64(&[9; 16]).expect("salt");
        let old = Argon2::new_with_secret(&[7; 32], Algorithm::Argon2id, Version::V0x13, params);
        let old = old.expect("argon").hash_password(b"tall green window", &salt).expect("hashes");
        let (hashing, old) = (hashing(), old.to_string());
        let turn = hashing.turn(Asker::Hub, NOON).await.expect("a turn");
        let verdict = hashing.verify(&turn, password("tall green window"), Some(old)).await;
        assert!(matches!(verdict, Ok(Verdict::Matched { stale: true, .. })));
    }

    #[tokio::test]
    async fn a_flood_of_checks_makes_no_more_memories_than_run_at_once() {
        let hashing = Hashing::with_room(Zeroizing::new([7; 32]), 2, 64);
        let mut before = None;
        for _ in 0..2 {
            let mut checks = tokio::task::JoinSet::new();
            for n in 0..12 {
                let client = std::net::Ipv4Addr::from_bits(n << 8).into();
                let (hashing, asker) = (hashing.clone(), Asker::Client(client));
                checks.spawn(async move {
                    let turn = hashing.turn(asker, NOON).await.expect("a turn");
                    hashing.verify(&turn, password("tall green window"), None).await
                });
            }
            while let Some(done) = checks.join_next().await {
                assert!(matches!(done.expect("ran"), Ok(Verdict::Wrong)));
            }
            let mut memories = hashing.turns.memories();
            memories.sort_unstable();
            assert_eq!(memories.len(), 2);
            assert!(memories.iter().all(|(_, blocks)| *blocks == 19 * 1024), "{memories:?}");
            assert_eq!(before.get_or_insert(memories.clone()), &memories, "the same ones again");
        }
    }

    #[tokio::test]
    async fn a_caller_who_hangs_up_passes_no_turn_on_while_the_memory_is_in_use() {
        let hashing = Hashing::with_room(Zeroizing::new([7; 32]), 1, 1);
        let turn = hashing.turn(Asker::Hub, NOON).await.expect("a turn");
        let (began, has_begun) = tokio::sync::oneshot::channel();
        let (go_on, may_go_on) = std::sync::mpsc::channel();
        let working = {
            let hashing = hashing.clone();
            tokio::spawn(async move {
                let wait = move |_: &[u8], _: &mut Memory| {
                    let _ = began.send(());
                    let _ = may_go_on.recv();
                    Ok(())
                };
                hashing.run(&turn, wait).await
            })
        };
        has_begun.await.expect("begun");
        working.abort();
        assert!(working.await.is_err_and(|fault| fault.is_cancelled()));
        assert_eq!(hashing.turns.memories().len(), 0, "it is still in use");
        go_on.send(()).expect("still working");
        let next = hashing.turn(Asker::Hub, NOON).await;
        assert!(next.is_ok());
    }
}
