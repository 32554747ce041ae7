//! `keys list | rotate | retire | import` and the three places of the master key.

use super::{Ended, installation, run};
use crate::harness::folder::Folder;
use crate::peers::installed::readerpass;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn files() -> String {
    format!("{}/../metadata/src/keys/tests/files", env!("CARGO_MANIFEST_DIR"))
}

/// With variables of its own, and no others of ours.
fn run_with(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = Command::new(readerpass());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("READERPASS_") {
            command.env_remove(name);
        }
    }
    let command = command.current_dir(folder).args(arguments);
    let output = command.envs(variables.iter().copied()).output().expect("it runs");
    Ended {
        code: output.status.code().expect("a code"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn good(folder: &Path, arguments: &[&str]) -> Ended {
    let ended = run(folder, arguments);
    assert_eq!(ended.code, 0, "{arguments:?}: {ended:?}");
    ended
}

fn listed(folder: &Path) -> Vec<Value> {
    let json = good(folder, &["--json", "keys", "list"]).json();
    assert_eq!(json["troubles"], serde_json::json!([]));
    json["keys"].as_array().expect("keys").clone()
}

fn states(folder: &Path, purpose: &str) -> Vec<String> {
    let of = |key: &Value| key["purpose"] == purpose;
    let state = |key: &Value| key["state"].as_str().expect("a state").to_owned();
    listed(folder).iter().filter(|key| of(key)).map(state).collect()
}

#[test]
fn a_key_is_listed_rotated_and_retired_and_each_act_stands_in_the_audit_log() {
    let hub = installation();
    let hub = hub.path();
    let keys = listed(hub);
    assert_eq!(keys.len(), 5, "{keys:?}");
    assert!(keys.iter().all(|key| key["opens"] == true && key["state"] == "in use"));
    let text = good(hub, &["keys", "list"]).out;
    for part in
        ["root", "for good", "oidc-es256", "p-256", "kid ", "certificate until ", "SHA-256 "]
    {
        assert!(text.contains(part), "no `{part}` in {text}");
    }

    let rotated = good(hub, &["keys", "rotate", "--purpose", "saml"]);
    for part in ["signs from", "give the new metadata", "keys retire --purpose saml --generation 1"]
    {
        assert!(rotated.out.contains(part), "no `{part}`: {rotated:?}");
    }
    assert_eq!(states(hub, "saml"), ["in use", "next"]);
    let again = run(hub, &["keys", "rotate", "--purpose", "saml"]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.err.contains("published ahead already") && again.err.contains("--now"));
    let in_use = run(hub, &["keys", "retire", "--purpose", "saml", "--generation", "1"]);
    assert_eq!(in_use.code, 1, "{in_use:?}");
    assert!(in_use.err.contains("is in use"), "{in_use:?}");

    let now = good(hub, &["keys", "rotate", "--purpose", "saml", "--now"]);
    assert!(now.out.contains("saml 2 is in use") && now.out.contains("warning"), "{now:?}");
    assert_eq!(states(hub, "saml"), ["earlier", "in use"], "when the command returns");
    let early = run(hub, &["keys", "retire", "--purpose", "saml", "--generation", "1"]);
    assert!(early.code == 1 && early.err.contains("--force"), "{early:?}");
    assert!(early.err.contains("+08:00"), "in the zone of the list: {early:?}");
    let force = ["--json", "keys", "retire", "--purpose", "saml", "--generation", "1", "--force"];
    assert_eq!(good(hub, &force).json()["state"], "withdrawn");
    assert_eq!(states(hub, "saml"), ["withdrawn", "in use"]);

    let log = rusqlite::Connection::open(hub.join("data/durable.db")).expect("the database");
    let count = |act: &str| -> i64 {
        let sql = "SELECT count(*) FROM audit_entry WHERE act = ?1 AND actor = 'command'";
        log.query_row(sql, [act], |row| row.get(0)).expect("a count")
    };
    assert_eq!(count("key.rotated saml/2"), 2);
    assert_eq!(count("key.retired saml/1"), 1);
    assert_eq!(run(hub, &["audit", "verify"]).code, 0);
}

#[test]
fn a_campus_brings_its_key_and_certificate_along() {
    let hub = installation();
    let (hub, files) = (hub.path(), files());
    let (key, cert) = (format!("{files}/rsa-2048-pkcs1.pem"), format!("{files}/rsa-2048.cert.pem"));
    let import = ["keys", "import", "--purpose", "saml", "--key", &key, "--cert", &cert];
    let imported = good(hub, &import);
    assert!(imported.out.contains("delete the file"), "{imported:?}");
    assert_eq!(states(hub, "saml"), ["in use", "next"]);
    let again = run(hub, &import);
    assert!(again.code == 1 && again.err.contains("already"), "{again:?}");
    let other = run(hub, &["keys", "import", "--purpose", "oidc-rs256", "--key", &key]);
    assert!(other.code == 1 && other.err.contains("each purpose"), "{other:?}");
    let exported = good(hub, &["--json", "keys", "list"]).out;
    assert!(!exported.contains("PRIVATE"), "{exported}");
    let database = std::fs::read(hub.join("data/durable.db")).expect("the database");
    let wal = std::fs::read(hub.join("data/durable.db-wal")).unwrap_or_default();
    let pem = std::fs::read_to_string(&key).expect("PEM");
    let der: String = pem.lines().filter(|line| !line.starts_with("---")).collect();
    let der = STANDARD.decode(der).expect("base64");
    let part = &der[400..432];
    let lies_open = |bytes: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    assert!(!lies_open(&database) && !lies_open(&wal), "sealed, never in clear");
}

#[test]
fn what_cannot_be_imported_is_named_with_file_and_remedy() {
    let hub = installation();
    let (hub, files) = (hub.path(), files());
    let at = |name: &str| format!("{files}/{name}");
    let weak = at("rsa-1024.pem");
    let (key, stranger) = (at("rsa-2048-pkcs8.pem"), at("p-384.cert.pem"));
    let huge = hub.join("huge.pem");
    std::fs::write(&huge, "x".repeat(70_000)).expect("a file");
    let huge = huge.to_str().expect("UTF-8").to_owned();
    for (arguments, code, says) in [
        (vec!["--purpose", "saml", "--key", &key], 2, "--cert"),
        (vec!["--purpose", "oidc-rs256", "--key", &key, "--cert", &stranger], 2, "--cert"),
        (vec!["--purpose", "root", "--key", &key], 2, "saml"),
        (vec!["--purpose", "saml", "--key", &weak, "--cert", &stranger], 1, "2048 bits"),
        (vec!["--purpose", "saml", "--key", &key, "--cert", &stranger], 1, "is of another key"),
        (vec!["--purpose", "oidc-rs256", "--key", "gone.pem"], 1, "gone.pem"),
        (vec!["--purpose", "oidc-rs256", "--key", &huge], 1, "64 kB"),
        (vec!["--purpose", "oidc-es256", "--key", &key], 1, "P-256"),
    ] {
        let all = [vec!["keys", "import"], arguments.clone()].concat();
        let ended = run(hub, &all);
        assert_eq!(ended.code, code, "{arguments:?}: {ended:?}");
        assert!(ended.err.contains(says), "{arguments:?} does not say `{says}`: {ended:?}");
    }
    assert_eq!(listed(hub).len(), 5, "nothing was changed");
    for wrong in [
        &["keys", "rotate"][..],
        &["keys", "rotate", "--purpose", "root"],
        &["keys", "rotate", "--purpose", "saml", "--now", "--after", "3d"],
        &["keys", "rotate", "--purpose", "saml", "--after", "soon"],
        &["keys", "retire", "--purpose", "saml"],
    ] {
        assert_eq!(run(hub, wrong).code, 2, "{wrong:?}");
    }
}

/// The text of the master key file, and the same key in plain base64.
fn master_key(hub: &Path) -> (String, String) {
    let text = std::fs::read_to_string(hub.join("data/master.key")).expect("the file");
    let key = text.trim().rsplit(':').next().expect("a key");
    let plain = STANDARD.encode(URL_SAFE_NO_PAD.decode(key).expect("base64"));
    (text, plain)
}

#[test]
fn the_master_key_comes_from_file_environment_or_credential() {
    let hub = installation();
    let hub = hub.path();
    let (text, plain) = master_key(hub);
    let credentials = Folder::new("credentials");
    credentials.write("readerpass-master-key", text);
    std::fs::remove_file(hub.join("data/master.key")).expect("removed");
    let folder = credentials.path().to_str().expect("UTF-8");
    for variables in [[("READERPASS_MASTER_KEY", &*plain)], [("CREDENTIALS_DIRECTORY", folder)]] {
        let list = run_with(hub, &variables, &["keys", "list"]);
        assert_eq!(list.code, 0, "{list:?}");
        let verify = run_with(hub, &variables, &["audit", "verify"]);
        assert_eq!(verify.code, 0, "{verify:?}");
        assert!(!list.out.contains(&plain) && !verify.out.contains(&plain));
    }
    let elsewhere = Folder::new("backup");
    let file = elsewhere.path().join("hub.backup");
    let backup = ["backup", file.to_str().expect("UTF-8")];
    let taken = run_with(hub, &[("READERPASS_MASTER_KEY", &*plain)], &backup);
    assert_eq!(taken.code, 0, "{taken:?}");
    assert!(!hub.join("data/master.key").exists(), "no other one is made");
    let wrong = run_with(hub, &[("READERPASS_MASTER_KEY", "hunter2")], &["keys", "list"]);
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(wrong.err.contains("READERPASS_MASTER_KEY") && wrong.err.contains("openssl rand"));
    assert!(!wrong.err.contains("hunter2"), "it is never shown: {wrong:?}");
}

#[test]
fn a_lost_or_another_master_key_is_said_at_start_and_by_the_list() {
    let hub = installation();
    let hub = hub.path();
    std::fs::remove_file(hub.join("data/master.key")).expect("removed");
    for arguments in [&["serve"][..], &["audit", "verify"]] {
        let lost = run(hub, arguments);
        assert_eq!(lost.code, 1, "{arguments:?}: {lost:?}");
        assert!(lost.err.contains("master.key") && lost.err.contains("backup"), "{lost:?}");
    }
    let list = run(hub, &["--json", "keys", "list"]);
    assert_eq!(list.code, 1, "{list:?}");
    assert!(list.json()["troubles"][0].as_str().expect("a trouble").contains("missing"));
    assert!(list.json()["keys"].as_array().expect("keys").iter().all(|key| key["opens"] == false));

    let other = STANDARD.encode([7; 32]);
    let variables = [("READERPASS_MASTER_KEY", &*other)];
    let start = run_with(hub, &variables, &["serve"]);
    assert_eq!(start.code, 1, "{start:?}");
    assert!(start.err.contains("does not open") && start.err.contains("READERPASS_MASTER_KEY"));
    assert!(!start.err.contains("serving"), "{start:?}");
    let list = run_with(hub, &variables, &["keys", "list"]);
    assert_eq!(list.code, 1, "{list:?}");
    assert!(list.out.contains("DOES NOT OPEN") && list.out.contains("5 of 5 keys"), "{list:?}");
    let rotate = run_with(hub, &variables, &["keys", "rotate", "--purpose", "saml"]);
    assert_eq!(rotate.code, 1, "nothing is sealed under it: {rotate:?}");
}
