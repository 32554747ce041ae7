//! A Redis of one test, on a socket of its own; it ends with the test.

use crate::harness::folder::Folder;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

pub struct Redis {
    folder: Folder,
    _server: Child,
}

impl Redis {
    /// `None` where no `redis-server` is installed and none is required.
    ///
    /// # Panics
    /// Where TESTS_REQUIRE_REDIS is set, as `./test` does, and there is none.
    pub async fn start() -> Option<Self> {
        let folder = Folder::new("redis");
        let started = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"])
            .arg(folder.path().join("redis.sock"))
            .arg("--dir")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        #[expect(
            clippy::disallowed_methods,
            reason = "how ./test says that nothing may be left out"
        )]
        let is_required = std::env::var_os("TESTS_REQUIRE_REDIS").is_some();
        let server = match started {
            Ok(server) => server,
            Err(fault) if is_required => panic!("redis-server is required: {fault}"),
            Err(fault) => {
                eprintln!("NOT SHOWN: two nodes on one Redis (redis-server: {fault})");
                return None;
            }
        };
        let redis = Self { folder, _server: server };
        for _ in 0..400 {
            if tokio::net::UnixStream::connect(redis.folder.path().join("redis.sock")).await.is_ok()
            {
                return Some(redis);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("redis-server did not start within 10 s");
    }

    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.folder.path().join("redis.sock").display())
    }
}
