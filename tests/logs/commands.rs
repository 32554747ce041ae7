//! Every command that handles a secret, beside the hub that runs.

use super::secrets::hex;
use super::{LOUD, Overheard};
use crate::harness::oidc::authorize;
use crate::harness::world::sign_in;
use crate::nodes::process::command;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

impl Overheard {
    /// Runs one at the loudest, keeps what it wrote to standard error, gives the rest.
    pub async fn command(&self, arguments: &[&str]) -> String {
        let ended = command(&self.folder).args(arguments).envs(LOUD).output().await;
        let ended = ended.expect("it runs");
        let err = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{arguments:?}: {err}");
        self.told.lock().expect("a log").push_str(&err);
        String::from_utf8(ended.stdout).expect("UTF-8")
    }
}

/// Accounts, keys, backup; and the first login with what was printed.
pub async fn every_one(all: &Overheard) {
    keep_key_files(all);
    let create = ["--json", "account", "create", "--member", "union", "--login", "reader-issued"];
    let issued = one_time_password(all, &create).await;
    let mut browser = all.browser();
    let form = browser.get(&authorize(&[("member", "union")])).await;
    let change = sign_in(&mut browser, &form, "reader-issued", &issued).await;
    for new in ["short", "pear-lantern-of-this-test"] {
        let mut form = change.form("new_password");
        form.set("new_password", new);
        form.set("repeat_password", new);
        all.keep(&browser.clone().submit(&change, &form).await);
    }
    let reset = ["--json", "account", "reset", "--member", "union", "--login", "reader-issued"];
    one_time_password(all, &reset).await;
    all.command(&["account", "list", "--member", "union"]).await;

    let files = format!("{}/../metadata/src/keys/tests/files", env!("CARGO_MANIFEST_DIR"));
    let [key, cert] =
        ["rsa-2048-pkcs8.pem", "rsa-2048.cert.pem"].map(|name| format!("{files}/{name}"));
    keep_lines(all, &std::fs::read_to_string(&key).expect("a key"));
    all.command(&["keys", "import", "--purpose", "saml", "--key", &key, "--cert", &cert]).await;
    for purpose in ["saml", "oidc-es256"] {
        all.command(&["keys", "rotate", "--purpose", purpose, "--now"]).await;
    }
    for arguments in [
        &["keys", "list"][..],
        &["apply", "registry"],
        &["apply", "--dry-run", "registry"],
        &["export", "exported"],
        &["check", "registry"],
        &["backup", "copy.backup"],
        &["audit", "verify"],
        &["explain", "--service", "ill", "--member", "union", "--class", "B"],
    ] {
        all.command(arguments).await;
    }
}

async fn one_time_password(all: &Overheard, arguments: &[&str]) -> String {
    let told: Value = serde_json::from_str(&all.command(arguments).await).expect("JSON");
    let issued = told["one_time_password"].as_str().expect("a password").to_owned();
    all.kept.lock().expect("secrets").add("one-time password", &issued);
    issued
}

fn keep_key_files(all: &Overheard) {
    let master = std::fs::read(all.folder.path().join("data/master.key")).expect("a master key");
    let mut secrets = all.kept.lock().expect("secrets");
    secrets.add("master key", &STANDARD.encode(&master));
    match String::from_utf8(master) {
        Ok(text) => secrets.add("master key", &text),
        Err(octets) => {
            secrets.add("master key", &hex(octets.as_bytes()));
        }
    }
}

/// The lines of a PEM.
fn keep_lines(all: &Overheard, pem: &str) {
    let mut secrets = all.kept.lock().expect("secrets");
    for line in pem.lines().filter(|line| !line.starts_with('-')) {
        secrets.add("private key", line);
    }
}
