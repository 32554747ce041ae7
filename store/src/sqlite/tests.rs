mod audit;
mod backup;
mod direct;
mod kill;
mod purge;
mod writer;

use crate::scratch::Scratch;
use crate::{Durable, Shared, Space, StoreConfig, StoreError, conformance};
use model::Timestamp;
use std::path::Path;

pub(super) fn noon() -> Timestamp {
    Timestamp::from_unix_s(1_900_000_000)
}

pub(super) async fn open(folder: &Path) -> (Durable, Shared) {
    let config = StoreConfig { data_dir: folder.to_owned(), durable: None, shared: None };
    crate::open(&config).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_keeps_the_shared_contract() {
    let scratch = Scratch::new();
    let ((_, one), (_, other)) = (open(scratch.path()).await, open(scratch.path()).await);
    conformance::shared(&one, &other).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_keeps_the_durable_contract() {
    let scratch = Scratch::new();
    let ((one, _), (other, _)) = (open(scratch.path()).await, open(scratch.path()).await);
    conformance::durable(&one, &other).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_folder_may_be_opened_by_many_at_once() {
    let scratch = Scratch::new();
    let folder = scratch.path().join("new").join("data");
    let openings: Vec<_> = (0..8)
        .map(|_| {
            let folder = folder.clone();
            tokio::spawn(async move { open(&folder).await })
        })
        .collect();
    let mut winners = 0;
    for opening in openings {
        let (_, shared) = opening.await.unwrap();
        let first = shared.put_once(Space::Code, "c", noon().plus_s(60), noon()).await.unwrap();
        winners += usize::from(first);
    }
    assert_eq!(winners, 1);
}

#[tokio::test]
async fn a_folder_that_another_is_opening_is_waited_for() {
    let scratch = Scratch::new();
    let turn = std::fs::File::create(scratch.path().join("store.lock")).unwrap();
    turn.lock().unwrap();
    let folder = scratch.path().to_owned();
    let mut opening = tokio::spawn(async move { open(&folder).await });
    let early = tokio::time::timeout(std::time::Duration::from_millis(200), &mut opening).await;
    assert!(early.is_err(), "it did not wait");
    turn.unlock().unwrap();
    opening.await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::new();
    let folder = scratch.path().join("data");
    let stores = open(&folder).await;
    stores.1.put_once(Space::Code, "c", noon().plus_s(60), noon()).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    let mut files = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        files += 1;
    }
    assert!(files >= 7, "two databases with their logs, and the lock: {files}");
    drop(stores);
    let loose = folder.join("shared.db");
    std::fs::set_permissions(&loose, std::fs::Permissions::from_mode(0o644)).unwrap();
    let _stores = open(&folder).await;
    assert_eq!(mode(&loose), 0o600, "a loose mode is tightened");
}

/// Looks for secrets in every byte of the files: a stolen copy opens no session.
#[tokio::test]
async fn the_files_hold_no_code_and_no_session_id() {
    let scratch = Scratch::new();
    // Both are held: the last to close a database removes its log.
    let (_durable, shared) = open(scratch.path()).await;
    let end = noon().plus_s(60);
    shared.put_once(Space::Code, "secret-once", end, noon()).await.unwrap();
    shared.put(Space::Code, "secret-code", b"secret-grant", end, noon()).await.unwrap();
    let session = conformance::session("secret-sid", "reader", &["secret-index"]).unwrap();
    shared.create(&session).await.unwrap();
    assert_eq!(
        shared.by_index("secret-index", noon()).await.unwrap(),
        std::slice::from_ref(&session.sid)
    );
    for entry in std::fs::read_dir(scratch.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for secret in ["secret-once", "secret-code", "secret-grant", "secret-sid"] {
            let is_there = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!is_there, "{secret} in {}", path.display());
        }
    }
}

#[tokio::test]
async fn a_configuration_that_is_not_built_is_refused_without_its_password() {
    let scratch = Scratch::new();
    let url = "postgres://user:s3cret-word@host/db".to_owned();
    let data_dir = scratch.path().to_owned();
    let config = StoreConfig { data_dir, durable: Some(url), shared: None };
    assert!(!format!("{config:?}").contains("s3cret-word"));
    let Err(fault) = crate::open(&config).await else { panic!("opened") };
    let text = fault.to_string();
    assert!(text.contains("postgres") && text.contains("remove the key"), "{text}");
    assert!(!text.contains("s3cret-word"), "{text}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named() {
    let scratch = Scratch::new();
    let file = scratch.path().join("file");
    std::fs::write(&file, "").unwrap();
    let config = StoreConfig { data_dir: file.join("data"), durable: None, shared: None };
    let Err(fault) = crate::open(&config).await else { panic!("opened") };
    assert!(matches!(fault, StoreError::Setup { .. }) && fault.to_string().contains("file"));
}

#[tokio::test]
async fn a_damaged_file_is_an_error_and_no_panic() {
    let scratch = Scratch::new();
    let path = scratch.path().join("shared.db");
    std::fs::write(&path, vec![0x5a; 20_000]).unwrap();
    let config = StoreConfig { data_dir: scratch.path().to_owned(), durable: None, shared: None };
    assert!(matches!(crate::open(&config).await, Err(StoreError::Corrupt(_))));
}
