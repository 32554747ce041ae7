//! Each forbidden act is tried by a process of its own, since it does not live on.

use super::confine;
use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;

/// SIGSYS: ended by the list of system calls.
const ENDED_BY_THE_LIST: Option<i32> = Some(31);

/// How a process ends that runs the test of that name alone.
fn ended_by(act: &str) -> Option<i32> {
    let name = format!("confine::tests::{act}");
    let ended = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", &name, "--ignored", "--nocapture", "--test-threads=1"])
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(said.contains("running 1 test"), "{act}: {said}");
    ended.status.signal()
}

#[test]
fn whatever_opens_anything_ends_the_child() {
    for act in [
        "reads_what_was_open",
        "opens_a_file",
        "asks_for_a_socket",
        "starts_a_program",
        "starts_a_thread",
    ] {
        assert_eq!(ended_by(act), ENDED_BY_THE_LIST, "{act}");
    }
}

#[test]
#[ignore = "tried by whatever_opens_anything_ends_the_child"]
fn reads_what_was_open() {
    let mut open = std::fs::File::open("/etc/passwd").expect("a file");
    confine().expect("confined");
    let _ = open.read(&mut [0; 1]);
}

#[test]
#[ignore = "tried by whatever_opens_anything_ends_the_child"]
fn opens_a_file() {
    confine().expect("confined");
    let _ = std::fs::File::open("/etc/passwd").and_then(|mut f| f.read(&mut [0; 1]));
}

#[test]
#[ignore = "tried by whatever_opens_anything_ends_the_child"]
fn asks_for_a_socket() {
    confine().expect("confined");
    let _ = std::net::UdpSocket::bind("127.0.0.1:0");
}

#[test]
#[ignore = "tried by whatever_opens_anything_ends_the_child"]
fn starts_a_program() {
    confine().expect("confined");
    let _ = Command::new("/bin/true").status();
}

#[test]
#[ignore = "tried by whatever_opens_anything_ends_the_child"]
fn starts_a_thread() {
    confine().expect("confined");
    let _ = std::thread::Builder::new().spawn(|| ());
}
