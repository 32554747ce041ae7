//! A copy taken while others write.

use super::{noon, open};
use crate::scratch::Scratch;
use crate::{Actor, AuditEntry, StoreError, verify_snapshot};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::Path;

fn entry(number: usize) -> AuditEntry {
    AuditEntry {
        actor: Actor::System,
        act: format!("act-{number}"),
        member: None,
        service: None,
        code: None,
        outcome: None,
        personal: BTreeMap::from([("login".to_owned(), format!("reader-{number}"))]),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_is_of_one_moment_and_holds_what_was_acknowledged_before() {
    let scratch = Scratch::new();
    let (durable, _) = open(&scratch.path().join("data")).await;
    let writer = tokio::spawn({
        let durable = durable.clone();
        async move {
            for number in 0..400 {
                durable.append_audit(&entry(number), noon(), [7; 16]).await.unwrap();
                if number % 50 == 0 {
                    durable.write_heads(noon()).await.unwrap();
                }
            }
        }
    });
    let mut before = 0;
    for round in 0..5 {
        let path = scratch.path().join(format!("copy-{round}"));
        durable.append_audit(&entry(1000 + round), noon(), [7; 16]).await.unwrap();
        durable.snapshot_to(&path).await.unwrap();
        let report = verify_snapshot(&path).await.unwrap();
        assert_eq!(report.broken, []);
        assert!(report.entries > before, "an acknowledged entry is missing");
        before = report.entries;
        let own = format!("SELECT count(*) FROM audit_entry WHERE act = 'act-{}'", 1000 + round);
        let found: i64 =
            Connection::open(&path).unwrap().query_row(&own, [], |row| row.get(0)).unwrap();
        assert_eq!(found, 1);
    }
    writer.await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_snapshot_is_its_owners_alone_and_overwrites_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::new();
    let (durable, _) = open(scratch.path()).await;
    let path = scratch.path().join("copy");
    durable.snapshot_to(&path).await.unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    for taken in [&*path, Path::new("/proc/nowhere"), &*scratch.path().join("no/folder")] {
        let refused = durable.snapshot_to(taken).await;
        assert!(matches!(refused, Err(StoreError::Setup { .. })), "{refused:?}");
    }
}

/// What was erased must not come back by a restore.
#[tokio::test]
async fn a_snapshot_holds_nothing_that_was_erased() {
    let scratch = Scratch::new();
    let (durable, _) = open(scratch.path()).await;
    durable.append_audit(&entry(4711), noon(), [7; 16]).await.unwrap();
    durable.erase_personal(&Actor::System).await.unwrap();
    let path = scratch.path().join("copy");
    durable.snapshot_to(&path).await.unwrap();
    let octets = std::fs::read(&path).unwrap();
    let has = |text: &str| octets.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(has("act-4711"), "the entry itself stays");
    assert!(!has("reader-4711"), "a name that was erased");
}

#[tokio::test]
async fn what_is_no_whole_store_of_ours_is_refused() {
    let scratch = Scratch::new();
    let (durable, _) = open(&scratch.path().join("data")).await;
    for number in 0..40 {
        durable.append_audit(&entry(number), noon(), [7; 16]).await.unwrap();
    }
    durable.write_heads(noon()).await.unwrap();
    let spoiled = async |sql: &str| {
        let path = scratch.path().join("copy");
        durable.snapshot_to(&path).await.unwrap();
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let report = verify_snapshot(&path).await;
        std::fs::remove_file(&path).unwrap();
        report
    };
    assert_eq!(spoiled("").await.unwrap().broken, []);
    let text = spoiled("PRAGMA application_id = 7").await.unwrap_err().to_string();
    assert!(text.contains("not a database of readerpass"), "{text}");
    let text = spoiled("PRAGMA user_version = 99").await.unwrap_err().to_string();
    assert!(text.contains("version 99"), "{text}");
    let report = spoiled("DELETE FROM audit_entry WHERE seq = 7").await.unwrap();
    assert!(!report.broken.is_empty(), "an entry is missing");

    let path = scratch.path().join("torn");
    durable.snapshot_to(&path).await.unwrap();
    let octets = std::fs::read(&path).unwrap();
    std::fs::write(&path, &octets[..octets.len() / 2]).unwrap();
    verify_snapshot(&path).await.expect_err("half a file");
    std::fs::write(&path, b"another sort of file").unwrap();
    verify_snapshot(&path).await.expect_err("no database");
    verify_snapshot(&scratch.path().join("gone")).await.expect_err("no file");
    assert!(!scratch.path().join("gone").exists(), "the check makes nothing");
}
