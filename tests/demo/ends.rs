//! What is left when the demo has ended.

use super::running::{Place, Running, command, free_ports};
use crate::harness::folder::Folder;
use std::path::Path;
use std::time::Duration;

#[tokio::test]
async fn ctrl_c_ends_every_process_and_takes_the_temporary_folder_away() {
    let mut demo = Running::start(None).await;
    let libraries = children(demo.id());
    assert_eq!(libraries.len(), 2, "two libraries run as processes of their own");
    assert_eq!(entries(&demo.temp()).len(), 1, "one temporary folder");

    let status = demo.interrupt().await;

    assert!(status.success(), "a clean end: {status}");
    for id in libraries {
        assert!(!is_running(id), "process {id} was left behind");
    }
    assert_eq!(entries(&demo.temp()), Vec::<String>::new(), "the folder was left behind");
}

#[tokio::test]
async fn a_named_folder_stays_and_a_second_start_uses_it() {
    let data = Folder::new("demo-data");
    let mut first = Running::start(Some(data.path())).await;
    assert_eq!(entries(&first.temp()), Vec::<String>::new(), "no temporary folder");
    let record = std::fs::read_to_string(data.path().join("demo.json")).expect("demo.json");
    let port = first.port;
    assert!(first.interrupt().await.success());

    let mut second = Running::start_at(port, Some(data.path())).await;
    let kept = std::fs::read_to_string(data.path().join("demo.json")).expect("demo.json");
    assert_eq!(kept, record, "the same accounts, passwords and clients");
    assert!(second.interrupt().await.success());
}

#[tokio::test]
async fn libraries_end_even_where_the_demo_is_killed() {
    let mut demo = Running::start(None).await;
    let libraries = children(demo.id());
    demo.kill().await;
    let gone = async {
        while libraries.iter().any(|id| is_running(*id)) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(20), gone).await;
    assert!(in_time.is_ok(), "libraries {libraries:?} outlive the demo");
}

#[tokio::test]
async fn a_busy_port_is_named_with_what_to_do() {
    let port = free_ports();
    // The third service's: not only the first port is looked at.
    let taken = port + 5;
    let _holder = std::net::TcpListener::bind(("127.0.0.1", taken)).expect("a free port");
    let place = Place::new();
    let mut command = command(port, None, &place);
    let ended = command.stderr(std::process::Stdio::piped()).output().await.expect("it runs");

    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("127.0.0.1:{taken}")), "{said}");
    assert!(said.contains("readerpass demo --port N"), "{said}");
    assert_eq!(entries(&place.temp()), Vec::<String>::new(), "nothing was written");
}

fn entries(folder: &Path) -> Vec<String> {
    let all = std::fs::read_dir(folder).expect("a folder");
    all.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

/// The processes that `parent` started, as Linux lists them.
fn children(parent: u32) -> Vec<u32> {
    entries(Path::new("/proc"))
        .iter()
        .filter_map(|name| name.parse().ok())
        .filter(|id| parent_of(*id) == Some(parent))
        .collect()
}

fn is_running(id: u32) -> bool {
    // A zombie has ended; nobody has asked how yet.
    stat(id).is_some_and(|(state, _)| state != "Z")
}

fn parent_of(id: u32) -> Option<u32> {
    stat(id).map(|(_, parent)| parent)
}

/// State and parent, proc(5): what follows the name in parentheses.
fn stat(id: u32) -> Option<(String, u32)> {
    let line = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let mut parts = line.rsplit_once(')')?.1.split_whitespace();
    Some((parts.next()?.to_owned(), parts.next()?.parse().ok()?))
}
