//! Somebody who can write the file: each kind of tampering is found.

use super::{noon, open};
use crate::scratch::Scratch;
use crate::sqlite::file::DatabaseFile;
use crate::sqlite::migrate::DURABLE;
use crate::{Actor, AuditEntry, AuditFault, Durable};
use model::ReaderId;
use std::collections::BTreeMap;

fn entry(number: usize) -> AuditEntry {
    let personal = [("login", format!("name {number}")), ("address", "192.0.2.1".to_owned())];
    AuditEntry {
        actor: Actor::Account(ReaderId::parse("account").unwrap()),
        act: format!("act.{number}"),
        member: None,
        service: None,
        code: None,
        outcome: Some("POL-001".to_owned()),
        personal: personal.into_iter().map(|(n, v)| (n.to_owned(), v)).collect(),
    }
}

async fn append(durable: &Durable, count: usize) {
    for number in 0..count {
        durable.append_audit(&entry(number), noon(), [9; 16]).await.unwrap();
    }
}

/// Two writers of six entries, heads records after four and after six.
async fn whole(scratch: &Scratch) -> Durable {
    let ((one, _), (other, _)) = (open(scratch.path()).await, open(scratch.path()).await);
    for count in [4, 2] {
        append(&one, count).await;
        append(&other, count).await;
        one.write_heads(noon()).await.unwrap();
    }
    assert_eq!(one.verify_audit().await.unwrap().broken, []);
    one
}

/// What `verify_audit` finds after `sql`.
async fn after(sql: &'static str) -> Vec<AuditFault> {
    let scratch = Scratch::new();
    let durable = whole(&scratch).await;
    tamper(&scratch, sql).await;
    durable.verify_audit().await.unwrap().broken
}

async fn tamper(scratch: &Scratch, sql: &'static str) {
    let (_, connection) = DatabaseFile::open(scratch.path(), &DURABLE).await.unwrap();
    connection.execute_batch(sql).unwrap();
}

fn places(found: &[AuditFault]) -> Vec<(u64, u64)> {
    found.iter().map(|fault| (fault.writer, fault.seq)).collect()
}

#[tokio::test]
async fn a_changed_entry_is_found_where_it_is() {
    for sql in [
        "UPDATE audit_entry SET act = 'other' WHERE writer = 1 AND seq = 3",
        "UPDATE audit_entry SET at = at + 1 WHERE writer = 1 AND seq = 3",
        "UPDATE audit_entry SET actor = 'system' WHERE writer = 1 AND seq = 3",
        "UPDATE audit_entry SET outcome = NULL WHERE writer = 1 AND seq = 3",
        "UPDATE audit_entry SET member = 'nju' WHERE writer = 1 AND seq = 3",
        "UPDATE audit_entry SET personal_hashes = '{}', personal = NULL
             WHERE writer = 1 AND seq = 3",
    ] {
        assert_eq!(places(&after(sql).await), [(1, 3)], "{sql}");
    }
}

#[tokio::test]
async fn a_changed_hash_is_found_in_itself_and_in_the_next() {
    let found =
        after("UPDATE audit_entry SET hash = zeroblob(32) WHERE writer = 2 AND seq = 2").await;
    assert_eq!(places(&found), [(2, 2), (2, 3)]);
}

#[tokio::test]
async fn an_entry_removed_in_the_middle_is_found() {
    let found = after("DELETE FROM audit_entry WHERE writer = 1 AND seq = 2").await;
    assert_eq!(places(&found), [(1, 2)]);
    let found = after("DELETE FROM audit_entry WHERE writer = 1 AND seq = 1").await;
    assert_eq!(places(&found), [(1, 1)]);
}

#[tokio::test]
async fn a_removed_entry_is_found_though_the_rest_is_renumbered() {
    let found = after(
        "DELETE FROM audit_entry WHERE writer = 1 AND seq = 5;
         UPDATE audit_entry SET seq = 5 WHERE writer = 1 AND seq = 6",
    )
    .await;
    assert!(places(&found).contains(&(1, 5)), "{found:?}");
}

#[tokio::test]
async fn a_removed_tail_is_found_by_the_heads() {
    let found = after("DELETE FROM audit_entry WHERE writer = 2 AND seq >= 5").await;
    assert_eq!(places(&found), [(2, 6)]);
    let found = after("DELETE FROM audit_entry WHERE writer = 2").await;
    assert_eq!(places(&found), [(2, 4), (2, 6)]);
}

#[tokio::test]
async fn a_removed_tail_is_found_while_its_writer_runs() {
    let scratch = Scratch::new();
    let durable = whole(&scratch).await;
    append(&durable, 2).await;
    tamper(&scratch, "DELETE FROM audit_entry WHERE writer = 1 AND seq >= 7").await;
    assert_eq!(durable.verify_audit().await.unwrap().broken, [], "no heads record saw them yet");
    append(&durable, 1).await;
    assert_eq!(places(&durable.verify_audit().await.unwrap().broken), [(1, 7)]);
}

#[tokio::test]
async fn a_removed_writer_is_found() {
    let found = after("DELETE FROM audit_writer WHERE id = 2").await;
    assert_eq!(places(&found), [(2, 1)]);
    let found =
        after("DELETE FROM audit_writer WHERE id = 2; DELETE FROM audit_entry WHERE writer = 2")
            .await;
    assert_eq!(places(&found), [(2, 4), (2, 6)]);
}

#[tokio::test]
async fn reordered_entries_are_found() {
    let found = after(
        "UPDATE audit_entry SET seq = 99 WHERE writer = 1 AND seq = 2;
         UPDATE audit_entry SET seq = 2 WHERE writer = 1 AND seq = 3;
         UPDATE audit_entry SET seq = 3 WHERE writer = 1 AND seq = 99",
    )
    .await;
    assert!(places(&found).starts_with(&[(1, 2), (1, 3)]), "{found:?}");
}

#[tokio::test]
async fn an_entry_moved_to_another_writer_is_found() {
    let found =
        after("UPDATE audit_entry SET writer = 2, seq = 7 WHERE writer = 1 AND seq = 6").await;
    assert_eq!(places(&found), [(2, 7), (1, 6)]);
}

#[tokio::test]
async fn a_changed_or_removed_heads_record_is_found() {
    let found = after("UPDATE audit_heads SET at = at + 1 WHERE n = 1").await;
    assert_eq!(places(&found), [(0, 1)]);
    let found = after("UPDATE audit_heads SET heads = '[]' WHERE n = 2").await;
    assert!(places(&found).contains(&(0, 2)), "{found:?}");
    let found = after("DELETE FROM audit_heads WHERE n = 1").await;
    assert_eq!(places(&found), [(0, 1)]);
    let found = after("DELETE FROM audit_heads WHERE n = 2").await;
    assert_eq!(places(&found), [(1, 6), (2, 6)]);
}

/// A whole chain of other entries in the place of the true one: only the heads tell.
#[tokio::test]
async fn a_chain_written_anew_is_found_by_the_heads() {
    let (scratch, forged) = (Scratch::new(), Scratch::new());
    let durable = whole(&scratch).await;
    let ((one, _), (two, _)) = (open(forged.path()).await, open(forged.path()).await);
    append(&one, 1).await;
    for number in 10..16 {
        two.append_audit(&entry(number), noon(), [9; 16]).await.unwrap();
    }
    assert_eq!(two.verify_audit().await.unwrap().broken, [], "the forged chain is whole");
    let copy = format!(
        "ATTACH '{}' AS forged; DELETE FROM main.audit_entry WHERE writer = 2;
         INSERT INTO main.audit_entry SELECT * FROM forged.audit_entry WHERE writer = 2",
        forged.path().join("durable.db").display()
    );
    tamper(&scratch, Box::leak(copy.into_boxed_str())).await;
    assert_eq!(places(&durable.verify_audit().await.unwrap().broken), [(2, 4), (2, 6)]);
}

#[tokio::test]
async fn personal_fields_can_be_erased_but_not_changed() {
    let scratch = Scratch::new();
    let durable = whole(&scratch).await;
    let one = "UPDATE audit_entry SET personal = json_remove(personal, '$.login') WHERE seq = 2";
    tamper(&scratch, one).await;
    assert_eq!(durable.verify_audit().await.unwrap().broken, [], "one field erased");
    tamper(&scratch, "UPDATE audit_entry SET personal = NULL WHERE seq = 3").await;
    assert_eq!(durable.verify_audit().await.unwrap().broken, [], "all of an entry erased");
    tamper(
        &scratch,
        "UPDATE audit_entry SET personal = replace(personal, '192.0.2.1', '192.0.2.9')
             WHERE writer = 1 AND seq = 4",
    )
    .await;
    tamper(
        &scratch,
        "UPDATE audit_entry SET personal = json_set(personal, '$.extra', json('[\"00\",\"x\"]'))
             WHERE writer = 2 AND seq = 4",
    )
    .await;
    let found = durable.verify_audit().await.unwrap().broken;
    assert_eq!(places(&found), [(1, 4), (2, 4)]);
    assert!(found[0].what.contains("address") && found[1].what.contains("extra"), "{found:?}");
}

#[tokio::test]
async fn an_erased_field_is_gone_from_the_files() {
    let scratch = Scratch::new();
    let durable = whole(&scratch).await;
    let actor = Actor::Account(ReaderId::parse("account").unwrap());
    assert_eq!(durable.erase_personal(&actor).await.unwrap(), 12);
    for file in ["durable.db", "durable.db-wal"] {
        let bytes = std::fs::read(scratch.path().join(file)).unwrap();
        assert!(!bytes.windows(9).any(|w| w == b"192.0.2.1"), "{file}");
    }
}

#[tokio::test]
async fn heads_are_written_only_when_a_chain_moved() {
    let scratch = Scratch::new();
    let durable = whole(&scratch).await;
    for _ in 0..3 {
        durable.write_heads(noon()).await.unwrap();
    }
    tamper(&scratch, "UPDATE audit_heads SET n = n WHERE n = 3; CREATE TABLE seen AS SELECT 1")
        .await;
    let (file, _) = DatabaseFile::open(scratch.path(), &DURABLE).await.unwrap();
    let heads = crate::sqlite::sql::Sql::new("SELECT n FROM audit_heads");
    let rows = heads.all(&file.reader().unwrap());
    assert_eq!(rows.unwrap().len(), 2);
}

#[tokio::test]
async fn entries_without_personal_fields_are_covered_too() {
    let scratch = Scratch::new();
    let (durable, _) = open(scratch.path()).await;
    let plain = AuditEntry { personal: BTreeMap::new(), ..entry(0) };
    durable.append_audit(&plain, noon(), [0; 16]).await.unwrap();
    assert_eq!(durable.verify_audit().await.unwrap().broken, []);
    tamper(&scratch, "UPDATE audit_entry SET personal = '{\"login\":[\"\",\"x\"]}'").await;
    assert_eq!(places(&durable.verify_audit().await.unwrap().broken), [(1, 1)]);
}
