//! The hub as it is shipped: a process of its own, with its own TLS.

use super::authority::Authority;
use super::installed::readerpass;
use super::library::{LOGIN, Library, PASSWORD};
use super::program::{Program, run};
use crate::harness::folder::Folder;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};
use tokio::process::Command;

pub struct Hub {
    _program: Program,
    folder: Folder,
    pub url: String,
}

impl Hub {
    pub async fn start(authority: &Authority) -> Self {
        Self::start_with(authority, "").await
    }

    /// With further lines of configuration; `ca.pem` in its folder is the authority.
    pub async fn start_with(authority: &Authority, further: &str) -> Self {
        let folder = Folder::new("hub");
        let pair = authority.server("hub.test");
        folder.write("tls.crt", &pair.cert);
        folder.write_secret("tls.key", &pair.key);
        folder.write("ca.pem", authority.pem());
        let port = free_port();
        let url = format!("https://hub.test:{port}");
        let config = format!(
            "public_url = \"{url}\"\nlisten = \"127.0.0.1:{port}\"\n\
             tls = {{ cert = \"tls.crt\", key = \"tls.key\" }}\n{further}"
        );
        folder.write("readerpass.toml", config + &second_opinion());
        let mut command = command(folder.path());
        command.args(["serve", "--until-stdin-closes"]);
        let ready = |line: &str| line.contains("serving").then_some(());
        let (program, ()) = Program::start("readerpass", &mut command, ready).await;
        Self { _program: program, folder, url }
    }

    /// `readerpass apply DIR`
    pub async fn apply(&self, registry: &Path) {
        run(command(self.folder.path()).arg("apply").arg(registry)).await;
    }

    /// `readerpass account create …`
    pub async fn account(&self) {
        self.folder.write("password", PASSWORD);
        let password = self.path("password");
        let args = ["account", "create", "--member", Library::Central.id(), "--login", LOGIN];
        run(command(self.folder.path()).args(args).arg("--password-file").arg(password)).await;
    }

    /// `readerpass audit verify`
    pub async fn audit_holds(&self) {
        run(command(self.folder.path()).args(["audit", "verify"])).await;
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// The table that has every answer of a library read again, where the run asks for it.
fn second_opinion() -> String {
    let Some(asking) = crate::harness::hub::second_opinion_program() else { return String::new() };
    // Debug builds beside a whole run of tests: the time is not what is shown here.
    format!("[second_opinion]\nprogram = '{}'\ntime_limit_ms = 10000\n", asking.display())
}

/// The program with this hub's configuration and no other.
fn command(folder: &Path) -> Command {
    let mut command = Command::new(readerpass());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("READERPASS_") {
            command.env_remove(name);
        }
    }
    command.arg("--config").arg(folder.join("readerpass.toml"));
    command
}

/// A port below those that the system hands out by itself, so that nothing takes
/// it between our look and the hub's.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + u16::try_from(std::process::id() % 8_000).expect("small");
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::SeqCst);
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
