//! What the documents promise, compared with what stands.

use super::arrows::workspace;
use std::collections::BTreeSet;

pub fn document(name: &str) -> String {
    let path = format!("{}/../{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

#[test]
fn the_list_of_rooms_in_the_architecture_page_is_that_of_the_workspace() {
    let page = document("docs/architecture.md");
    let listed: BTreeSet<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next())
        .map(|room| room.trim_end_matches('/').to_owned())
        .collect();
    let rooms: BTreeSet<String> = workspace()
        .into_values()
        .map(|(manifest, _)| {
            let root = format!("{}/", document_root());
            let folder = manifest.trim_end_matches("Cargo.toml").trim_end_matches('/');
            folder
                .strip_prefix(root.trim_end_matches('/'))
                .unwrap_or("")
                .trim_matches('/')
                .to_owned()
        })
        .map(|folder| if folder.is_empty() { "src".to_owned() } else { folder })
        .collect();
    assert_eq!(listed, rooms);
}

pub fn document_root() -> String {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("a parent").to_str().expect("UTF-8").to_owned()
}

#[test]
fn every_error_code_stands_in_the_book_and_no_other() {
    let page = document("docs/errors.md");
    let listed: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next())
        .collect();
    let codes: BTreeSet<&str> = model::ALL_CODES.iter().map(|c| c.as_str()).collect();
    assert_eq!(listed, codes);
}

/// Every lesson has a line of ours with its test, or the reason why there is none yet.
#[test]
fn every_lesson_has_its_test_or_its_reason() {
    let page = document("docs/lessons.md");
    let sources = sources(".");
    let numbers = (1..=23).map(|n| format!("P{n}")).chain((1..=25).map(|n| format!("N{n}")));
    for number in numbers {
        let line = page
            .lines()
            .find(|l| l.starts_with(&format!("| {number} |")))
            .unwrap_or_else(|| panic!("docs/lessons.md has no line for {number}"));
        let proof = line.trim_end_matches('|').rsplit('|').next().expect("a column").trim();
        if let Some(reason) = proof.strip_prefix("not yet:") {
            assert!(reason.trim().len() > 10, "{number}: a reason is more than a word");
            continue;
        }
        let tests: Vec<&str> = proof.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "{number} names neither a test nor a reason");
        for test in tests {
            let name = test.rsplit("::").next().expect("a name");
            assert!(has_test(&sources, name), "{number}: there is no test `{test}`");
        }
    }
}

/// Whether a test of that name stands in the sources. A matrix names its cases in text.
pub fn has_test(sources: &str, name: &str) -> bool {
    sources.contains(&format!("fn {name}(")) || sources.contains(&format!("\"{name}\""))
}

/// The source of every program below a folder of the project.
pub fn sources(folder: &str) -> String {
    fn read(folder: &std::path::Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let others = ["target", "node_modules", ".venv", ".git", "test-output"];
            if path.is_dir() && !others.contains(&&*name) {
                read(&path, all);
            } else if name.ends_with(".rs") || name.ends_with(".py") || name.ends_with(".mjs") {
                all.push_str(&std::fs::read_to_string(&path).unwrap_or_default());
            }
        }
    }
    let mut all = String::new();
    read(&std::path::Path::new(&document_root()).join(folder), &mut all);
    all
}

/// Every rule of the design has its tests too: the second table of the same page.
#[test]
fn every_rule_that_never_bends_has_its_tests() {
    let page = document("docs/lessons.md");
    let sources = sources(".");
    for number in 1..=15 {
        let lines: Vec<&str> =
            page.lines().filter(|l| l.starts_with(&format!("| R{number} |"))).collect();
        assert!(!lines.is_empty(), "docs/lessons.md has no line for rule {number}");
        for line in lines {
            let proof = line.trim_end_matches('|').rsplit('|').next().expect("a column").trim();
            if proof.strip_prefix("not yet:").is_some_and(|reason| reason.trim().len() > 10) {
                continue;
            }
            let tests: Vec<&str> = proof.split('`').skip(1).step_by(2).collect();
            assert!(!tests.is_empty(), "rule {number} names neither a test nor a reason: {line}");
            for test in tests {
                let name = test.rsplit("::").next().expect("a name");
                assert!(has_test(&sources, name), "rule {number}: there is no test `{test}`");
            }
        }
    }
}
