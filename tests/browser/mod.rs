//! Readers with Debian's Chromium: `walk.mjs` drives it through the demo in both
//! languages, on phone and desktop, with and without scripts; `pages.mjs` shows it every
//! state of docs/pages.md, of which the snapshots of `web` hold the page.
//!
//! ```text
//! walk.mjs ──▶ scenarios/*.mjs ─▶ visitor.mjs (one profile, watched) ─▶ Chromium ─▶ the demo
//!                                 shots.mjs (light, dark) ─▶ test-output/screenshots
//! pages.mjs ─▶ states.mjs ─▶ serve.mjs ─▶ Chromium ─▶ looks.mjs (axe-core, colours, letters,
//!                                                     keyboard, forced colours, motion, paper)
//! ```

mod at_size;
mod passkey;

use crate::demo::running::Running;
use crate::harness::folder::Folder;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

/// A whole script, on a machine that does other things as well.
const PATIENCE: Duration = Duration::from_mins(7);

#[tokio::test]
async fn readers_walk_through_the_demo() {
    let tests = installed();
    let data = Folder::new("browser");
    let mut demo = Running::start(Some(data.path())).await;
    node(
        Command::new("node")
            .arg(tests.join("browser/walk.mjs"))
            .arg(data.path().join("demo.json"))
            .arg(tests.join("../test-output/screenshots")),
        PATIENCE,
    )
    .await;
    assert!(demo.interrupt().await.success());
}

/// axe-core finds nothing on any page in any state that docs/pages.md lists; nor does the
/// keyboard, paper, twice the letters, a quarter of the width, forced colours or less motion.
#[tokio::test]
async fn every_page_and_state_is_without_a_violation() {
    let tests = installed();
    node(Command::new("node").arg(tests.join("browser/pages.mjs")), PATIENCE).await;
}

fn installed() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    for needed in [Path::new("/usr/bin/chromium"), &tests.join("browser/node_modules/axe-core")] {
        assert!(needed.exists(), "no {}: run tests/install.sh", needed.display());
    }
    tests
}

/// Runs a script to its end and prints what it says.
///
/// # Panics
/// With the first line that begins with `FAIL` and all that follow; where it takes longer
/// than `patience`.
async fn node(command: &mut Command, patience: Duration) {
    let mut script = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("node");
    let mut lines = BufReader::new(script.stdout.take().expect("piped")).lines();
    let mut said = String::new();
    let done = tokio::time::timeout(patience, async {
        while let Some(line) = lines.next_line().await.expect("text") {
            println!("{line}");
            said.push_str(&line);
            said.push('\n');
        }
        script.wait().await.expect("a status")
    });
    let done = done.await.expect("the script ends in time");
    assert!(done.success(), "{}", said.split_once("FAIL ").map_or(said.as_str(), |(_, why)| why));
}
