//! `backup` while others write, and `restore` elsewhere.

use super::{Ended, installation, run};
use crate::harness::browser::Browser;
use crate::harness::folder::Folder;
use crate::harness::hub::TestHub;
use crate::harness::oidc::{authorize, code_of};
use crate::harness::world::{HUB, PASSWORD, World, sign_in};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const CONFIG: &str = "public_url = \"https://hub.test\"\n";

/// A new machine: the configuration, and the master key from where it was kept apart.
fn elsewhere(old: &Path) -> Folder {
    let folder = Folder::new("restored");
    folder.write("readerpass.toml", CONFIG);
    std::fs::create_dir(folder.path().join("data")).expect("a folder");
    let key = folder.path().join("data/master.key");
    std::fs::copy(old.join("data/master.key"), key).expect("the master key");
    folder
}

fn logins(folder: &Path) -> Vec<String> {
    let listed = run(folder, &["--json", "account", "list", "--member", "union"]).json();
    let all = listed.as_array().expect("a list");
    all.iter().map(|row| row["login"].as_str().expect("a login").to_owned()).collect()
}

/// Everything that was acknowledged before is in it, and it is whole, whatever goes on meanwhile.
#[test]
fn a_backup_while_accounts_are_created_is_whole_and_restores() {
    let hub = installation();
    let create = |login: &str| {
        let ended = run(hub.path(), &["account", "create", "--member", "union", "--login", login]);
        assert_eq!(ended.code, 0, "{ended:?}");
    };
    create("before");
    let is_over = AtomicBool::new(false);
    let folder = Folder::new("backups");
    std::thread::scope(|scope| {
        let writers = [0, 1].map(|writer| {
            let (create, is_over) = (&create, &is_over);
            scope.spawn(move || {
                let mut count = 0;
                while !is_over.load(Ordering::SeqCst) {
                    create(&format!("writer-{writer}-{count}"));
                    count += 1;
                }
                count
            })
        });
        for round in 0..4 {
            let file = folder.path().join(format!("backup-{round}"));
            let ended = run(hub.path(), &["--json", "backup", file.to_str().expect("UTF-8")]);
            assert_eq!(ended.code, 0, "{ended:?}");
        }
        is_over.store(true, Ordering::SeqCst);
        let written: u32 = writers.map(|w| w.join().expect("a writer")).iter().sum();
        assert!(written > 1, "nobody wrote meanwhile: nothing is shown");
    });
    for round in 0..4 {
        let file = folder.path().join(format!("backup-{round}"));
        assert_eq!(mode(&file), 0o600);
        let new = elsewhere(hub.path());
        let restored = run(new.path(), &["restore", file.to_str().expect("UTF-8")]);
        assert_eq!(restored.code, 0, "{restored:?}");
        assert!(restored.out.contains("every chain of the audit log is whole"), "{restored:?}");
        assert!(logins(new.path()).contains(&"before".to_owned()));
        assert_eq!(run(new.path(), &["audit", "verify"]).code, 0);
        let names = std::fs::read_dir(new.path().join("data")).expect("a folder").flatten();
        assert!(names.into_iter().all(|e| !e.file_name().to_string_lossy().contains(".part")));
    }
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 4, "a draft stays");
}

fn mode(file: &Path) -> u32 {
    std::fs::metadata(file).expect("a file").permissions().mode() & 0o777
}

/// The registry, the keys and the accounts come with it: a reader logs in at the restored hub.
#[tokio::test]
async fn a_reader_logs_in_at_a_restored_hub() {
    let world = World::new().await;
    let folder = Folder::new("backups");
    let file = folder.path().join("backup");
    let path = file.to_str().expect("UTF-8");
    let backed = run(world.hub.folder.path(), &["backup", path]);
    assert_eq!(backed.code, 0, "{backed:?}");
    assert!(backed.out.contains("master.key") && backed.out.contains("apart"), "{backed:?}");
    let octets = std::fs::read(&file).expect("a backup");
    let key = std::fs::read(world.hub.folder.path().join("data/master.key")).expect("a key");
    let secret = key.split(|b| *b == b':').next_back().expect("a key").trim_ascii_end();
    assert!(!octets.windows(secret.len()).any(|part| part == secret), "the master key is in it");

    let new = Arc::new(elsewhere(world.hub.folder.path()));
    let restored = run(new.path(), &["restore", path]);
    assert_eq!(restored.code, 0, "{restored:?}");
    let hub = TestHub::open_in(HUB, &world.clock, new, None).await;
    let (own, theirs) = (hub.installation.keys.current(), world.hub.installation.keys.current());
    assert_eq!(own.jwks(), theirs.jwks());
    let mut net = world.net();
    net.at(HUB, hub.router.clone());
    let mut browser = Browser::new(net);
    let page = browser.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut browser, &page, "reader-a", PASSWORD).await);
}

#[test]
fn what_is_not_a_whole_backup_of_this_hub_is_refused_and_nothing_is_begun() {
    let hub = installation();
    let folder = Folder::new("backups");
    let file = folder.path().join("backup");
    let path = file.to_str().expect("UTF-8").to_owned();
    assert_eq!(run(hub.path(), &["backup", &path]).code, 0);
    let whole = std::fs::read(&file).expect("a backup");

    let restore = |spoil: &dyn Fn(&Folder)| -> Ended {
        let new = elsewhere(hub.path());
        spoil(&new);
        let ended = run(new.path(), &["restore", &path]);
        assert_eq!(ended.code, 1, "{ended:?}");
        assert!(!new.path().join("data/durable.db").exists(), "an installation was begun");
        ended
    };
    let middle = whole.len() / 2;
    let mut changed = whole.clone();
    changed[middle] ^= 1;
    for (octets, says) in [
        (&whole[..middle], "less than"),
        (&changed[..], "does not fit its hash"),
        (&[&whole[..], b"x"].concat()[..], "more than"),
        (b"SQLite format 3\0", "not a backup"),
        (b"", "not a backup"),
    ] {
        std::fs::write(&file, octets).expect("a file");
        let ended = restore(&|_| {});
        assert!(ended.err.contains(says), "no `{says}`: {ended:?}");
    }
    std::fs::write(&file, &whole).expect("a file");
    let other = "public_url = \"https://other.test\"\n";
    let ended = restore(&|new| new.write("readerpass.toml", other));
    assert!(ended.err.contains("public_url = \"https://hub.test\""), "{ended:?}");
    let stranger = installation();
    let key = std::fs::read(stranger.path().join("data/master.key")).expect("a key");
    let ended = restore(&|new| new.write("data/master.key", &key));
    assert!(ended.err.contains("does not belong"), "{ended:?}");
    let ended = restore(&|new| {
        std::fs::remove_file(new.path().join("data/master.key")).expect("removed");
    });
    assert!(ended.err.contains("master_key_file") && ended.err.contains("missing"), "{ended:?}");
    let ended = restore(&|new| new.write("data/shared.db", b"x"));
    assert!(ended.err.contains("not empty") && ended.err.contains("shared.db"), "{ended:?}");

    let gone = run(hub.path(), &["restore", "/nowhere/backup"]);
    assert!(gone.code == 1 && gone.err.contains("/nowhere/backup"), "{gone:?}");
}

#[test]
fn a_backup_overwrites_nothing_and_lies_outside_the_data_folder() {
    let hub = installation();
    hub.write("taken", "mine");
    for (file, says) in [
        ("taken", "lies there already"),
        ("data/backup", "data folder"),
        ("nowhere/backup", "nowhere"),
    ] {
        let ended = run(hub.path(), &["backup", file]);
        assert!(ended.code == 1 && ended.err.contains(says), "{file}: {ended:?}");
    }
    assert_eq!(std::fs::read(hub.path().join("taken")).expect("a file"), b"mine");
    let left = std::fs::read_dir(hub.path()).expect("a folder").flatten();
    assert!(left.into_iter().all(|e| !e.file_name().to_string_lossy().contains(".part")));
}

/// The copy of a log that was broken before is still the only copy: it comes back, and is told.
#[test]
fn a_log_that_was_broken_before_is_told_at_the_restore() {
    let hub = installation();
    let database = rusqlite::Connection::open(hub.path().join("data/durable.db"));
    let spoil = "UPDATE audit_entry SET act = 'another'";
    database.expect("a database").execute(spoil, []).expect("a change");
    let backups = Folder::new("backups");
    let file = backups.path().join("backup");
    let path = file.to_str().expect("UTF-8");
    assert_eq!(run(hub.path(), &["backup", path]).code, 0);
    let new = elsewhere(hub.path());
    let ended = run(new.path(), &["restore", path]);
    assert!(ended.code == 1 && ended.out.contains("broken already"), "{ended:?}");
    assert!(new.path().join("data/durable.db").exists());
}

/// The drill of docs/book/operations.md, line by line, with the key as the Debian package makes
/// it: `head -c 32 /dev/urandom | base64`.
#[test]
fn the_drill_of_the_book_restores_a_hub_of_the_debian_package() {
    let hub = Folder::new("packaged");
    let made = "head -c 32 /dev/urandom | base64";
    assert!(source("packaging/debian/postinst").contains(made), "the package makes another key");
    shell(hub.path(), &format!("umask 077; {made} >master.key"));
    hub.write("readerpass.toml", format!("{CONFIG}master_key_file = \"master.key\"\n"));
    assert_eq!(run(hub.path(), &["apply", &super::sample()]).code, 0);
    let reader = ["account", "create", "--member", "union", "--login", "reader-x"];
    assert_eq!(run(hub.path(), &reader).code, 0);
    assert_eq!(run(hub.path(), &["backup", "hub.backup"]).code, 0);

    let page = source("docs/book/operations.md");
    let drill = page.split_once("A drill, each quarter").expect("the drill").1;
    let drill = drill.split("```").nth(1).expect("its commands");
    let machine = Folder::new("drill");
    for name in ["hub.backup", "master.key"] {
        std::fs::copy(hub.path().join(name), machine.path().join(name)).expect("scp");
    }
    let mut commands = 0;
    for line in drill.lines().filter(|line| !line.is_empty() && !line.starts_with("scp ")) {
        let line = line.split(" # ").next().expect("a command").trim();
        let line = line.replace("https://login.example.org", "https://hub.test");
        match line.strip_prefix("readerpass ") {
            Some(arguments) => {
                let arguments = arguments.replace("ID", "union");
                let arguments: Vec<&str> = arguments.split_whitespace().collect();
                let ended = run(machine.path(), &arguments);
                assert_eq!(ended.code, 0, "{line}: {ended:?}");
                if arguments.contains(&"list") {
                    assert!(ended.out.contains("reader-x"), "{ended:?}");
                }
            }
            None => shell(machine.path(), &line),
        }
        commands += 1;
    }
    assert_eq!(commands, 4, "{drill}");
    assert_eq!(mode(&machine.path().join("drill/data/master.key")), 0o600);
}

fn source(name: &str) -> String {
    let path = format!("{}/../{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn shell(folder: &Path, line: &str) {
    let ended = std::process::Command::new("sh").args(["-ec", line]).current_dir(folder).status();
    assert!(ended.expect("a shell").success(), "{line}");
}

/// Keys, metadata and the ids of readers are bound to the name.
#[test]
fn another_public_url_over_old_data_is_refused_and_the_old_one_is_named() {
    let hub = installation();
    hub.write("readerpass.toml", "public_url = \"https://other.test\"\nlisten = \"127.0.0.1:0\"\n");
    let sample = super::sample();
    for arguments in
        [&["serve", "--until-stdin-closes"][..], &["apply", &sample], &["account", "list"]]
    {
        let ended = run(hub.path(), arguments);
        assert_eq!(ended.code, 1, "{arguments:?}: {ended:?}");
        for part in ["https://other.test", "public_url = \"https://hub.test\"", "data_dir"] {
            let said = format!("{}{}", ended.out, ended.err);
            assert!(said.contains(part), "{arguments:?}: no `{part}`: {ended:?}");
        }
        assert!(!ended.err.contains("serving"), "{ended:?}");
    }
    hub.write("readerpass.toml", CONFIG);
    assert_eq!(run(hub.path(), &["apply", &sample]).code, 0);
}
