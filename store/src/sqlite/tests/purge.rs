use super::{noon, open};
use crate::scratch::Scratch;
use crate::sqlite::fault::column;
use crate::sqlite::file::DatabaseFile;
use crate::sqlite::migrate::SHARED;
use crate::sqlite::sql::Sql;
use crate::{Shared, Space, conformance};

async fn rows(scratch: &Scratch, sql: &'static str) -> i64 {
    let (file, _) = DatabaseFile::open(scratch.path(), &SHARED).await.unwrap();
    let row = Sql::new(sql).first(&file.reader().unwrap()).unwrap().unwrap();
    column(&row, 0).unwrap()
}

/// `count` rows of each kind, which end a minute after noon.
async fn fill(shared: &Shared, count: usize) {
    let end = noon().plus_s(60);
    for number in 0..count {
        let key = number.to_string();
        shared.put_once(Space::Leg, &key, end, noon()).await.unwrap();
        shared.put(Space::Code, &key, b"v", end, noon()).await.unwrap();
        shared.add(&key, 60, noon()).await.unwrap();
        let mut session = conformance::session(&format!("s{key}"), "r", &["i"]).unwrap();
        session.expires = end;
        shared.create(&session).await.unwrap();
    }
}

const ALL: &str = "SELECT (SELECT count(*) FROM one_use) + (SELECT count(*) FROM parked)
    + (SELECT count(*) FROM counter) + (SELECT count(*) FROM session)
    + (SELECT count(*) FROM session_index)";

#[tokio::test]
async fn what_is_over_is_cleared_and_what_lives_stays() {
    let scratch = Scratch::new();
    let (_, shared) = open(scratch.path()).await;
    fill(&shared, 100).await;
    assert_eq!(rows(&scratch, ALL).await, 500);
    let later = noon().plus_s(60);
    for number in 0..128 {
        let key = format!("later {number}");
        assert!(shared.put_once(Space::Leg, &key, later.plus_s(60), later).await.unwrap());
    }
    assert_eq!(rows(&scratch, ALL).await, 128);
}

#[tokio::test]
async fn faults_that_are_over_are_cleared() {
    let scratch = Scratch::new();
    let (_, shared) = open(scratch.path()).await;
    let member = |number: usize| model::MemberId::parse(&format!("m-{number}")).unwrap();
    for number in 0..5 {
        shared.note_trouble(&member(number), "one", noon()).await.unwrap();
    }
    let later = noon().plus_s(i64::from(crate::TROUBLE_S));
    shared.note_trouble(&member(5), "one", later).await.unwrap();
    for number in 0..128 {
        shared.add(&number.to_string(), 60, later).await.unwrap();
    }
    assert_eq!(rows(&scratch, "SELECT count(*) FROM trouble").await, 1);
}

#[tokio::test]
async fn one_clearing_takes_a_bounded_bite() {
    let scratch = Scratch::new();
    let (_, shared) = open(scratch.path()).await;
    for number in 0..1024 {
        let key = number.to_string();
        shared.put_once(Space::Leg, &key, noon().plus_s(60), noon()).await.unwrap();
    }
    let later = noon().plus_s(600);
    for number in 0..128 {
        shared.add(&number.to_string(), 60, later).await.unwrap();
    }
    assert_eq!(rows(&scratch, "SELECT count(*) FROM one_use").await, 824);
}
