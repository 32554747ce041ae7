//! A passkey of Chromium's own virtual authenticator, made and used at the console.

use super::{PATIENCE, installed, node};
use crate::demo::running::{Running, readerpass};
use crate::harness::folder::Folder;
use serde_json::Value;
use std::path::Path;
use tokio::process::Command;

#[tokio::test]
async fn an_operator_sets_up_a_passkey_and_logs_in_with_it() {
    let tests = installed();
    let data = Folder::new("passkey");
    let mut demo = Running::start(Some(data.path())).await;
    for lang in ["zh", "en"] {
        let issued = employed(data.path(), &format!("operator-{lang}")).await;
        node(
            Command::new("node")
                .arg(tests.join("browser/passkey.mjs"))
                .arg(data.path().join("demo.json"))
                .arg(tests.join("../test-output/screenshots"))
                .args([lang, &issued]),
            PATIENCE,
        )
        .await;
    }
    assert!(demo.interrupt().await.success());
}

/// An operator of the running demo, by the one-time password that the command printed.
async fn employed(data: &Path, login: &str) -> String {
    let said = Command::new(readerpass())
        .arg("--config")
        .arg(data.join("readerpass.toml"))
        .args(["account", "create", "--login", login, "--role", "operator", "--json"])
        .output()
        .await
        .expect("it runs");
    let said: Value = serde_json::from_slice(&said.stdout).expect("JSON");
    said["one_time_password"].as_str().expect("a password").to_owned()
}
