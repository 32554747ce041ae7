//! `member test`: a mapping tried without a login.

use super::{copy_of_sample, installation, run};
use crate::harness::folder::Folder;
use serde_json::Value;

const MAP: &str = r#"[connector.attributes]
local_id = { from = "RID", pattern = '[A-Z]*(\d{6,12})' }
affiliation = [{ from = ["userType", "type"], split = ";", values = { "教师" = "faculty" } }, { constant = "member" }]
standing = { from = "ZT", values = { "正常" = "good", "挂失" = "blocked" }, otherwise = "suspended" }
valid_until = { from = "PA", date = "YYYYMMDD    HHMMSS", values = { "永久" = "" } }
name = { from = ["XM", "cn"], required = true }
"#;
const SAMPLE: &str = r#"{ "RID": "B20271234", "userType": "教师;访客", "ZT": "正常", "XM": "读者甲",
    "PA": "20270630    235959", "gender": "F" }"#;

/// The sample consortium, whose first library speaks its own words.
fn folder() -> Folder {
    let folder = copy_of_sample();
    let file = "members/nju.toml";
    let text = std::fs::read_to_string(folder.path().join(file)).expect("a file");
    let (before, _) = text.split_once("[connector.attributes]").expect("a map");
    folder.write(file, format!("{before}{MAP}"));
    folder.write("sample.json", SAMPLE);
    folder
}

fn test(folder: &Folder, further: &[&str]) -> super::Ended {
    let mut arguments = vec!["--json", "member", "test", "nju", "--registry", "."];
    arguments.extend(further);
    run(folder.path(), &arguments)
}

fn of<'v>(rows: &'v Value, key: &str, wanted: &str) -> &'v Value {
    let rows = rows.as_array().unwrap_or_else(|| panic!("no list: {rows:#}"));
    rows.iter().find(|row| row[key] == wanted).unwrap_or_else(|| panic!("no {wanted}: {rows:#?}"))
}

#[test]
fn a_sample_shows_what_came_what_became_of_it_and_what_services_are_told() {
    let folder = folder();
    let ended = test(&folder, &["--attributes", "sample.json"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let json = ended.json();
    assert_eq!((&json["accepted"], &json["refusals"]), (&true.into(), &serde_json::json!([])));
    assert_eq!(of(&json["received"], "name", "RID")["fills"][0], "local_id");
    assert_eq!(of(&json["received"], "name", "gender")["looked_at"], false);
    assert_eq!(
        json["dropped"],
        serde_json::json!(["userType: a value dropped, not in the table of its values"])
    );
    for (name, value) in [
        ("local_id", "20271234"),
        ("affiliation", "faculty@nju.edu.cn"),
        ("name", "读者甲"),
        ("standing", "good"),
        ("class", "A"),
    ] {
        assert_eq!(json["reader"][name]["value"], value, "{name}: {:#}", json["reader"]);
    }
    let end = json["reader"]["valid_until"]["value"].as_str().expect("an end");
    assert!(end.starts_with("2027-06-30T23:59:59"), "{end}");
    let ill = of(&json["services"], "service", "ill");
    assert_eq!(of(&ill["values"], "what", "name")["value"], "读者甲");
    assert_eq!(of(&json["services"], "service", "card")["allowed"], false);
    // For people the same is said in words.
    let arguments = ["member", "test", "nju", "--registry", ".", "--attributes", "sample.json"];
    let said = run(folder.path(), &arguments).out;
    for part in ["taken as local_id", "no source looks at it", "ill may be entered", "given"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_login_that_would_be_refused_ends_with_1_and_all_its_reasons() {
    let folder = folder();
    folder.write("sample.json", r#"{ "RID": "x", "PA": "2027" }"#);
    let ended = test(&folder, &["--attributes", "sample.json"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    let json = ended.json();
    let codes: Vec<_> = json["refusals"].as_array().expect("a list").iter().collect();
    assert_eq!(codes.iter().filter(|c| c["code"] == "LOG-036").count(), 2, "{codes:?}");
    assert_eq!(codes.iter().filter(|c| c["code"] == "LOG-038").count(), 1, "{codes:?}");
    assert_eq!((&json["reader"], &json["services"]), (&Value::Null, &serde_json::json!([])));
}

#[test]
fn one_service_is_said_in_full_and_decides_how_it_ends() {
    let folder = folder();
    let at = |service| test(&folder, &["--attributes", "sample.json", "--service", service]);
    let ill = at("ill");
    assert_eq!(ill.code, 0, "{ill:?}");
    assert_eq!(ill.json()["services"].as_array().map(Vec::len), Some(1));
    // The borrowing card is for class B only.
    assert_eq!(at("card").code, 1);
    assert!(at("opca").err.contains("did you mean opac"));
}

#[test]
fn what_is_wrong_in_a_sample_is_named() {
    let folder = folder();
    for (text, says) in [
        (r#"{ "RID": { "a": 1 } }"#, "RID: not a text"),
        (r#"{ "RID": }"#, "line 1"),
        ("RID = ", "sample.json"),
    ] {
        folder.write("sample.json", text);
        let ended = test(&folder, &["--attributes", "sample.json"]);
        assert!(ended.code == 1 && ended.err.contains(says), "{text}: {ended:?}");
    }
    assert!(test(&folder, &["--attributes", "gone.json"]).err.contains("gone.json"));
    let central = ["member", "test", "union", "--registry", ".", "--attributes", "sample.json"];
    folder.write("sample.json", SAMPLE);
    assert!(run(folder.path(), &central).err.contains("nothing is mapped"));
}

#[test]
fn without_a_sample_the_connectors_are_asked_and_what_was_not_seen_is_said() {
    let hub = installation();
    let ended = run(hub.path(), &["member", "test", "nju"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("a login could begin") && ended.out.contains("not looked at"));
    assert_eq!(run(hub.path(), &["member", "test", "njuu"]).code, 1);
    assert_eq!(run(hub.path(), &["member", "test", "nju", "--service", "ill"]).code, 2);
    let accept = ["member", "accept-reader", "nju", "--key", "x"];
    assert_eq!(run(hub.path(), &accept).code, 2, "who it is must be said");
    let nobody = run(hub.path(), &[&accept[..], &["--next-person"]].concat());
    assert!(nobody.code == 1 && nobody.out.contains("nobody was refused"), "{nobody:?}");
}
