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
