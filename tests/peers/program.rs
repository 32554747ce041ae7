//! A child process: started, waited for, listened to, ended by its own id.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

/// No program of the tests needs longer to start, or to do its work.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Program {
    name: &'static str,
    /// Killed when dropped. Its standard input ends with us even where we are
    /// killed ourselves, and our scripts end with that.
    _child: Child,
    said: Arc<Mutex<String>>,
}

impl Program {
    /// Starts it, and waits for the line in which `ready` finds something.
    ///
    /// # Panics
    /// When it ends before, or needs too long; with what it said.
    pub async fn start<T>(
        name: &'static str,
        command: &mut Command,
        ready: impl Fn(&str) -> Option<T>,
    ) -> (Self, T) {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        let said = Arc::new(Mutex::new(String::new()));
        let (sender, mut lines) = mpsc::unbounded_channel();
        listen(child.stdout.take().expect("piped"), &said, &sender);
        listen(child.stderr.take().expect("piped"), &said, &sender);
        drop(sender);
        let found = tokio::time::timeout(PATIENCE, async {
            while let Some(line) = lines.recv().await {
                if let Some(found) = ready(&line) {
                    return Some(found);
                }
            }
            None
        });
        let found = found.await.ok().flatten();
        let program = Self { name, _child: child, said };
        let found = found.unwrap_or_else(|| panic!("{name} did not start"));
        (program, found)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let said = self.said.lock().map(|s| s.clone()).unwrap_or_default();
            let from = said.char_indices().rev().nth(4000).map_or(0, |(at, _)| at);
            eprintln!("--- {} said last:\n{}", self.name, &said[from..]);
        }
    }
}

fn listen(
    pipe: impl AsyncRead + Send + Unpin + 'static,
    said: &Arc<Mutex<String>>,
    sender: &mpsc::UnboundedSender<String>,
) {
    let (said, sender) = (Arc::clone(said), sender.clone());
    tokio::spawn(async move {
        let mut lines = BufReader::new(pipe).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if let Ok(mut said) = said.lock() {
                said.push_str(&line);
                said.push('\n');
            }
            // Nobody waits for lines once it is ready.
            let _ = sender.send(line);
        }
    });
}

/// Runs a command to its end.
///
/// # Panics
/// When it fails, or needs too long; with what it said.
pub async fn run(command: &mut Command) -> String {
    let ended = tokio::time::timeout(PATIENCE, command.kill_on_drop(true).output()).await;
    let ended = ended.expect("in time").expect("to run");
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(
        ended.status.success(),
        "{:?}: {}\n{said}\n{}",
        command.as_std(),
        ended.status,
        String::from_utf8_lossy(&ended.stderr)
    );
    said
}
