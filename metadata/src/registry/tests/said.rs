//! How a fault is said: plainly, by its cause, and no louder than it is.

use super::faults::{ILL, NJU, UNION, faults, tells};
use crate::registry::{Bundle, check};
use crate::testing::{NOON, registry, sp_xml};

/// Whoever writes a registry knows TOML and libraries, and not the program's types.
#[test]
fn a_fault_of_form_says_what_belongs_there_with_an_example() {
    let said = |from: &str, to: &str| {
        let folder = registry();
        folder.edit(NJU, from, to);
        faults(&folder)[0].to_string()
    };
    for (from, to, remedy) in [
        ("\"江苏/南京\"", "5", "write a text in quotes, as in region = \"江苏/南京\""),
        ("\"NJU\"", "7", "as in codes = [\"a210093\"]"),
        ("class = \"A\"\n", "", "add the key, as in class = \"A\""),
        ("\"live\"", "\"alive\"", "write one of applied, testing, live, suspended, left, as in"),
        ("192.0.2.0/24", "192.0.2.0/33", "as in ranges = [\"192.0.2.0/24\"]"),
        ("id = \"nju\"", "id = \"NJU\"", "as in id = \"nju\""),
        ("name = {", "name = \"x\" #", "write { zh = \"…\", en = \"…\" }, as in name ="),
    ] {
        let said = said(from, to);
        assert!(said.contains(remedy), "{said}");
        for word in ["struct", "enum", "field", "variant", "expected", "invalid type"] {
            assert!(!said.contains(word), "`{word}` in {said}");
        }
    }
}

#[test]
fn a_live_member_without_a_connector_is_a_fault_and_a_testing_one_a_warning() {
    let without = |status: &str| {
        let folder = registry();
        folder.edit(UNION, "[[connector]]\nkind = \"central\"\n", "");
        folder.edit(UNION, "\"live\"", &format!("\"{status}\""));
        folder
    };
    tells(&without("live"), (UNION, "connector", "cannot log in (LOG-014)"));
    for status in ["testing", "applied", "suspended", "left"] {
        let report = check(without(status).path(), NOON);
        assert_eq!(report.faults, [], "{status}");
        let warned: Vec<&str> = report.warnings.iter().map(|w| w.file.as_str()).collect();
        assert_eq!(warned, if status == "testing" { vec![UNION] } else { Vec::new() }, "{status}");
        assert_eq!(
            Bundle::read(without(status).path(), NOON).expect("good").warnings(),
            report.warnings
        );
    }
    assert_eq!(check(registry().path(), NOON).warnings, []);
}

#[test]
fn a_service_that_no_rule_opens_is_a_warning() {
    let warned = |rule: &str| {
        let folder = registry();
        let head = "@id(\"a\")\n@reason_zh(\"甲\")\n@reason_en(\"a\")\n";
        folder.write("policy/own.cedar", &format!("{head}{rule}\n"));
        let report = check(folder.path(), NOON);
        assert_eq!(report.faults, [], "{rule}");
        report.warnings.iter().map(|w| w.file.clone()).collect::<Vec<_>>()
    };
    let both = [ILL, "services/ccc.toml"].map(str::to_owned);
    let sorted = |mut files: Vec<String>| {
        files.sort();
        files
    };
    assert_eq!(warned("permit (principal, action, resource);"), Vec::<String>::new());
    assert_eq!(
        warned("permit (principal, action, resource in Service::\"ill\");"),
        ["services/ccc.toml"]
    );
    assert_eq!(
        sorted(warned("forbid (principal, action, resource);")),
        sorted(both.to_vec()),
        "a forbid opens nothing"
    );
}

/// Folders of other files are whose they are.
#[test]
fn a_secret_that_others_may_read_is_a_warning_with_its_remedy() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = registry();
    folder.write("letters/nju.txt", "Dear colleagues");
    let path = folder.path().join("services/ill.secret");
    for (mode, warned) in [(0o600, 0), (0o400, 0), (0o640, 1), (0o604, 1), (0o666, 1)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("mode");
        let report = check(folder.path(), NOON);
        assert_eq!(report.faults, [], "{mode:o}");
        assert_eq!(report.warnings.len(), warned, "{mode:o}: {:?}", report.warnings);
        for warning in &report.warnings {
            let said = warning.to_string();
            for part in [ILL, "client_secret_file", "ill.secret", "chmod 600", &format!("{mode:o}")]
            {
                assert!(said.contains(part), "no `{part}` in {said}");
            }
        }
    }
}

/// The cause is told, and not every rule that names what could not be read.
#[test]
fn what_follows_from_a_broken_file_is_not_told_again() {
    let with_policy = || {
        let folder = registry();
        folder.write(
            "policy/matrix.toml",
            "[classes]\nA = { zh = \"甲\", en = \"a\" }\nB = { zh = \"乙\", en = \"b\" }\n\
             [[row]]\nclass = [\"A\"]\nmember = [\"union\"]\nenter = [\"ill\"]\nallow = [\"ill:request\"]\n\
             reason = { zh = \"由\", en = \"why\" }\n",
        );
        folder.write(
            "policy/b.cedar",
            "@id(\"b\")\n@reason_zh(\"由\")\n@reason_en(\"why\")\n\
             permit (principal, action, resource in Service::\"ill\") when { principal.class == Class::\"B\" };\n",
        );
        folder
    };
    assert_eq!(faults(&with_policy()), []);
    let policy = "policy/matrix.toml";
    let spoils = [
        (ILL, "id = \"ill\"", "id = ", ILL, ""),
        (ILL, "launch_url = \"", "launch_url = 5 #", ILL, "launch_url"),
        (ILL, "id = \"ill\"", "id = \"lli\"", ILL, "id"),
        (UNION, "class = \"B\"", "class = 5", UNION, "class"),
        (policy, "[classes]", "[classes", policy, "line 1"),
        (policy, "enter = [\"ill\"]", "enter = \"ill\"", policy, "row[0].enter"),
    ];
    for (file, from, to, at, key) in spoils {
        let folder = with_policy();
        folder.edit(file, from, to);
        tells(&folder, (at, key, ""));
    }
    let folder = with_policy();
    std::fs::write(folder.path().join(policy), [0xff]).expect("file");
    tells(&folder, (policy, "", "not UTF-8"));
    // A member that is called by its right id in a file of another name.
    let folder = with_policy();
    folder.write("members/onion.toml", &folder.read(UNION));
    folder.remove(UNION);
    tells(&folder, ("members/onion.toml", "id", "not that of the file"));
    // What is wrong by itself is still told beside it.
    let folder = with_policy();
    folder.edit(ILL, "id = \"ill\"", "id = ");
    folder.edit(policy, "enter = [\"ill\"]", "enter = [\"ilk\"]");
    assert_eq!(faults(&folder).len(), 2, "{:?}", faults(&folder));
}

#[test]
fn a_saml_service_and_an_openid_client_never_share_the_names_of_readers() {
    for (entity, what) in [
        ("ill.test", "services/ill.toml"),
        ("urn:oasis:names:tc:SAML:attribute:subject-id", "all services share"),
    ] {
        let folder = registry();
        folder.write("services/ccc-sp.xml", &sp_xml(entity));
        tells(&folder, ("services/ccc.toml", "saml.metadata", what));
    }
    // An app's own scheme names no site: its sector is `service:ill`.
    let folder = registry();
    folder.edit(ILL, "https://ill.test/callback", "org.example.app:/cb");
    folder.write("services/ccc-sp.xml", &sp_xml("service:ill"));
    tells(&folder, ("services/ccc.toml", "saml.metadata", "services/ill.toml"));
    // One service by both protocols knows its readers anyway.
    let folder = registry();
    folder.edit(ILL, "[oidc]", "[saml]\nmetadata = \"ill-sp.xml\"\n[oidc]");
    folder.write("services/ill-sp.xml", &sp_xml("ill.test"));
    assert_eq!(faults(&folder), []);
}
