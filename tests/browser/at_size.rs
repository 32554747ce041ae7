//! Discovery over 1,200 libraries in a browser, against the program as it is shipped.
//!
//! The limits that decide count bytes, requests and nodes. The time from a key to the list
//! that it changes is printed and decides nothing: `./test long discovery` takes it with an
//! optimized program, and tells commit and seed.

use crate::demo::running::free_ports;
use crate::harness::folder::Folder;
use crate::harness::nation;
use crate::harness::world::PASSWORD;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// The whole visit, on a machine that does other things as well.
const PATIENCE: Duration = Duration::from_mins(5);
const SEED: u64 = 1;

#[tokio::test]
async fn a_reader_finds_one_of_1200_libraries() {
    let home = Folder::new("nation");
    nation::registry(&home, SEED);
    let port = free_ports();
    let hub = format!("http://hub.localhost:{port}");
    home.write(
        "readerpass.toml",
        format!(
            "public_url = \"{hub}\"\nlisten = \"127.0.0.1:{port}\"\n\
             trusted_proxies = [\"127.0.0.1\"]\n"
        ),
    );
    home.write("password", PASSWORD);
    // The third keeps its readers at the hub.
    let member = nation::id(2);
    ends_well(program(&home).args(["apply", "registry"])).await;
    let create = ["account", "create", "--member", &member, "--login", "reader-a"];
    ends_well(program(&home).args(create).args(["--password-file", "password"])).await;
    let mut serving = serve(&home, port).await;

    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut visit = Command::new("node");
    visit.arg(tests.join("browser/at_size.mjs")).args([hub.as_str(), &member, PASSWORD]);
    super::node(&mut visit, PATIENCE).await;
    serving.kill().await.expect("it runs");
    println!("{} libraries, seed {SEED}", nation::MEMBERS);
}

/// The program beside this test; `./test long discovery` names the optimized one.
fn program(home: &Folder) -> Command {
    #[expect(clippy::disallowed_methods, reason = "the switch of the test run, not configuration")]
    let named = std::env::var_os("DISCOVERY_PROGRAM").map(PathBuf::from);
    let mut command = Command::new(named.unwrap_or_else(crate::demo::running::readerpass));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("READERPASS_") {
            command.env_remove(name);
        }
    }
    command.current_dir(home.path()).stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn ends_well(command: &mut Command) {
    let ended = command.output().await.expect("it runs");
    assert!(ended.status.success(), "{ended:?}");
}

async fn serve(home: &Folder, port: u16) -> Child {
    let log = std::fs::File::create(home.path().join("log")).expect("a file");
    let mut serving =
        program(home).arg("serve").stdout(Stdio::null()).stderr(log).spawn().expect("it starts");
    for _ in 0..400 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return serving;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    serving.kill().await.expect("it runs");
    panic!("{}", std::fs::read_to_string(home.path().join("log")).unwrap_or_default());
}
