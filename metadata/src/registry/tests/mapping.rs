//! The mapping language in a member's file: what `check` says of it, and that it comes back.

use super::faults::{faults, tells};
use crate::registry::{Bundle, canonical};
use crate::testing::{Folder, NOON, registry};

const NJU: &str = "members/nju.toml";
const KEY: &str = "connector[0].attributes";

/// The good folder with these words in the place of the name's source.
fn with(from: &str, to: &str) -> Folder {
    let folder = registry();
    folder.edit(NJU, from, to);
    folder
}

fn name(source: &str) -> Folder {
    with("name = \"displayName\"", &format!("name = {source}"))
}

fn other(attribute: &str) -> Folder {
    with("name = \"displayName\"", attribute)
}

#[test]
fn every_part_of_a_rule_is_told_by_its_key() {
    for (source, key, what) in [
        ("{}", "name", "no `from`"),
        ("{ from = [] }", "name", "no `from`"),
        ("{ from = \"\" }", "name", "a name that is empty"),
        ("[\"cn\", { form = \"x\" }]", "name[1].form", "unknown key"),
        ("[\"cn\", 5]", "name[1]", "wrong type"),
        ("{ from = 5 }", "name.from", "wrong type"),
        ("{ from = \"x\", split = 5 }", "name.split", "wrong type"),
        ("{ from = \"x\", split = \"\" }", "name.split", "not 1 to 8"),
        ("{ from = \"x\", values = \"x\" }", "name.values", "wrong type"),
        ("{ from = \"x\", values = { a = 5 } }", "name.values", "wrong type"),
        ("{ from = \"x\", values = { \" a\" = \"b\" } }", "name.values. a", "no value can be"),
        ("{ from = \"x\", otherwise = \"b\" }", "name.otherwise", "no table"),
        ("{ from = \"x\", required = \"yes\" }", "name.required", "wrong type"),
        ("{ from = \"x\", pattern = \"(a\" }", "name.pattern", "unclosed group"),
        ("{ from = \"x\", pattern = \"(a)(b)\" }", "name.pattern", "more than one group"),
        ("{ from = \"x\", pattern = \"(?:(?:a{100}){100}){100}\" }", "name.pattern", "too large"),
        ("{ constant = \"x\", from = \"y\" }", "name", "stands alone"),
        ("{ constant = \" \" }", "name.constant", "not 1 to 256"),
        ("{ from = \"x\", date = \"YYYYMMDD\" }", "name.date", "only valid_until"),
    ] {
        tells(&name(source), (NJU, &format!("{KEY}.{key}"), what));
    }
    for (attribute, key, what) in [
        (
            "valid_until = { from = \"x\", date = \"YYMMDD\" }",
            "valid_until.date",
            "no part of a date",
        ),
        ("valid_until = { from = \"x\", date = \"YYYYMM\" }", "valid_until.date", "`DD`"),
        (
            "valid_until = { from = \"x\", date = \"YYYYMMDD\", zone = \"Asia\" }",
            "valid_until.zone",
            "no offset",
        ),
        ("valid_until = { from = \"x\", zone = \"Z\" }", "valid_until.zone", "without date"),
        (
            "standing = { from = \"x\", values = { a = \"fine\" } }",
            "standing.values.a",
            "`fine` is no standing",
        ),
        ("standing = { constant = \"fine\" }", "standing.constant", "`fine` is no standing"),
    ] {
        tells(&other(attribute), (NJU, &format!("{KEY}.{key}"), what));
    }
}

#[test]
fn nothing_that_two_readers_may_share_is_a_key() {
    for (source, key) in [
        ("{ constant = \"guest\" }", "constant"),
        ("{ from = \"pairwise-id\", split = \";\" }", "split"),
        ("{ from = \"pairwise-id\", values = { a = \"b\" } }", "values"),
    ] {
        let folder = with("[\"pairwise-id\", \"subject-id\"]", source);
        tells(&folder, (NJU, &format!("{KEY}.local_id.{key}"), "two readers one key"));
    }
    let rule = "[\"pairwise-id\", { from = \"uid\", pattern = \"s(.+)\" }]";
    let folder = with("[\"pairwise-id\", \"subject-id\"]", rule);
    tells(&folder, (NJU, &format!("{KEY}.local_id"), "`uid` may pass to another person"));
    folder.edit(NJU, "unsolicited", "reassignable = true\nunsolicited");
    assert_eq!(faults(&folder), []);
}

#[test]
fn what_a_key_is_bound_to_must_be_there_and_tell_readers_apart() {
    let bound = |source: &str, keys: &str| {
        let folder = name(source);
        folder.edit(NJU, "unsolicited", &format!("{keys}\nunsolicited"));
        folder
    };
    let required = "{ from = \"displayName\", required = true }";
    let at = "connector[0].bound_to";
    let both = "reassignable = true\nbound_to = \"name\"";
    assert_eq!(faults(&bound(required, both)), []);
    tells(&bound("\"displayName\"", both), (NJU, at, "may be missing"));
    tells(&bound(required, "bound_to = \"name\""), (NJU, at, "not said to pass"));
    tells(&bound(required, "bound_to = 5"), (NJU, at, "wrong type"));
    let nobody = bound(required, "reassignable = true\nbound_to = \"nobody\"");
    tells(&nobody, (NJU, at, "none of the words allowed"));
    let class = bound(required, "reassignable = true\nbound_to = \"category\"");
    class.edit(
        NJU,
        "name = { from",
        "category = { from = \"type\", required = true }, name = { from",
    );
    tells(&class, (NJU, at, "does not tell one reader"));
}

#[test]
fn a_mapping_comes_back_as_it_was_in_canonical_form() {
    let folder = other(
        &[
            r#"affiliation = [{ values = { "本科生" = "student", '教"师' = "faculty" }, "#,
            r#"from = ["type", "user_type"], otherwise = "", split = ";" }, { constant = "member" }], "#,
            r#"valid_until = { date = "YYYYMMDD    HHMMSS", zone = "+08:00", from = "PA", required = true }, "#,
            r#"name = { pattern = '^(?:\S+ )?(.+)$', from = "XM" }"#,
        ]
        .concat(),
    );
    assert_eq!(faults(&folder), []);
    let content = |folder: &Folder| Bundle::read(folder.path(), NOON).expect("good").content;
    let files = canonical::files(&content(&folder));
    let line = files[NJU].lines().find(|line| line.starts_with("attributes")).expect("a line");
    assert_eq!(
        line,
        r#"attributes = { name = { from = "XM", pattern = "^(?:\\S+ )?(.+)$" }, local_id = ["pairwise-id", "subject-id"], affiliation = [{ from = ["type", "user_type"], split = ";", values = { "教\"师" = "faculty", "本科生" = "student" }, otherwise = "" }, { constant = "member" }], valid_until = { from = "PA", date = "YYYYMMDD    HHMMSS", zone = "+08:00", required = true } }"#
    );
    folder.write(NJU, &files[NJU]);
    assert_eq!(canonical::files(&content(&folder))[NJU], files[NJU]);
}
