//! Readers with Debian's Chromium: `walk.mjs` drives it through the demo in both
//! languages, on phone and desktop, with and without scripts.
//!
//! ```text
//! walk.mjs ─▶ scenarios/*.mjs ─▶ visitor.mjs (one profile, watched) ─▶ Chromium ─▶ the demo
//!                                shots.mjs (light, dark) ─▶ test-output/screenshots
//! ```

mod at_size;

use crate::demo::running::Running;
use crate::harness::folder::Folder;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

/// The whole walk, on a machine that does other things as well.
const PATIENCE: Duration = Duration::from_mins(7);

#[tokio::test]
async fn readers_walk_through_the_demo() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    for needed in [Path::new("/usr/bin/chromium"), &tests.join("browser/node_modules")] {
        assert!(needed.exists(), "no {}: run tests/install.sh", needed.display());
    }
    let data = Folder::new("browser");
    let mut demo = Running::start(Some(data.path())).await;
    let mut walk = Command::new("node")
        .arg(tests.join("browser/walk.mjs"))
        .arg(data.path().join("demo.json"))
        .arg(tests.join("../test-output/screenshots"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("node");
    let mut lines = BufReader::new(walk.stdout.take().expect("piped")).lines();
    let mut said = String::new();
    let done = tokio::time::timeout(PATIENCE, async {
        while let Some(line) = lines.next_line().await.expect("text") {
            println!("{line}");
            said.push_str(&line);
            said.push('\n');
        }
        walk.wait().await.expect("a status")
    });
    let done = done.await.expect("the walk ends in time");
    assert!(done.success(), "{}", said.split_once("FAIL ").map_or(said.as_str(), |(_, why)| why));
    assert!(demo.interrupt().await.success());
}
