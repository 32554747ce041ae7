//! `check`, `apply`, `export`, `explain`.

use super::{copy_of_sample, installation, run, sample};
use crate::harness::folder::Folder;
use std::collections::BTreeMap;
use std::path::Path;

#[test]
fn the_sample_registry_passes_check_as_it_lies() {
    let nowhere = Folder::new("nowhere");
    let ended = run(nowhere.path(), &["check", &sample()]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.starts_with("good: 4 members, 5 services"), "{ended:?}");
    let json = run(nowhere.path(), &["check", &sample(), "--json"]).json();
    assert_eq!(json["faults"], serde_json::json!([]));
    assert_eq!((&json["members"], &json["services"]), (&4.into(), &5.into()));
}

/// What is spoiled, how, and what the fault must name: file, key, and a part of what is wrong.
type Case = (&'static str, fn(&Folder), [&'static str; 3]);

const CASES: &[Case] = &[
    (
        "broken metadata",
        |f| f.write("members/nju-idp.xml", "<md:EntityDescriptor"),
        ["members/nju", "metadata", ""],
    ),
    (
        "duplicate entityID",
        |f| {
            let xml = std::fs::read(f.path().join("members/nju-idp.xml")).expect("a file");
            f.write("members/njau-idp.xml", xml);
        },
        ["members/nj", "metadata", "entityID"],
    ),
    (
        "duplicate client_id",
        |f| edit(f, "services/cvrs.toml", "client_id = \"cvrs\"", "client_id = \"ill\""),
        ["services/", "oidc.client_id", "client_id"],
    ),
    (
        "reference to no file",
        |f| edit(f, "members/nju.toml", "nju-idp.xml", "gone.xml"),
        ["members/nju.toml", "connector[0].metadata", "gone.xml"],
    ),
    (
        "reference to no service",
        |f| {
            edit(
                f,
                "members/nju.toml",
                "kind = \"saml\"",
                "kind = \"saml\"\nunsolicited = [\"lli\"]",
            );
        },
        ["members/nju.toml", "connector[0].unsolicited", "lli"],
    ),
    (
        "metadata without signer",
        |f| edit(f, "members/nju.toml", "\"nju-idp.xml\"", "{ url = \"https://idp.test/m\" }"),
        ["members/nju.toml", "connector[0].metadata", "signer"],
    ),
    (
        "unknown key",
        |f| edit(f, "services/ill.toml", "launch_url", "lunch_url"),
        ["services/ill.toml", "lunch_url", "unknown"],
    ),
];

#[test]
fn each_fault_is_told_with_file_key_and_remedy_and_nothing_is_changed() {
    let hub = installation();
    for (what, spoil, [file, key, says]) in CASES {
        let folder = copy_of_sample();
        spoil(&folder);
        let dir = folder.path().to_str().expect("UTF-8");
        let json = run(hub.path(), &["--json", "check", dir]);
        assert_eq!(json.code, 1, "{what}: {json:?}");
        let faults = json.json()["faults"].as_array().expect("faults").clone();
        let found = faults.iter().find(|fault| {
            let text = |name: &str| fault[name].as_str().unwrap_or_default().to_owned();
            text("file").starts_with(file)
                && text("key").contains(key)
                && text("what").contains(says)
                && text("remedy").len() > 8
        });
        let fault = found.unwrap_or_else(|| panic!("{what}: {faults:#?}"));
        let human = run(hub.path(), &["check", dir]);
        assert_eq!(human.code, 1, "{what}");
        for part in ["file", "key", "what", "remedy"] {
            let part = fault[part].as_str().expect("text");
            assert!(human.out.contains(part), "{what}: `{part}` is not in {}", human.out);
        }
        for command in [&["apply", dir][..], &["apply", dir, "--dry-run"]] {
            let ended = run(hub.path(), command);
            assert_eq!(ended.code, 1, "{what}: {ended:?}");
            assert!(ended.out.contains("nothing was changed"), "{what}: {ended:?}");
        }
    }
    let again = run(hub.path(), &["apply", &sample()]);
    assert!(again.out.contains("nothing changes"), "a refused registry left something: {again:?}");
}

fn edit(folder: &Folder, file: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(folder.path().join(file)).expect("a file");
    assert!(text.contains(from), "{file} has no `{from}`");
    folder.write(file, text.replacen(from, to, 1));
}

#[test]
fn a_dry_run_shows_what_would_change_and_changes_nothing() {
    let nowhere = Folder::new("nowhere");
    let ended = run(nowhere.path(), &["apply", &sample(), "--dry-run"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    for part in ["members/nju.toml", "services/ill.toml", "dry run: nothing was changed"] {
        assert!(ended.out.contains(part), "no `{part}` in {}", ended.out);
    }
    let left: Vec<_> = std::fs::read_dir(nowhere.path()).expect("a folder").collect();
    assert!(left.is_empty(), "a dry run without an installation made {left:?}");
    // A configuration alone is no installation yet, and a dry run does not begin one.
    nowhere.write("readerpass.toml", "public_url = \"https://hub.test\"\n");
    let ended = run(nowhere.path(), &["apply", &sample(), "--dry-run"]);
    assert!(ended.code == 0 && ended.out.contains("members/nju.toml"), "{ended:?}");
    let left: Vec<_> = std::fs::read_dir(nowhere.path()).expect("a folder").flatten().collect();
    assert_eq!(left.len(), 1, "a dry run made {left:?}");

    let hub = installation();
    let folder = copy_of_sample();
    edit(&folder, "members/nju.toml", "class = \"A\"", "class = \"C\"");
    let dir = folder.path().to_str().expect("UTF-8");
    for _ in 0..2 {
        let ended = run(hub.path(), &["apply", dir, "--dry-run"]);
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(ended.out.contains("members/nju.toml") && ended.out.contains("class"), "{ended:?}");
        assert!(!ended.out.contains("services/ill.toml"), "{ended:?}");
    }
    let json = run(hub.path(), &["--json", "apply", dir, "--dry-run"]).json();
    assert!(json["version"].is_null());
    assert_eq!(json["changes"].as_array().expect("changes").len(), 1, "{json:#}");
}

/// An empty folder, or a misspelt one, must not close the consortium.
#[test]
fn what_would_leave_no_member_or_no_service_needs_a_word_more() {
    let hub = installation();
    let empty = Folder::new("empty-registry");
    let only_members = copy_of_sample();
    std::fs::remove_dir_all(only_members.path().join("services")).expect("removed");
    std::fs::remove_dir_all(only_members.path().join("policy")).expect("removed");
    let members = hub_of(hub.path()).0;
    for (folder, lost) in [(&empty, "members and services"), (&only_members, "services")] {
        let dir = folder.path().to_str().expect("UTF-8");
        for dry in [&["apply", dir, "--dry-run"][..], &["apply", dir]] {
            let ended = run(hub.path(), dry);
            assert_eq!(ended.code, 1, "{ended:?}");
            for part in ["- services/ill.toml", lost, "--remove-all", "nothing was changed"] {
                assert!(ended.out.contains(part), "no `{part}`: {ended:?}");
            }
            assert_eq!(hub_of(hub.path()).0, members, "something was changed");
        }
        let meant = run(hub.path(), &["apply", dir, "--dry-run", "--remove-all"]);
        assert_eq!(meant.code, 0, "{meant:?}");
    }
    let dir = empty.path().to_str().expect("UTF-8");
    let meant = run(hub.path(), &["apply", dir, "--remove-all"]);
    assert_eq!(meant.code, 0, "{meant:?}");
    assert_eq!(hub_of(hub.path()), (0, 0));
    // Where nothing is in force, nothing is lost; one of many may go as ever.
    assert_eq!(run(hub.path(), &["apply", dir]).code, 0);
    assert_eq!(run(hub.path(), &["apply", &sample()]).code, 0);
    let fewer = copy_of_sample();
    std::fs::rename(fewer.path().join("members"), fewer.path().join("member")).expect("renamed");
    let ended = run(hub.path(), &["check", fewer.path().to_str().expect("UTF-8")]);
    assert!(ended.code == 1 && ended.out.contains("member: unknown folder"), "{ended:?}");
}

/// How many members and services are in force.
fn hub_of(hub: &Path) -> (usize, usize) {
    let out = Folder::new("exported");
    let dir = out.path().join("out");
    let ended = run(hub, &["export", dir.to_str().expect("UTF-8")]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let count = |part: &str| {
        let entries = std::fs::read_dir(dir.join(part)).into_iter().flatten().flatten();
        entries.filter(|e| e.path().extension().is_some_and(|x| x == "toml")).count()
    };
    (count("members"), count("services"))
}

/// What `export` wrote, applied elsewhere and exported again, is the same file by file.
#[test]
fn export_and_apply_are_a_round_trip() {
    let first = installation();
    let once = first.path().join("once");
    let ended = run(first.path(), &["export", once.to_str().expect("UTF-8")]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let again = run(first.path(), &["apply", once.to_str().expect("UTF-8")]);
    assert!(again.code == 0 && again.out.contains("nothing changes"), "{again:?}");

    let second = Folder::new("second");
    second.write("readerpass.toml", "public_url = \"https://hub.test\"\n");
    assert_eq!(run(second.path(), &["apply", once.to_str().expect("UTF-8")]).code, 0);
    let twice = second.path().join("twice");
    assert_eq!(run(second.path(), &["export", twice.to_str().expect("UTF-8")]).code, 0);
    let (first_files, second_files) = (files(&once), files(&twice));
    assert!(first_files.len() >= 10, "{:?}", first_files.keys());
    assert_eq!(first_files.keys().collect::<Vec<_>>(), second_files.keys().collect::<Vec<_>>());
    for (name, content) in &first_files {
        assert_eq!(Some(content), second_files.get(name), "{name} differs");
    }
    // A folder that holds another registry is not mixed with.
    std::fs::write(once.join("members/stranger.toml"), "").expect("a file");
    let ended = run(first.path(), &["export", once.to_str().expect("UTF-8")]);
    assert_eq!(ended.code, 1, "{ended:?}");
}

fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
            found.insert(name, std::fs::read(&path).expect("a file"));
        }
    }
    found
}

#[test]
fn explain_accounts_for_every_value_and_refuses_with_a_reason() {
    let nowhere = Folder::new("nowhere");
    let registry = sample();
    let ask = |service: &str, member: &str, class: &str| {
        let arguments = [
            "--json",
            "explain",
            "--registry",
            &registry,
            "--service",
            service,
            "--member",
            member,
            "--class",
            class,
        ];
        run(nowhere.path(), &arguments)
    };
    let given = ask("ill", "nju", "A");
    assert_eq!(given.code, 0, "{given:?}");
    let json = given.json();
    let values = json["values"].as_array().expect("values");
    for name in ["name", "mail", "class", "member", "entitlements"] {
        let row = values.iter().find(|row| row["what"] == name);
        let row = row.unwrap_or_else(|| panic!("{name} is not accounted for: {json:#}"));
        assert!(!row["because"]["zh"].as_str().unwrap_or_default().is_empty(), "{row}");
        assert!(!row["because"]["en"].as_str().unwrap_or_default().is_empty(), "{row}");
    }
    // The borrowing card is for class B only; the reason stands there in both languages.
    let refused = ask("card", "nju", "A");
    assert_eq!(refused.code, 1, "{refused:?}");
    let json = refused.json();
    assert_eq!(json["allowed"], false);
    assert!(!json["reasons"].as_array().expect("reasons").is_empty(), "{json:#}");
    assert_eq!(ask("card", "union", "B").code, 0);
    for (service, member, says) in [
        ("opca", "nju", "did you mean opac"),
        ("nothing", "nju", "known are card, cvrs, ill, journals, opac"),
        ("ill", "njuu", "did you mean njau, nju?"),
    ] {
        let ended = ask(service, member, "A");
        assert_eq!(ended.code, 1, "{service} at {member}");
        assert!(ended.err.contains(says), "{service} at {member}: {ended:?}");
    }
}

/// Nothing of a reader is known here, so each value says where it would come from.
#[test]
fn explain_shows_every_value_with_a_placeholder_or_its_source() {
    let folder = copy_of_sample();
    let release = "release = [\"name\", \"mail\", \"phone\", \"department\", \"card_number\", \"category\", \
                   \"standing\", \"valid_until\", \"affiliation\", \"member\", \"class\", \"links\"]\n";
    let text = std::fs::read_to_string(folder.path().join("services/ill.toml")).expect("a file");
    let line = text.lines().find(|line| line.starts_with("release")).expect("a release");
    folder.write("services/ill.toml", text.replace(line, release.trim_end()));
    let dir = folder.path().to_str().expect("UTF-8").to_owned();
    let ask = |further: &[&str]| {
        let mut arguments = vec![
            "--json",
            "explain",
            "--registry",
            &dir,
            "--service",
            "ill",
            "--member",
            "nju",
            "--class",
            "A",
        ];
        arguments.extend(further);
        run(folder.path(), &arguments).json()
    };
    let row = |json: &serde_json::Value, what: &str| {
        let rows = json["values"].as_array().unwrap_or_else(|| panic!("{json:#}")).clone();
        rows.into_iter().find(|row| row["what"] == what).unwrap_or_else(|| panic!("{what}"))
    };
    let json = ask(&[]);
    for what in ["name", "mail", "phone", "department", "card_number", "category", "valid_until"] {
        let row = row(&json, what);
        assert_eq!(row["decision"], "given", "{row:#}");
        assert_eq!(row["value"], format!("(the reader's {what})"), "{row:#}");
        assert!(row["source"].as_str().expect("a source").contains("library's answer"), "{row:#}");
    }
    let affiliation = row(&json, "affiliation")["value"].to_string();
    assert!(affiliation.contains("(the reader's affiliation)@"), "{affiliation}");
    assert_eq!(row(&json, "standing")["value"], "good");
    assert_eq!(row(&json, "links")["source"], "members/nju.toml");
    folder.write(".notes/reader.toml", "department = \"情报\"\nvalid_until = \"2999-12-31\"\n");
    let file = folder.path().join(".notes/reader.toml");
    let json = ask(&["--attributes", file.to_str().expect("UTF-8")]);
    for (what, value) in [("department", "情报"), ("valid_until", "2999-12-31T15:59:59Z")] {
        assert_eq!(row(&json, what)["value"], value);
        assert_eq!(row(&json, what)["source"], "--attributes");
    }
    // What is wrong in the file is said with its key and no word of the program.
    folder.write(".notes/reader.toml", "name = 5\n");
    let arguments = [
        "explain",
        "--registry",
        &dir,
        "--service",
        "ill",
        "--member",
        "nju",
        "--class",
        "A",
        "--attributes",
        file.to_str().expect("UTF-8"),
    ];
    let ended = run(folder.path(), &arguments);
    assert!(ended.code == 1 && ended.err.contains("name: the number 5 stands here"), "{ended:?}");
}

#[test]
fn a_testing_member_without_a_login_is_a_warning_and_a_live_one_a_fault() {
    let hub = installation();
    let folder = Folder::new("registry");
    let member = |status: &str| {
        let text = format!(
            "id = \"nju\"\nname = {{ zh = \"南\" }}\nclass = \"A\"\nstatus = \"{status}\"\n"
        );
        folder.write("members/nju.toml", text);
    };
    let dir = folder.path().to_str().expect("UTF-8");
    member("testing");
    let ended = run(hub.path(), &["check", dir]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("warning: members/nju.toml: connector: "), "{ended:?}");
    assert!(ended.out.contains("good: 1 member, 0 services, 0 policy files"), "{ended:?}");
    let json = run(hub.path(), &["--json", "check", dir]).json();
    assert_eq!(json["warnings"].as_array().map(Vec::len), Some(1), "{json:#}");
    let dry = run(hub.path(), &["apply", dir, "--dry-run", "--remove-all"]);
    assert!(dry.code == 0 && dry.out.contains("warning: members/nju.toml"), "{dry:?}");
    member("live");
    let ended = run(hub.path(), &["check", dir]);
    assert!(ended.code == 1 && ended.out.contains("LOG-014"), "{ended:?}");
    assert!(ended.out.contains("1 fault\n"), "{ended:?}");
}
