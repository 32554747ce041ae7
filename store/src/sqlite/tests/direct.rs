use super::{noon, open};
use crate::scratch::Scratch;
use crate::sqlite::direct::Direct;
use crate::sqlite::file::DatabaseFile;
use crate::sqlite::migrate::SHARED;
use crate::sqlite::sql::Sql;
use crate::{Space, StoreError};
use std::sync::Arc;

const PUT: &str = "INSERT INTO counter (key, expires, value) VALUES (?1, 1, 1) RETURNING value";

async fn direct(scratch: &Scratch) -> (DatabaseFile, Direct) {
    let (file, connection) = DatabaseFile::open(scratch.path(), &SHARED).await.unwrap();
    (file, Direct::new(connection).unwrap())
}

fn put(key: u8) -> Sql {
    Sql::new(PUT).bind([key; 32].as_slice())
}

fn count(file: &DatabaseFile) -> usize {
    Sql::new("SELECT key FROM counter").all(&file.reader().unwrap()).unwrap().len()
}

/// The clock stands still and jumps over pauses: no time passes in this test.
#[tokio::test(start_paused = true)]
async fn a_lock_that_another_keeps_is_unavailable_and_then_over() {
    let scratch = Scratch::new();
    let (file, direct) = direct(&scratch).await;
    let other = file.connect().unwrap();
    Sql::new("BEGIN IMMEDIATE").all(&other).unwrap();
    for steps in [vec![put(1)], vec![put(1), put(2)]] {
        let held = direct.all(&steps).await;
        assert!(matches!(held, Err(StoreError::Unavailable(_))));
    }
    assert!(matches!(direct.one(put(1)).await, Err(StoreError::Unavailable(_))));
    Sql::new("ROLLBACK").all(&other).unwrap();
    direct.one(put(1)).await.unwrap();
    assert_eq!(count(&file), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_is_given_back_was_waited_for_without_holding_up_others() {
    let scratch = Scratch::new();
    let (file, direct) = direct(&scratch).await;
    let other = file.connect().unwrap();
    Sql::new("BEGIN IMMEDIATE").all(&other).unwrap();
    let waiting = tokio::spawn(async move { direct.one(put(1)).await });
    // This runs on the same thread: it only comes to here if the wait is a task's.
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    Sql::new("COMMIT").all(&other).unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(count(&file), 1);
}

#[tokio::test]
async fn steps_that_fail_leave_nothing_and_the_next_goes_on() {
    let scratch = Scratch::new();
    let (file, direct) = direct(&scratch).await;
    let broken = [put(1), Sql::new("INSERT INTO no_such_table VALUES (1)")];
    assert!(direct.all(&broken).await.is_err());
    assert_eq!(count(&file), 0);
    assert_eq!(direct.all(&[put(1), put(2)]).await.unwrap().len(), 2);
    assert_eq!(count(&file), 2);
}

#[tokio::test]
async fn a_caller_that_leaves_while_it_waits_does_nothing() {
    let scratch = Scratch::new();
    let (file, direct) = direct(&scratch).await;
    let direct = Arc::new(direct);
    let other = file.connect().unwrap();
    Sql::new("BEGIN IMMEDIATE").all(&other).unwrap();
    let left = tokio::spawn({
        let direct = direct.clone();
        async move { direct.one(put(1)).await }
    });
    tokio::task::yield_now().await;
    left.abort();
    assert!(left.await.unwrap_err().is_cancelled());
    Sql::new("ROLLBACK").all(&other).unwrap();
    direct.one(put(2)).await.unwrap();
    assert_eq!(count(&file), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_starts_anew_while_it_is_written_to() {
    let scratch = Scratch::new();
    let (_, shared) = open(scratch.path()).await;
    let size = || std::fs::metadata(scratch.path().join("shared.db-wal")).unwrap().len();
    let mut before = 0;
    // A slow disk needs more writes until the first checkpoint has ended, not another rule.
    for number in 0..200_000 {
        let key = number.to_string();
        shared.put_once(Space::Leg, &key, noon().plus_s(60), noon()).await.unwrap();
        let now = size();
        if now == before {
            return;
        }
        before = now;
    }
    panic!("the log only grew: {before} bytes");
}
