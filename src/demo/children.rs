//! The libraries' processes: started, watched, and never left behind.

use super::folder::DemoFolder;
use super::plan::{LIBRARIES, Plan};
use std::io;
use std::process::Stdio;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// How long a library may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);
const GRACE: Duration = Duration::from_secs(5);

/// The running local connectors. Each ends by itself when its standard input
/// closes, so none outlives this process, however it ends.
pub(super) struct Children(Vec<(&'static str, Child)>);

impl Children {
    pub(super) fn start(folder: &DemoFolder) -> io::Result<Self> {
        let program = std::env::current_exe()?;
        let mut children = Vec::new();
        for library in LIBRARIES {
            let mut command = Command::new(&program);
            // What configures the hub by environment must not reach the libraries.
            for (name, _) in std::env::vars_os() {
                let text = name.to_string_lossy();
                if text.starts_with("READERPASS_") && text != "READERPASS_LOG" {
                    command.env_remove(&name);
                }
            }
            let child = command
                .arg("--config")
                .arg(folder.join(format!("{}/readerpass.toml", library.id)))
                .args(["serve", "--until-stdin-closes", "--demo-mark"])
                .stdin(Stdio::piped())
                .kill_on_drop(true)
                // Ctrl-C in the terminal is for the demo; it ends the libraries in order.
                .process_group(0)
                .spawn()?;
            children.push((library.id, child));
        }
        Ok(Self(children))
    }

    pub(super) async fn wait_until_ready(&mut self, plan: Plan) -> Result<(), String> {
        for library in LIBRARIES {
            let port = plan.library_port(library);
            let answered = async {
                while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            tokio::select! {
                ready = tokio::time::timeout(PATIENCE, answered) => {
                    ready.map_err(|_| format!("the library {} does not answer", library.id))?;
                }
                why = self.one_ended() => return Err(why),
            }
        }
        Ok(())
    }

    /// Resolves when a library's process ends by itself.
    pub(super) async fn one_ended(&mut self) -> String {
        loop {
            for (id, child) in &mut self.0 {
                if let Ok(Some(status)) = child.try_wait() {
                    return format!("the library {id} ended by itself: {status}");
                }
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Closes their standard input and waits; one that does not end is killed.
    pub(super) async fn end(&mut self) {
        for (_, child) in &mut self.0 {
            drop(child.stdin.take());
        }
        for (_, child) in &mut self.0 {
            if tokio::time::timeout(GRACE, child.wait()).await.is_err() {
                let _ = child.kill().await;
            }
        }
    }
}
