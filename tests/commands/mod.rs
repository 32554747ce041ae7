//! The command line as scripts and operators use it: the built program on folders.

mod accounts;
mod audit;
mod backup;
mod figures;
mod keys;
mod logins;
mod member;
mod registry;
mod serving;

use crate::harness::folder::Folder;
use crate::peers::installed::readerpass;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// What a run of the program said, and how it ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

/// Runs the program in a folder; `readerpass.toml` there is its configuration, if any.
pub fn run(folder: &Path, arguments: &[&str]) -> Ended {
    let mut command = Command::new(readerpass());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("READERPASS_") {
            command.env_remove(name);
        }
    }
    let output = command.current_dir(folder).args(arguments).output().expect("it runs");
    Ended {
        code: output.status.code().expect("a code"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// An installation of its own with the sample consortium applied.
pub fn installation() -> Folder {
    let folder = Folder::new("commands");
    folder.write("readerpass.toml", "public_url = \"https://hub.test\"\n");
    let applied = run(folder.path(), &["apply", &sample()]);
    assert_eq!(applied.code, 0, "{applied:?}");
    folder
}

/// The sample registry, as it lies in the repository.
pub fn sample() -> String {
    format!("{}/../demo/registry", env!("CARGO_MANIFEST_DIR"))
}

/// A copy of the sample registry, to be spoiled.
pub fn copy_of_sample() -> Folder {
    let folder = Folder::new("registry");
    for part in ["", "members", "services", "policy"] {
        for entry in std::fs::read_dir(Path::new(&sample()).join(part)).expect("a folder").flatten()
        {
            if entry.path().is_file() {
                let name = Path::new(part).join(entry.file_name());
                let content = std::fs::read(entry.path()).expect("a file");
                folder.write(name.to_str().expect("UTF-8"), content);
            }
        }
    }
    folder
}

/// The usage of the whole is a contract: wrong use is told apart from a bad answer.
#[test]
fn wrong_use_ends_with_2_and_says_what_is_right() {
    let folder = installation();
    for (arguments, says) in [
        (&["aply"][..], "apply"),
        (&["apply"][..], "<DIR>"),
        (&["account", "create", "--login", "x"][..], "--member"),
        (
            &["account", "create", "--login", "x", "--role", "operator", "--member", "nju"][..],
            "--member",
        ),
        (&["account", "create", "--login", "x", "--role", "king"][..], "operator"),
        (&["trace", "K7F2"][..], "code"),
        (&["explain", "--service", "ill"][..], "--member"),
        (&["demo", "--port", "80"][..], "1024"),
    ] {
        let ended = run(folder.path(), arguments);
        assert_eq!(ended.code, 2, "{arguments:?}: {ended:?}");
        assert!(ended.err.contains(says), "{arguments:?} does not say `{says}`: {ended:?}");
        assert!(ended.out.is_empty(), "{ended:?}");
    }
}

#[test]
fn a_command_without_an_installation_says_how_to_name_one() {
    let folder = Folder::new("empty");
    for arguments in
        [&["serve"][..], &["export", "x"], &["audit", "verify"], &["trace", "2222-2222"]]
    {
        let ended = run(folder.path(), arguments);
        assert!(ended.code == 1 || ended.code == 2, "{ended:?}");
        if arguments[0] != "trace" {
            assert!(ended.err.contains("--config"), "{arguments:?}: {ended:?}");
        }
    }
    folder.write("readerpass.toml", "public_url = \"http://login.example.org\"\nlisten = 5\n");
    let ended = run(folder.path(), &["serve"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("readerpass.toml") && ended.err.contains("listen"), "{ended:?}");
    folder.write("readerpass.toml", "public_url = \"http://login.example.org\"\n");
    let ended = run(folder.path(), &["serve"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("public_url"), "{ended:?}");
}

/// A word that is no level would silence the log, and with it everything that warns.
#[test]
fn a_log_level_that_is_none_is_told_and_nothing_begins() {
    let folder = Folder::new("levels");
    for level in ["loud", "", "info,loud"] {
        let mut command = Command::new(readerpass());
        let command = command.current_dir(folder.path()).env("READERPASS_LOG", level);
        let ended = command.args(["check", &sample()]).output().expect("it runs");
        assert_eq!(ended.status.code(), Some(2), "{level}");
        let said = String::from_utf8(ended.stderr).expect("UTF-8");
        for part in ["READERPASS_LOG", "error, warn, info, debug, trace"] {
            assert!(said.contains(part), "{level}: no `{part}` in {said}");
        }
    }
}

/// What cannot be served is said before anything says that it is.
#[test]
fn tls_files_that_cannot_be_read_end_serve_before_it_begins() {
    let folder = Folder::new("tls");
    let config = "public_url = \"https://hub.test\"\nlisten = \"127.0.0.1:0\"\n\
                  tls = { cert = \"gone.pem\", key = \"gone.key\" }\n";
    folder.write("readerpass.toml", config);
    // Standard input is closed: where it serves after all, it ends, and well.
    let ended = run(folder.path(), &["serve", "--until-stdin-closes"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.err.contains("gone.pem") && ended.err.contains("PEM"), "{ended:?}");
    assert!(!ended.err.contains("serving"), "{ended:?}");
    assert!(!folder.path().join("data").exists(), "an installation was begun");
}

#[test]
fn a_demo_folder_that_cannot_be_used_is_named_with_what_to_do() {
    let folder = Folder::new("demo");
    folder.write("file", "");
    for path in ["file", "file/below", "/proc/nowhere"] {
        let ended = run(folder.path(), &["demo", "--port", "18650", "--data", path]);
        assert_eq!(ended.code, 1, "{ended:?}");
        for part in [path, "--data DIR"] {
            assert!(ended.err.contains(part), "no `{part}`: {ended:?}");
        }
    }
}
