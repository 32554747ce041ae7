//! Everything that may be wrong in a folder is said, with place and remedy.

use super::*;

const REASON: &str = "reason = { zh = \"甲\", en = \"a\" }\n";

#[track_caller]
fn says(fault: &str, parts: &[&str]) {
    for part in parts {
        assert!(fault.contains(part), "`{part}` is not in: {fault}");
    }
}

fn row(keys: &str) -> String {
    fault("", Some(&format!("[[row]]\n{keys}\n{REASON}")))
}

#[test]
fn unknown_words_in_cedar() {
    for (condition, parts) in [
        (r#"resource in Service::"ilk""#, ["`ilk` is no service", "known: ill, opac"]),
        (
            r#"resource == Entitlement::"ill:reqest""#,
            ["`ill:reqest` is no entitlement", "ill:request"],
        ),
        (r#"principal.standing == Standing::"god""#, ["`god` is no standing", "good, pending"]),
        (r#"principal.class == Class::"Q""#, ["`Q` is no declared class", "known: A, B"]),
        (
            r#"principal.evidence == Evidence::"password""#,
            ["is no kind of evidence", "password_checked"],
        ),
        (
            r#"principal.member_status == MemberStatus::"suspended""#,
            ["is no status", "live, testing"],
        ),
        (r#"principal.member == Member::"NJU""#, ["is not a member id", "correct the id"]),
        (r#"principal == Reader::"reader""#, ["may not name one reader", "speak of class"]),
        (r#"resource == Service::"portal""#, ["belongs to the hub", "leave it out"]),
    ] {
        let found = faults(
            &rule("r1", &format!("permit (principal, action, resource) when {{ {condition} }};")),
            None,
        );
        let text = show(&found);
        says(&text, &parts);
        says(&text, &["rules.cedar", "@id(\"r1\")"]);
    }
}

#[test]
fn what_cedars_validator_refuses() {
    for (policy, part) in [
        ("permit (principal, action, resource) when { principal.klass == 1 };", "klass"),
        ("permit (principal, action, resource) when { principal.category == \"x\" };", "category"),
        ("permit (principal, action, resource) when { principal.class == \"A\" };", "type"),
        ("permit (principal, action == Action::\"read\", resource);", "read"),
        ("permit (principal is Person, action, resource);", "Person"),
        ("permit (principal, action, resource) when { resource.name == \"x\" };", "name"),
        ("permit (principal, action, resource) when { context.now > 1 };", "now"),
    ] {
        let text = show(&faults(&rule("r1", policy), None));
        says(&text, &["rules.cedar: @id(\"r1\")", part, "a rule may read"]);
    }
}

#[test]
fn a_rule_that_can_never_hold() {
    let policy = r#"permit (principal, action == Action::"enter", resource is Entitlement);"#;
    says(&fault(&rule("r1", policy), None), &["can never hold", "`use` with an Entitlement"]);
    let policy =
        r#"permit (principal, action, resource) when { principal.class == Class::"A" && false };"#;
    says(&fault(&rule("r1", policy), None), &["can never hold"]);
}

#[test]
fn syntax_is_named_by_line() {
    says(&fault("\n\npermit (principal, action resource);", None), &["rules.cedar: line 3"]);
    says(
        &fault("", Some("[[row]]\nenter = \"ill\"")),
        &["matrix.toml: row[0].enter", "a list in brackets, as in enter = [\"ill\"]"],
    );
    says(&fault("", Some("[[row]\n")), &["matrix.toml: line 4"]);
    let mut assertions = source("", None);
    assertions.assertions = Some("a = 1\nb = ".to_owned());
    let faults = PolicySet::compile(&assertions, &[]).unwrap_err();
    says(&show(&faults), &["assertions.toml: line 2"]);
}

#[test]
fn missing_and_misspelt_annotations() {
    let full = rule("r1", ENTER_ILL);
    for (text, parts) in [
        (full.replace("@id(\"r1\")", ""), ["policy 1", "`@id(\"…\")` is missing"]),
        (full.replace("@reason_zh", "@reason_zn"), ["`@reason_zn` is no annotation", "@reason_zh"]),
        (full.replace("why r1", " "), ["`@reason_en(\"…\")` is missing", "next step"]),
        (full.replace("\"r1\"", "\"a b\""), ["is no id", "without spaces"]),
        (full.replace("\"r1\"", "\"hub:x\""), ["is no id", "the hub's own"]),
        (format!("@max_age_s(\"5\") {full}"), ["out of bounds", "from 60 to 86400"]),
        (format!("@max_age_s(\"10m\") {full}"), ["out of bounds", "write seconds"]),
        (
            format!("@max_age_s(\"600\") {}", rule("r", USE_REQUEST)),
            ["another policy than a permit", "enter"],
        ),
        (
            format!("@max_age_s(\"600\") {}", full.replace("permit", "forbid")),
            ["another policy than a permit", "enter"],
        ),
        (
            rule("r", "permit (principal, action, resource == ?resource);"),
            ["templates", "write the policy out"],
        ),
    ] {
        says(&show(&faults(&text, None)), &parts);
    }
}

#[test]
fn an_id_stands_once_in_the_whole_folder() {
    let matrix = format!("[[row]]\nid = \"r1\"\nenter = [\"ill\"]\n{REASON}");
    says(
        &fault(&rule("r1", ENTER_ILL), Some(&matrix)),
        &["matrix.toml: row[0]", "rules.cedar too", "another id"],
    );
    says(
        &fault(&[rule("r1", ENTER_ILL), rule("r1", USE_REQUEST)].concat(), None),
        &["rules.cedar too"],
    );
}

#[test]
fn unknown_words_in_the_matrix() {
    for (keys, parts) in [
        (
            "class = [\"A\", \"Q\"]\nenter = [\"ill\"]",
            ["row[0].class[1]", "`Q` is no declared class"],
        ),
        ("standing = [\"god\"]\nenter = [\"ill\"]", ["row[0].standing[0]", "known: good"]),
        ("enter = [\"ilk\"]", ["row[0].enter[0]", "`ilk` is no service"]),
        ("enter = [\"portal\"]", ["row[0].enter[0]", "always open"]),
        ("allow = [\"ill:all\"]", ["row[0].allow[0]", "known: ill:guaranteed, ill:request"]),
        (
            "affiliation = [\"studnet\"]\nenter = [\"ill\"]",
            ["row[0].affiliation[0]", "library-walk-in"],
        ),
        ("member = [\"N\"]\nenter = [\"ill\"]", ["row[0].member[0]", "2 to 32"]),
        ("evidence = [\"card\"]\nenter = [\"ill\"]", ["row[0].evidence[0]", "asserted"]),
        ("class = []\nenter = [\"ill\"]", ["row[0].class", "the list is empty"]),
        ("enter = [\"ill\", \"ill\"]", ["row[0].enter[1]", "twice"]),
        ("region = [\" \"]\nenter = [\"ill\"]", ["row[0].region[0]", "the word is empty"]),
        ("class = [\"A\"]", ["row[0].enter", "names no service and no right"]),
        ("use = [\"ill:request\"]", ["row[0].use", "a [[row]] gives rights by `allow`"]),
        ("id = \"\"\nenter = [\"ill\"]", ["row[0].id", "1 to 64"]),
        ("max_age_s = 5\nenter = [\"ill\"]", ["row[0].max_age_s", "from 60"]),
        ("max_age_s = 600\nallow = [\"ill:request\"]", ["row[0].max_age_s", "leave it out"]),
        ("klass = [\"A\"]", ["matrix.toml: row[0].klass: unknown key", "known here are id, class"]),
    ] {
        says(&row(keys), &parts);
    }
}

#[test]
fn denials_reasons_and_classes_of_the_matrix() {
    let deny = |keys: &str| fault("", Some(&format!("[[deny]]\n{keys}")));
    says(&deny(&format!("allow = [\"ill:request\"]\n{REASON}")), &["deny[0].allow", "by `use`"]);
    says(&deny(&format!("max_age_s = 600\nenter = [\"ill\"]\n{REASON}")), &["deny[0].max_age_s"]);
    says(&deny("enter = [\"ill\"]"), &["deny[0].reason", "next step"]);
    says(
        &deny("enter = [\"ill\"]\nreason = { zh = \"甲\" }"),
        &["deny[0].reason", "one of the languages"],
    );

    let source =
        |text: &str| PolicySource { matrix: Some(text.to_owned()), ..PolicySource::default() };
    let wrong = |text| show(&PolicySet::compile(&source(text), &[ill()]).unwrap_err());
    says(
        &wrong("[classes]\n\"A-1\" = { zh = \"甲\", en = \"a\" }"),
        &["classes.A-1", "letters or digits"],
    );
    says(&wrong("[classes]\nA = { zh = \"甲\" }"), &["classes.A", "no name"]);
    let undeclared = format!("[[row]]\nclass = [\"A\"]\nenter = [\"ill\"]\n{REASON}");
    says(&wrong(&undeclared), &["row[0].class[0]", "[classes]", "there is none"]);
}

#[test]
fn all_faults_are_said_at_once() {
    let matrix = format!(
        "[[row]]\nclass = [\"Q\"]\nenter = [\"ilk\"]\n{REASON}[[deny]]\nuse = [\"x\"]\n{REASON}"
    );
    let all = faults(
        &rule("r1", "permit (principal, action, resource == Service::\"ilk\");"),
        Some(&matrix),
    );
    assert_eq!(all.len(), 4, "{}", show(&all));
}

#[test]
fn a_file_has_a_bounded_size() {
    let all = faults(&" ".repeat(1024 * 1024 + 1), None);
    says(&show(&all), &["rules.cedar", "1 MiB"]);
}

#[test]
fn a_deep_matrix_is_a_fault_and_no_crash() {
    let deep = format!("x = {}{}", "[".repeat(50_000), "]".repeat(50_000));
    assert!(!faults("", Some(&deep)).is_empty());
}

#[test]
fn what_follows_from_an_unread_file_is_not_told_again() {
    let text = [
        rule("r1", r#"permit (principal, action == Action::"enter", resource == Service::"lost");"#),
        rule("r2", r#"permit (principal, action == Action::"use", resource == Entitlement::"lost:x");"#),
        rule("r3", r#"permit (principal, action, resource in Service::"ill") when { principal.class == Class::"Q" };"#),
    ]
    .concat();
    let unread = Unread { services: ["lost".to_owned()].into(), matrix: true };
    let mut broken = source(&text, None);
    broken.matrix = None;
    assert!(PolicySet::judge(&broken, &[ill()], &unread).is_ok());
    // Each forgives its own words and no other.
    let told = |unread: &Unread| show(&PolicySet::judge(&broken, &[ill()], unread).unwrap_err());
    let services = told(&Unread { matrix: false, ..unread.clone() });
    assert!(
        services.contains("`Q` is no declared class") && !services.contains("lost"),
        "{services}"
    );
    let matrix = told(&Unread { matrix: true, ..Unread::default() });
    assert!(matrix.contains("`lost` is no service") && matrix.contains("`lost:x`"), "{matrix}");
    assert!(!matrix.contains("`Q`"), "{matrix}");
    // A matrix that does not parse is one fault, not one for every class that is named.
    broken.matrix = Some("[classes]\nA = 5\n".to_owned());
    let told =
        PolicySet::judge(&broken, &[ill()], &Unread { matrix: false, ..unread }).unwrap_err();
    assert_eq!(told.len(), 1, "{}", show(&told));
}
