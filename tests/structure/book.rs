//! The book says what stands: its tests, codes, pages and links are looked up.

use super::documents::{document, document_root};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Levels 1 and 2 of OWASP ASVS 5.0.0 in the chapters of the book: each section with the last of
/// its numbers, which run without a gap.
const ASVS: [(&str, u32); 28] = [
    ("6.1", 3),
    ("6.2", 12),
    ("6.3", 4),
    ("6.4", 4),
    ("6.5", 5),
    ("6.6", 3),
    ("6.8", 4),
    ("7.1", 3),
    ("7.2", 4),
    ("7.3", 2),
    ("7.4", 5),
    ("7.5", 2),
    ("7.6", 2),
    ("9.1", 3),
    ("9.2", 4),
    ("10.1", 2),
    ("10.2", 2),
    ("10.3", 4),
    ("10.4", 11),
    ("10.5", 5),
    ("10.6", 2),
    ("10.7", 3),
    ("11.1", 2),
    ("11.2", 3),
    ("11.3", 3),
    ("11.4", 4),
    ("11.5", 1),
    ("11.6", 1),
];

/// Every `folder/file.rs::name` that a page of the book shows is a test of that file.
#[test]
fn every_test_that_the_book_names_exists() {
    let mut seen = 0;
    for page in markdown_below(&root().join("docs/book")) {
        for (file, test) in named_tests(&read(&page)) {
            seen += 1;
            let at = root().join(&file);
            assert!(at.is_file(), "{}: there is no {file}", page.display());
            assert!(
                read(&at).contains(&format!("fn {test}(")),
                "{}: {file} has no test `{test}` — name the one that took its place",
                page.display()
            );
        }
    }
    assert!(seen > 150, "the threat model and ASVS name {seen} tests");
}

#[test]
fn every_rule_of_the_threat_model_has_its_tests() {
    let page = document("docs/book/threat-model.md");
    for rule in 1..=15 {
        let start = format!("### Rule {rule}: ");
        let (_, rest) = page.split_once(&start).unwrap_or_else(|| panic!("no `{start}`"));
        let part = rest.split("\n#").next().expect("a part");
        assert!(!named_tests(part).is_empty(), "rule {rule} names no test");
    }
}

#[test]
fn every_line_of_asvs_is_met_not_applicable_or_open() {
    let page = document("docs/book/asvs.md");
    let rows: Vec<Vec<&str>> = rows(&page).filter(|row| is_number(row[0])).collect();
    let listed: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let all: Vec<String> = ASVS
        .iter()
        .flat_map(|(section, last)| (1..=*last).map(move |n| format!("{section}.{n}")))
        .collect();
    assert_eq!(listed, all, "each number once, in order");
    for row in &rows {
        let [number, asked, state, why] = row.as_slice() else { panic!("{row:?}: four columns") };
        assert!(!asked.is_empty() && why.len() > 1, "{number}");
        let issues =
            ["`finish`", "`connectors`", "`desk`", "`oidc`", "`catalogue`", "No issue yet"];
        match *state {
            "met" | "n/a" => {}
            "open" => assert!(issues.iter().any(|i| why.contains(i)), "{number}: which issue?"),
            other => panic!("{number}: `{other}` is no state"),
        }
    }
    // The sums at the top are those of the chapters below.
    for (chapter, part) in page.split("\n## ").skip(1).filter_map(|p| p.split_once('\n')) {
        let Some(sums) = page.lines().find(|l| l.starts_with(&format!("| {chapter} |"))) else {
            continue;
        };
        let count = |state: &str| part.matches(&format!(" | {state} | ")).count();
        let counted = ["met", "n/a", "open"].map(count);
        let expected = format!("| {chapter} | {} | {} | {} |", counted[0], counted[1], counted[2]);
        assert_eq!(sums, expected);
    }
}

#[test]
fn every_error_code_has_its_cause_and_remedy_in_the_book() {
    let page = document("docs/book/refusals.md");
    let listed: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(code, _)| code))
        .collect();
    let unique: BTreeSet<&str> = listed.iter().copied().collect();
    let codes: BTreeSet<&str> = model::ALL_CODES.iter().map(|c| c.as_str()).collect();
    let unlike: Vec<_> = unique.symmetric_difference(&codes).collect();
    assert!(unlike.is_empty(), "docs/book/refusals.md: | `CODE` | cause | remedy |: {unlike:?}");
    assert_eq!(listed.len(), unique.len(), "no code twice");
}

/// docs/pages.md is read by machines: pages are the templates, and every snapshot is a state.
#[test]
fn every_page_and_every_snapshot_of_it_is_in_the_list_of_pages() {
    let page = document("docs/pages.md");
    let rows: Vec<Vec<&str>> = rows(&page).filter(|row| row[0].starts_with('`')).collect();
    let code = |text: &str| text.split('`').nth(1).unwrap_or_default().to_owned();
    let listed: BTreeSet<String> = rows.iter().map(|row| code(row[0])).collect();
    let templates: BTreeSet<String> = files(&root().join("web/templates"))
        .into_iter()
        // What other templates are made of is no page.
        .filter(|path| read(path).starts_with("{% extends"))
        .map(|path| stem(&path))
        .collect();
    assert_eq!(listed, templates, "docs/pages.md and web/templates");

    let states: BTreeSet<String> =
        rows.iter().filter(|row| row[1].starts_with('`')).map(|row| code(row[1])).collect();
    let snapshots: BTreeSet<String> = files(&root().join("web/src/pages/snapshots"))
        .into_iter()
        .map(|path| stem(&path).split('.').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(states, snapshots, "states of docs/pages.md and snapshots of web/src/pages");
    assert!(rows.iter().all(|row| row.len() == 3 && !row[2].is_empty()), "each says how");
}

#[test]
fn the_summary_of_the_book_lists_every_page_once() {
    let book = root().join("docs/book");
    let summary = read(&book.join("SUMMARY.md"));
    let mut listed: Vec<String> = links(&summary);
    listed.sort();
    let mut pages: Vec<String> = markdown_below(&book)
        .iter()
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .filter(|name| name != "SUMMARY.md")
        .collect();
    pages.sort();
    assert_eq!(listed, pages);
}

/// A link to a file that moved, or to a heading that was reworded, leads nowhere.
#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let mut pages = markdown_below(&root().join("docs"));
    pages.extend(["README.md", "CHANGELOG.md"].map(|name| root().join(name)));
    for page in pages {
        for link in links(&read(&page)) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() {
                page.clone()
            } else {
                page.parent().expect("a folder").join(path)
            };
            assert!(target.exists(), "{}: {link} leads nowhere", page.display());
            let is_known = anchor.is_empty() || anchors(&read(&target)).contains(anchor);
            assert!(is_known, "{}: {link}: no such heading", page.display());
        }
    }
}

fn root() -> PathBuf {
    PathBuf::from(document_root())
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

fn stem(path: &Path) -> String {
    path.file_stem().expect("a name").to_string_lossy().into_owned()
}

fn markdown_below(folder: &Path) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for path in files(folder) {
        if path.is_dir() {
            pages.extend(markdown_below(&path));
        } else if path.extension().is_some_and(|ending| ending == "md") {
            pages.push(path);
        }
    }
    pages
}

/// `file.rs::test` in backticks.
fn named_tests(text: &str) -> Vec<(String, String)> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|code| code.split_once(".rs::"))
        .map(|(file, test)| (format!("{file}.rs"), test.to_owned()))
        .collect()
}

/// The cells of every line of a table, but for its rule.
fn rows(page: &str) -> impl Iterator<Item = Vec<&str>> {
    page.lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|line| line.split(" | ").map(str::trim).collect())
}

fn is_number(text: &str) -> bool {
    text.split('.').count() == 3 && text.split('.').all(|part| part.parse::<u32>().is_ok())
}

/// The lines of a page that are prose: no code block, and no code inside a line.
fn prose(page: &str) -> impl Iterator<Item = String> {
    let mut is_code = false;
    page.lines().filter_map(move |line| {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
            return None;
        }
        (!is_code).then(|| line.split('`').step_by(2).collect())
    })
}

/// Targets of `[text](target)`.
fn links(page: &str) -> Vec<String> {
    let mut all = Vec::new();
    for line in prose(page) {
        let mut rest = line.as_str();
        while let Some((_, after)) = rest.split_once("](") {
            let Some((target, more)) = after.split_once(')') else { break };
            all.push(target.to_owned());
            rest = more;
        }
    }
    all
}

/// The names under which headings are found, as GitHub and mdBook make them.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut is_code = false;
    page.lines()
        .filter(|line| {
            is_code ^= line.starts_with("```");
            !is_code
        })
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            line.trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}
