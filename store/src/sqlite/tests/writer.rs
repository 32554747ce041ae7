use crate::StoreError;
use crate::scratch::Scratch;
use crate::sqlite::file::DatabaseFile;
use crate::sqlite::migrate::DURABLE;
use crate::sqlite::sql::Sql;
use crate::sqlite::writer::Writer;
use std::sync::Arc;

const PUT: &str = "INSERT INTO suspension (reader, at) VALUES (?1, 0) RETURNING reader";

async fn open(scratch: &Scratch) -> (DatabaseFile, Writer) {
    let (file, writer) = DatabaseFile::open(scratch.path(), &DURABLE).await.unwrap();
    (file, Writer::open(writer).unwrap())
}

fn count(file: &DatabaseFile) -> usize {
    Sql::new("SELECT reader FROM suspension").all(&file.reader().unwrap()).unwrap().len()
}

#[tokio::test]
async fn a_bad_job_fails_alone_and_leaves_nothing() {
    let scratch = Scratch::new();
    let (file, writer) = open(&scratch).await;
    let writer = Arc::new(writer);
    let jobs: Vec<_> = (0..60)
        .map(|number| {
            let writer = writer.clone();
            tokio::spawn(async move {
                let mut steps = vec![Sql::new(PUT).bind(format!("r{number}"))];
                if number % 10 == 3 {
                    steps.push(Sql::new("INSERT INTO no_such_table VALUES (1)"));
                }
                writer.all(steps).await
            })
        })
        .collect();
    let mut failed = 0;
    for (number, job) in jobs.into_iter().enumerate() {
        if let Ok(rows) = job.await.unwrap() {
            assert_eq!((rows.len(), rows[0].len()), (1, 1), "each row once");
        } else {
            assert_eq!(number % 10, 3);
            failed += 1;
        }
    }
    assert_eq!((failed, count(&file)), (6, 54));
}

#[tokio::test]
async fn a_caller_that_leaves_does_not_stop_the_next() {
    let scratch = Scratch::new();
    let (file, writer) = open(&scratch).await;
    let writer = Arc::new(writer);
    for number in 0..200 {
        let writer = writer.clone();
        let left = tokio::spawn(async move {
            let first = Sql::new(PUT).bind(format!("a{number}"));
            writer.all(vec![first, Sql::new(PUT).bind(format!("b{number}"))]).await
        });
        tokio::task::yield_now().await;
        left.abort();
    }
    writer.one(Sql::new(PUT).bind("last")).await.unwrap();
    assert_eq!(count(&file) % 2, 1, "pairs whole or not at all, and the last");
}

/// A reader sees what was answered before it asked.
#[tokio::test]
async fn an_answer_comes_after_its_commit() {
    let scratch = Scratch::new();
    let (file, writer) = open(&scratch).await;
    let writer = Arc::new(writer);
    for number in 0..100 {
        writer.one(Sql::new(PUT).bind(number.to_string())).await.unwrap();
        assert_eq!(count(&file), number + 1);
    }
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let scratch = Scratch::new();
    let (file, _writer) = open(&scratch).await;
    assert!(Sql::new(PUT).bind("r").all(&file.reader().unwrap()).is_err());
}

#[tokio::test]
async fn a_lock_held_by_another_is_unavailable_and_then_over() {
    let scratch = Scratch::new();
    let (_, writer) = open(&scratch).await;
    let (_, other) = DatabaseFile::open(scratch.path(), &DURABLE).await.unwrap();
    Sql::new("BEGIN IMMEDIATE").all(&other).unwrap();
    let held = writer.one(Sql::new(PUT).bind("r")).await;
    assert!(matches!(held, Err(StoreError::Unavailable(_))));
    Sql::new("ROLLBACK").all(&other).unwrap();
    writer.one(Sql::new(PUT).bind("r")).await.unwrap();
}
