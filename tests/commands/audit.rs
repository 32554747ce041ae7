//! `audit verify`: a log that was changed behind the hub's back is told.

use super::{installation, run};
use rusqlite::Connection;

#[tokio::test]
async fn a_whole_log_is_good_and_a_changed_one_is_not() {
    let hub = installation();
    let created = run(hub.path(), &["account", "create", "--login", "boss", "--role", "operator"]);
    assert_eq!(created.code, 0, "{created:?}");
    let good = run(hub.path(), &["audit", "verify"]);
    assert_eq!(good.code, 0, "{good:?}");
    assert!(good.out.contains("every chain is whole"), "{good:?}");
    let json = run(hub.path(), &["--json", "audit", "verify"]).json();
    assert!(json["entries"].as_u64().is_some_and(|n| n >= 2), "{json}");

    // Another act in the place of the one that happened.
    let connection = Connection::open(hub.path().join("data/durable.db")).expect("the database");
    let change = "UPDATE audit_entry SET act = 'account.deleted' WHERE act = 'account.created'";
    assert_eq!(connection.execute(change, []).expect("a change"), 1);
    let bad = run(hub.path(), &["audit", "verify"]);
    assert_eq!(bad.code, 1, "a changed log passes: {bad:?}");
    assert!(bad.out.contains("broken: writer"), "{bad:?}");
    let json = run(hub.path(), &["--json", "audit", "verify"]).json();
    assert!(!json["broken"].as_array().expect("faults").is_empty(), "{json}");
}

/// A log that was taken away whole looks whole: only a head that was kept elsewhere tells.
#[test]
fn a_log_that_lost_what_a_kept_head_covers_is_told() {
    let hub = installation();
    let created = run(hub.path(), &["account", "create", "--login", "boss", "--role", "operator"]);
    assert_eq!(created.code, 0, "{created:?}");
    // It writes a heads record, as `serve` does each minute.
    let file = hub.path().join("hub.backup");
    let backup = run(hub.path(), &["backup", file.to_str().expect("text")]);
    assert_eq!(backup.code, 0, "{backup:?}");
    let json = run(hub.path(), &["--json", "audit", "verify"]).json();
    let head = json["newest_head"].as_str().expect("a head").to_owned();
    let kept = run(hub.path(), &["audit", "verify", "--expect", &head]);
    assert_eq!(kept.code, 0, "{kept:?}");
    assert!(kept.out.contains(&format!("newest head {head}")), "{kept:?}");

    let database = hub.path().join("data/durable.db");
    let connection = Connection::open(database).expect("the database");
    let other = format!("{}:{}", &head[..head.find(':').expect("N:HASH")], "0".repeat(64));
    let replaced = run(hub.path(), &["audit", "verify", "--expect", &other]);
    assert_eq!(replaced.code, 1, "another log passes: {replaced:?}");
    connection
        .execute_batch(
            "DELETE FROM audit_entry; DELETE FROM audit_heads; DELETE FROM audit_writer;",
        )
        .expect("taken away");
    let unasked = run(hub.path(), &["audit", "verify"]);
    assert_eq!(unasked.code, 0, "an empty log is whole: {unasked:?}");
    let gone = run(hub.path(), &["audit", "verify", "--expect", &head]);
    assert_eq!(gone.code, 1, "an emptied log passes: {gone:?}");
    assert!(gone.out.contains("is gone"), "{gone:?}");
    let wrong = run(hub.path(), &["audit", "verify", "--expect", "7"]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
}
