use super::RedisShared;
use crate::scratch::Scratch;
use crate::{
    OneUse as _, Parked as _, SessionServices as _, Sessions as _, Shared, Space, conformance,
};
use model::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::process::{Child, Command};

/// A Redis of one test on a socket of its own.
struct Server {
    scratch: Scratch,
    process: Child,
}

impl Server {
    /// `None` where no `redis-server` is installed and none is required.
    fn start() -> Option<Self> {
        let scratch = Scratch::new();
        let process = match spawn(&scratch) {
            Ok(process) => process,
            Err(fault) if is_required() => panic!("redis-server is required: {fault}"),
            Err(fault) => {
                eprintln!("NOT SHOWN: the shared contract on Redis (redis-server: {fault})");
                return None;
            }
        };
        Some(Self { scratch, process })
    }

    /// Opens the store, as soon as the server listens.
    async fn open(&self) -> Arc<RedisShared> {
        let url = format!("redis+unix://{}", self.scratch.path().join("redis.sock").display());
        for _ in 0..200 {
            if let Ok(store) = RedisShared::open(&url).await {
                return Arc::new(store);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("redis-server did not start within 5 s");
    }
}

fn spawn(scratch: &Scratch) -> std::io::Result<Child> {
    Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"])
        .arg(scratch.path().join("redis.sock"))
        .arg("--dir")
        .arg(scratch.path())
        .stdout(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

#[expect(clippy::disallowed_methods, reason = "the switch of the test run, not configuration")]
fn is_required() -> bool {
    std::env::var_os("TESTS_REQUIRE_REDIS").is_some()
}

fn noon() -> Timestamp {
    Timestamp::from_unix_s(1_900_000_000)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_keeps_the_shared_contract() {
    let Some(server) = Server::start() else { return };
    let one: Shared = server.open().await;
    let other: Shared = server.open().await;
    conformance::shared(&one, &other).await.unwrap();
}

#[tokio::test]
async fn every_key_has_our_prefix_and_an_end_and_holds_no_secret() {
    let Some(server) = Server::start() else { return };
    let store = server.open().await;
    let end = noon().plus_s(60);
    store.put_once(Space::Code, "secret-once", end, noon()).await.unwrap();
    store.put(Space::Code, "secret-code", b"secret-grant", end, noon()).await.unwrap();
    let shared: Shared = store.clone();
    shared.add("secret-name", 60, noon()).await.unwrap();
    let session = conformance::session("secret-sid", "reader", &["secret-index"]).unwrap();
    store.create(&session).await.unwrap();
    let member = model::MemberId::parse("nju").unwrap();
    shared.note_trouble(&member, "203.0.113.7", noon()).await.unwrap();
    let mut connection = store.connection.clone();
    let keys: Vec<String> =
        ::redis::cmd("KEYS").arg("*").query_async(&mut connection).await.unwrap();
    assert_eq!(keys.len(), 7, "{keys:?}");
    for key in keys {
        assert!(key.starts_with("rp:"), "{key}");
        let ttl: i64 = ::redis::cmd("PTTL").arg(&key).query_async(&mut connection).await.unwrap();
        assert!(ttl > 60_000, "{key} ends after what it guards, in {ttl} ms");
        let dump: Vec<u8> =
            ::redis::cmd("DUMP").arg(&key).query_async(&mut connection).await.unwrap();
        for secret in [
            "secret-once",
            "secret-code",
            "secret-grant",
            "secret-sid",
            "secret-name",
            "203.0.113.7",
        ] {
            assert!(!key.contains(secret));
            assert!(!dump.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret}");
        }
    }
}

#[tokio::test]
async fn a_session_that_has_ended_leaves_no_key() {
    let Some(server) = Server::start() else { return };
    let store = server.open().await;
    let note = crate::SessionService {
        service: model::ServiceId::parse("ill").unwrap(),
        protocol: "oidc".to_owned(),
        at: noon(),
        detail: String::new(),
    };
    for is_by_reader in [false, true] {
        let session = conformance::session("sid", "reader", &["one", "two"]).unwrap();
        store.create(&session).await.unwrap();
        store.add_service(&session.sid, &note).await.unwrap();
        if is_by_reader {
            assert_eq!(store.end_of_reader(&session.reader.id).await.unwrap(), 1);
        } else {
            assert!(store.end(&session.sid).await.unwrap().is_some());
        }
        let mut connection = store.connection.clone();
        let keys: Vec<String> =
            ::redis::cmd("KEYS").arg("*").query_async(&mut connection).await.unwrap();
        assert_eq!(keys, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_server_that_is_gone_refuses_and_comes_back() {
    let Some(mut server) = Server::start() else { return };
    let store = server.open().await;
    let end = noon().plus_s(60);
    assert!(store.put_once(Space::Code, "a", end, noon()).await.unwrap());
    server.process.kill().await.unwrap();
    assert!(store.put_once(Space::Code, "b", end, noon()).await.is_err(), "never true in doubt");
    assert!(store.take(Space::Code, "b", noon()).await.is_err());
    server.process = spawn(&server.scratch).unwrap();
    let _listening = server.open().await;
    for _ in 0..200 {
        if store.put_once(Space::Code, "c", end, noon()).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the store did not come back");
}
