//! A process killed at any moment: what it was told is done stays done.

use super::{noon, open};
use crate::Space;
use crate::scratch::Scratch;
use crate::{Actor, AuditEntry, conformance};
use model::Sid;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

/// The child writes only where this file lies.
const MARK: &str = "to-be-killed";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_9() {
    let scratch = Scratch::new();
    std::fs::write(scratch.path().join(MARK), "").unwrap();
    for round in 0..6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["sqlite::tests::kill::child", "--exact", "--ignored", "--nocapture"])
            .current_dir(scratch.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut done = Vec::new();
        // Every round kills at another moment of the child's work.
        while done.len() < 40 + 7 * round {
            let line = lines.next().expect("the child ended by itself").unwrap();
            if let Some(number) = line.rsplit("done ").next().and_then(|n| n.parse().ok()) {
                done.push(number);
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        done.extend(lines.map_while(Result::ok).filter_map(|line| {
            line.strip_prefix("done ").and_then(|number| number.parse::<u64>().ok())
        }));
        all_is_kept(scratch.path(), &done).await;
    }
}

async fn all_is_kept(folder: &Path, done: &[u64]) {
    let (durable, shared) = open(folder).await;
    let end = noon().plus_s(600);
    for number in done {
        let key = number.to_string();
        let again = shared.put_once(Space::Code, &key, end, noon()).await.unwrap();
        assert!(!again, "code {key} was used and works again");
        let taken = shared.take(Space::Code, &key, noon()).await.unwrap();
        assert!(taken.is_none(), "value {key} was taken and is there again");
        let sid = Sid::parse(&format!("sid-{number}")).unwrap();
        assert!(shared.find(&sid, noon()).await.unwrap().is_some(), "session {number} is lost");
    }
    let report = durable.verify_audit().await.unwrap();
    assert_eq!(report.broken, []);
    assert!(report.entries >= *done.iter().max().unwrap() - done.iter().min().unwrap());
}

/// Run as a process of its own by the test above, and killed by it.
#[tokio::test]
#[ignore = "the victim of another test"]
async fn child() {
    let folder = std::env::current_dir().unwrap();
    if !folder.join(MARK).exists() {
        return;
    }
    let (durable, shared) = open(&folder).await;
    let first = durable.verify_audit().await.unwrap().entries * 1000;
    let end = noon().plus_s(600);
    for number in first..first + 100_000 {
        let key = number.to_string();
        shared.put(Space::Code, &key, b"grant", end, noon()).await.unwrap();
        assert!(shared.put_once(Space::Code, &key, end, noon()).await.unwrap());
        assert!(shared.take(Space::Code, &key, noon()).await.unwrap().is_some());
        let session = conformance::session(&format!("sid-{number}"), "reader", &["i"]).unwrap();
        shared.create(&session).await.unwrap();
        durable.append_audit(&entry(), noon(), [1; 16]).await.unwrap();
        // Not println!: the harness would keep it back.
        let mut out = std::io::stdout().lock();
        writeln!(out, "done {number}").unwrap();
        out.flush().unwrap();
    }
}

fn entry() -> AuditEntry {
    AuditEntry {
        actor: Actor::System,
        act: "login.admitted".to_owned(),
        member: None,
        service: None,
        code: None,
        outcome: None,
        personal: BTreeMap::new(),
    }
}
