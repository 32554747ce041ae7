//! The program as the hub starts it: what is open to it once it listens.
#![expect(clippy::expect_used, reason = "what a test stands on fails the test when it fails")]

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};

fn started() -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_readerpass-second-opinion"))
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let hello = frame(&mut child);
    assert_eq!(hello, "{\"version\":1,\"fault\":null}");
    child
}

fn frame(child: &mut Child) -> String {
    let output = child.stdout.as_mut().expect("piped");
    let mut head = [0; 4];
    output.read_exact(&mut head).expect("a length");
    let mut bytes = vec![0; u32::from_be_bytes(head) as usize];
    output.read_exact(&mut bytes).expect("a frame");
    String::from_utf8(bytes).expect("UTF-8")
}

fn of_proc(child: &Child, file: &str) -> String {
    std::fs::read_to_string(format!("/proc/{}/{file}", child.id())).expect("it runs")
}

#[test]
fn once_it_listens_nothing_is_open_to_it() {
    let mut child = started();
    let status = of_proc(&child, "status");
    for line in ["Seccomp:\t2", "NoNewPrivs:\t1", "Threads:\t1"] {
        assert!(status.lines().any(|l| l == line), "{line}: {status}");
    }
    let limits = of_proc(&child, "limits");
    for (limit, most) in [
        ("Max address space", "536870912"),
        ("Max open files", "0"),
        ("Max file size", "0"),
        ("Max core file size", "0"),
    ] {
        let line = limits.lines().find(|l| l.starts_with(limit)).expect("a limit");
        let words: Vec<_> = line.trim_start_matches(limit).split_whitespace().collect();
        assert_eq!(words.first(), Some(&most), "{line}");
    }
    assert_eq!(of_proc(&child, "environ"), "");
    child.stdin.take();
    assert!(child.wait().expect("it ends").success(), "it ends with its input");
}

#[test]
fn what_is_no_question_ends_it() {
    for bytes in [&[0xff_u8; 8][..], &[0, 0, 0, 2, b'{', b'}'][..]] {
        let mut child = started();
        child.stdin.as_mut().expect("piped").write_all(bytes).expect("written");
        assert_eq!(child.wait().expect("it ends").code(), Some(1));
    }
}
