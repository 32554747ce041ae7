//! What the unit tests of this crate stand on: real stores in a folder of their own.

#[path = "../../tests/harness/authenticator.rs"]
#[expect(unreachable_pub, reason = "made for the tests of several rooms")]
pub(crate) mod authenticator;

use crate::{Accounts, Attempt, CheckedOr, Created, NewAccount};
use model::{Entropy, LoginCode, MemberId, Moment, Profile, Random, Refusal, Timestamp};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{Durable, Shared, StoreConfig};
use zeroize::Zeroizing;

/// A seeded generator: xorshift, good enough to be distinct.
struct Seeded(AtomicU64);

impl Random for Seeded {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            let mut x = self.0.load(Ordering::Relaxed);
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            self.0.store(x, Ordering::Relaxed);
            *byte = x.to_be_bytes()[3];
        }
    }
}

pub(crate) fn entropy(seed: u64) -> Entropy {
    Entropy::new(Arc::new(Seeded(AtomicU64::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1))))
}

/// One installation.
pub(crate) struct Place {
    pub(crate) accounts: Accounts,
    pub(crate) durable: Durable,
    pub(crate) shared: Shared,
    pub(crate) entropy: Entropy,
    folder: PathBuf,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) const NOON: Timestamp = Timestamp::from_unix_s(1_795_262_400);
pub(crate) const GOOD: &str = "tall green window";

pub(crate) fn member() -> MemberId {
    MemberId::parse("nju").expect("an id")
}

pub(crate) async fn place() -> Place {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("accounts-test-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let config = StoreConfig { data_dir: folder.clone(), durable: None, shared: None };
    let (durable, shared) = store::open(&config).await.expect("a store");
    let accounts = Accounts::new(Arc::clone(&durable), Arc::clone(&shared), [7; 32])
        .with_passkeys("https://hub.test");
    Place { accounts, durable, shared, entropy: entropy(number + 1), folder }
}

pub(crate) fn new_account(login: &str, password: Option<&str>) -> NewAccount {
    NewAccount {
        member: Some(member()),
        login: login.to_owned(),
        password: password.map(|p| Zeroizing::new(p.to_owned())),
        role: None,
        profile: Profile::default(),
        class: None,
        category: None,
        affiliation: vec![],
        must_change: false,
        valid_until: None,
    }
}

impl Place {
    pub(crate) fn at(&self, seconds: i64) -> Moment {
        Moment { now: NOON.plus_s(seconds), entropy: self.entropy.clone() }
    }

    /// Whether the audit log names this act: looked for in the files of the store.
    pub(crate) fn audited(&self, act: &str) -> bool {
        let files = std::fs::read_dir(&self.folder).expect("a folder");
        files.filter_map(Result::ok).any(|file| {
            let bytes = std::fs::read(file.path()).unwrap_or_default();
            bytes.windows(act.len()).any(|w| w == act.as_bytes())
        })
    }

    pub(crate) async fn create(&self, login: &str, password: Option<&str>) -> Created {
        self.accounts.create(new_account(login, password), &self.at(0)).await.expect("created")
    }

    /// One attempt in a login of its own, from an address of its own.
    pub(crate) async fn check(&self, login: &str, password: &str) -> Result<CheckedOr, Refusal> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let client = format!("2001:db8:0:{:x}::1", COUNT.fetch_add(1, Ordering::Relaxed));
        self.check_from(login, password, &client, LoginCode::draw(&self.entropy), 0).await
    }

    pub(crate) async fn check_from(
        &self,
        login: &str,
        password: &str,
        client: &str,
        code: LoginCode,
        at: i64,
    ) -> Result<CheckedOr, Refusal> {
        let client = client.parse().expect("an address");
        let member = member();
        let attempt = Attempt { member: Some(&member), login, password, client, code };
        self.accounts.check_password(&attempt, &self.at(at)).await
    }
}
