//! Children that are not what they should be: each a script that speaks frames.

use super::*;
use crate::wire::{Reading, frame};
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicU32, Ordering};

/// What a shell prints so that these bytes come out.
fn printed(bytes: &[u8]) -> String {
    bytes.iter().fold(String::from("printf '"), |mut text, byte| {
        let _ = write!(text, "\\{byte:03o}");
        text
    }) + "'\n"
}

fn hello(version: u32) -> String {
    printed(&frame(&Hello { version, fault: None }).expect("a frame"))
}

fn reading(id: &str) -> Reply {
    Reply::Read(Reading {
        id: id.to_owned(),
        issuer: String::new(),
        name_id: None,
        audiences: Vec::new(),
        attributes: Vec::new(),
    })
}

/// A child that does this after it was started.
fn asking(script: &str, limit_ms: u64) -> Asking {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let n = MADE.fetch_add(1, Ordering::SeqCst);
    let program = std::env::temp_dir().join(format!("second-opinion-{}-{n}", std::process::id()));
    // Made by another process: one of ours may be forking, and would hold the file open.
    let mut made = std::process::Command::new("/bin/sh")
        .args(["-c", "cat >\"$0\" && chmod 700 \"$0\""])
        .arg(&program)
        .stdin(Stdio::piped())
        .spawn()
        .expect("a shell");
    let text = format!("#!/bin/sh\n{script}");
    let mut input = made.stdin.take().expect("piped");
    std::io::Write::write_all(&mut input, text.as_bytes()).expect("written");
    drop(input);
    assert!(made.wait().expect("made").success());
    assert!(program.metadata().expect("there").permissions().mode() & 0o100 != 0);
    Asking::new(Settings { program, time_limit: Duration::from_millis(limit_ms) })
}

fn question() -> Question {
    Question { xml: "<x/>".to_owned(), opened: None, certificates: Vec::new() }
}

/// One question is taken and answered so.
fn answering(reply: &Reply) -> String {
    format!("/usr/bin/head -c 5 >/dev/null\n{}", printed(&frame(reply).expect("a frame")))
}

const PATIENT: u64 = 20_000;

#[tokio::test]
async fn a_good_child_is_asked_again_and_one_that_ended_is_replaced() {
    let once = format!("{}{}", hello(VERSION), answering(&reading("_a")));
    let asking = asking(&once, PATIENT);
    for _ in 0..3 {
        assert_eq!(asking.ask(&question()).await.expect("a reply"), reading("_a"));
        // It has ended by itself; until that is seen the next question may still meet it.
        while asking.alive().is_some() {
            tokio::task::yield_now().await;
        }
    }
    let twice = format!("{once}{}{}/bin/sleep 60", "", answering(&reading("_b")));
    let asking = super::tests::asking(&twice, PATIENT);
    assert_eq!(asking.ask(&question()).await.expect("a reply"), reading("_a"));
    assert_eq!(asking.ask(&question()).await.expect("a reply"), reading("_b"), "the same child");
}

#[tokio::test]
async fn a_child_that_is_dead_or_was_never_there_is_no_opinion() {
    let ended = asking("exit 1\n", PATIENT).ask(&question()).await;
    assert!(matches!(ended, Err(Down::Ended(_))), "{ended:?}");
    let dies = format!("{}exit 1\n", hello(VERSION));
    let ended = asking(&dies, PATIENT).ask(&question()).await;
    assert!(matches!(ended, Err(Down::Ended(_))), "{ended:?}");
    let settings = Settings {
        program: PathBuf::from("/nowhere/readerpass-second-opinion"),
        time_limit: Duration::from_millis(PATIENT),
    };
    let never = Asking::new(settings).ask(&question()).await;
    assert!(matches!(never, Err(Down::Start { .. })), "{never:?}");
}

#[tokio::test]
async fn a_slow_child_is_ended_and_its_late_reply_is_nobodys() {
    let slow = format!("{}exec /bin/sleep 600\n", hello(VERSION));
    let asking = asking(&slow, 300);
    for _ in 0..2 {
        let late = asking.ask(&question()).await;
        assert!(matches!(late, Err(Down::Slow(_))), "{late:?}");
        assert!(asking.alive().is_none(), "it is not kept");
    }
    assert_eq!(asking.seats.available_permits(), SEATS);
}

#[tokio::test]
async fn another_version_and_what_is_no_frame_are_no_opinion() {
    let other = asking(&hello(VERSION + 1), PATIENT).ask(&question()).await;
    assert!(matches!(other, Err(Down::Version)), "{other:?}");
    let unready = Hello { version: VERSION, fault: Some("no seccomp here".to_owned()) };
    let unready = asking(&printed(&frame(&unready).expect("a frame")), PATIENT);
    let fault = unready.ask(&question()).await;
    assert!(matches!(&fault, Err(Down::Unready(why)) if why == "no seccomp here"), "{fault:?}");
    for no_frame in [&[0xff_u8; 8][..], &[0, 0, 0, 2, b'{', b'x'][..]] {
        let takes = "/usr/bin/head -c 5 >/dev/null\n";
        // It stays: the rest of the question must find a reader.
        let stays = "exec /bin/sleep 600\n";
        let script = format!("{}{takes}{}{stays}", hello(VERSION), printed(no_frame));
        let fault = asking(&script, PATIENT).ask(&question()).await;
        assert!(matches!(fault, Err(Down::Frame(_))), "{fault:?}");
    }
}

#[tokio::test]
async fn it_is_given_nothing_of_ours() {
    // The reply is its environment, as a refusal says it.
    let script = format!(
        "{}/usr/bin/head -c 5 >/dev/null\n\
         text=\"$(/usr/bin/env | /usr/bin/sort | /usr/bin/tr '\\n' ' ')\"\n\
         printf '\\000\\000\\000'; printf \"\\\\$(printf %o $((${{#text}} + 14)))\"\n\
         printf '{{\"Refused\":\"%s\"}}' \"$text\"\n\
         exec /bin/sleep 600\n",
        hello(VERSION)
    );
    let reply = asking(&script, PATIENT).ask(&question()).await.expect("a reply");
    let Reply::Refused(told) = reply else { panic!("{reply:?}") };
    // What a shell sets by itself.
    let given = told.split_whitespace().filter(|v| !v.starts_with(['_', 'P', 'O', 'S']));
    assert_eq!(given.collect::<Vec<_>>(), [""; 0], "{told}");
    assert!(told.contains("PWD=/") && !told.contains("PATH="), "{told}");
}
