//! The demo as a process: started on free ports, waited for, ended by its own id.

use crate::harness::folder::Folder;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A debug build on a busy machine hashes five passwords and makes eight keys.
const PATIENCE: Duration = Duration::from_secs(90);
/// The hub, two libraries, five services.
const PORTS: u16 = 8;

/// Killed when dropped; its libraries end with it.
pub struct Running {
    child: Child,
    pub port: u16,
    place: Place,
}

/// Where a demo runs: its folder for temporary files, and its log beside that.
pub struct Place(Folder);

impl Place {
    pub fn new() -> Self {
        let place = Self(Folder::new("demo"));
        std::fs::create_dir(place.temp()).expect("a folder");
        place
    }

    pub fn temp(&self) -> PathBuf {
        self.0.path().join("tmp")
    }

    fn log(&self) -> PathBuf {
        self.0.path().join("log")
    }
}

impl Running {
    /// Resolves when it has printed that everything stands.
    ///
    /// # Panics
    /// When it ends before, or needs too long.
    pub async fn start(data: Option<&Path>) -> Self {
        Self::start_at(free_ports(), data).await
    }

    pub async fn start_at(port: u16, data: Option<&Path>) -> Self {
        let place = Place::new();
        let log = std::fs::File::create(place.log()).expect("a file");
        let mut command = command(port, data, &place);
        let mut child = command.stderr(log).spawn().expect("the program to start");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let stands = async {
            while let Some(line) = lines.next_line().await.expect("text") {
                if line.contains("Ctrl-C") {
                    return true;
                }
            }
            false
        };
        let stands = tokio::time::timeout(PATIENCE, stands).await;
        let said = || std::fs::read_to_string(place.log()).unwrap_or_default();
        assert!(stands.is_ok_and(|stood| stood), "the demo did not start:\n{}", said());
        // What it logs later is read, so that it never waits for us.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, port, place }
    }

    /// Where it makes a temporary folder.
    pub fn temp(&self) -> PathBuf {
        self.place.temp()
    }

    pub fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Ctrl-C in its terminal, and the end of the process.
    pub async fn interrupt(&mut self) -> ExitStatus {
        let id = self.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status().await;
        assert!(sent.expect("kill").success());
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        ended.expect("it ends in time").expect("a status")
    }

    /// The end that cannot be answered.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("it runs");
    }
}

/// The demo with its output piped.
pub fn command(port: u16, data: Option<&Path>, place: &Place) -> Command {
    let mut command = Command::new(readerpass());
    command.arg("demo").arg("--port").arg(port.to_string()).env("TMPDIR", place.temp());
    if let Some(data) = data {
        command.arg("--data").arg(data);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    command
}

/// The program as `cargo build --bin readerpass` leaves it: beside this test's own folder.
pub fn readerpass() -> PathBuf {
    let own = std::env::current_exe().expect("our own path");
    let beside = own.ancestors().nth(2).expect("target/debug").join("readerpass");
    assert!(beside.is_file(), "{}: run `cargo build --bin readerpass` first", beside.display());
    beside
}

/// Consecutive ports below those that the system hands out by itself.
pub fn free_ports() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 12_000 + u16::try_from(std::process::id() % 6_000).expect("small");
    loop {
        let port = first + PORTS * NEXT.fetch_add(1, Ordering::SeqCst);
        let is_free = |port| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
        if (port..port + PORTS).all(is_free) {
            return port;
        }
    }
}
