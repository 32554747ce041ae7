use super::*;
use crate::testing::{Place, World, world};
use model::{AttributeName, Code, Sources, Standing, code};

/// One login at nju, whose entry maps as the TOML says, and what its library says.
struct Said<'w> {
    world: &'w World,
    place: Place,
    values: Values,
}

fn said<'w>(world: &'w World, attributes: &str, values: &[(&str, &str)]) -> Said<'w> {
    let mut place = world.place("nju", "campus");
    place.entry.attributes = toml::from_str(attributes).expect("a map");
    let uid = || Sources::from("uid");
    place.entry.attributes.entry(AttributeName::LocalId).or_insert_with(uid);
    let mut all = Values::new();
    let has_uid = values.iter().any(|(name, _)| *name == "uid");
    for (name, value) in values.iter().copied().chain((!has_uid).then_some(("uid", "u1"))) {
        all.add(name, value);
    }
    Said { world, place, values: all }
}

impl Said<'_> {
    fn read(&self) -> Result<Facts, Refusal> {
        read(&self.world.at(&self.place, &self.world.moment), &self.values)
    }

    fn facts(&self) -> Facts {
        self.read().expect("facts")
    }

    fn code(&self) -> Code {
        self.read().expect_err("a refusal").code()
    }
}

fn affiliation(facts: &Facts) -> Vec<&str> {
    facts.affiliation.iter().map(String::as_str).collect()
}

const TYPES: &str = r#"affiliation = { from = ["type", "user_type"], split = ";", values = { "教师" = "faculty", "本科生" = "student", "临时" = "" } }"#;

#[tokio::test]
async fn a_table_gives_our_words_for_the_members_and_drops_the_rest_with_a_note() {
    let world = world().await;
    let said = said(&world, TYPES, &[("user_type", "教师; 本科生 ;访客;临时;")]);
    let facts = said.facts();
    assert_eq!(affiliation(&facts), ["faculty@nju.edu.cn", "student@nju.edu.cn"]);
    assert_eq!(facts.notes, ["user_type: a value dropped, not in the table of its values"]);
}

#[tokio::test]
async fn the_first_source_that_gives_a_value_wins() {
    let world = world().await;
    let map = r#"
        affiliation = [{ from = "type", values = { "1" = "faculty" } }, { from = "role" }, { constant = "member" }]
        name = ["XM", { constant = "reader" }]"#;
    let kept = |values: &[(&str, &str)]| said(&world, map, values).facts();
    assert_eq!(affiliation(&kept(&[("type", "1"), ("role", "staff")])), ["faculty@nju.edu.cn"]);
    assert_eq!(affiliation(&kept(&[("type", "9"), ("role", "staff")])), ["staff@nju.edu.cn"]);
    let facts = kept(&[("type", "9"), ("XM", " ")]);
    assert_eq!(affiliation(&facts), ["member@nju.edu.cn"]);
    assert_eq!(facts.profile.name.as_deref(), Some("reader"));
}

#[tokio::test]
async fn a_key_is_cut_out_of_a_value_in_the_members_own_scope_alone() {
    let world = world().await;
    let map = r#"local_id = [{ from = "eduPersonPrincipalName", pattern = '^(.+)@nju\.edu\.cn$' }, "uid"]"#;
    let key = |value| said(&world, map, &[("eduPersonPrincipalName", value)]);
    assert_eq!(key("S1@nju.edu.cn").facts().key.as_str(), "s1");
    // What is there and bad never leaves its turn to the next.
    assert_eq!(key("s1@pku.edu.cn").code(), code::LOG_SCOPE_FOREIGN);
    assert_eq!(key("s1").code(), code::LOG_SCOPE_FOREIGN, "no scope of its own at all");
    let ours = &[("eduPersonPrincipalName", "s1@x@nju.edu.cn"), ("subject-id", "a@nju.edu.cn")];
    assert_eq!(said(&world, map, ours).code(), code::LOG_BAD_VALUE);
    let plain = r#"local_id = [{ from = "card", pattern = 'B(\d+)' }, "uid"]"#;
    assert_eq!(said(&world, plain, &[("card", "B12")]).facts().key.as_str(), "12");
    assert_eq!(said(&world, plain, &[("card", "C12")]).code(), code::LOG_BAD_VALUE);
    assert_eq!(said(&world, plain, &[("card", "B1"), ("card", "B2")]).code(), code::LOG_BAD_VALUE);
    let empty = r#"local_id = [{ from = "card", pattern = 'B(\d*)' }, "uid"]"#;
    assert_eq!(said(&world, empty, &[("card", "B")]).code(), code::LOG_BAD_VALUE);
}

#[tokio::test]
async fn a_foreign_scope_is_seen_before_a_rule_can_cut_it_off() {
    let world = world().await;
    let map = r#"affiliation = { from = "eduPersonScopedAffiliation", pattern = "([^@]+)@.*" }
        name = { from = "eduPersonPrincipalName", pattern = "([^@]+)@.*" }"#;
    let values = [
        ("eduPersonScopedAffiliation", "staff@pku.edu.cn"),
        ("eduPersonScopedAffiliation", "student@nju.edu.cn"),
        ("eduPersonPrincipalName", "s1@pku.edu.cn"),
    ];
    let facts = said(&world, map, &values).facts();
    assert_eq!(affiliation(&facts), ["student@nju.edu.cn"]);
    assert_eq!((facts.profile.name, facts.notes.len()), (None, 2));
    let made = r#"affiliation = { from = "type", values = { "1" = "staff@pku.edu.cn" } }"#;
    assert_eq!(affiliation(&said(&world, made, &[("type", "1")]).facts()), [""; 0]);
}

#[tokio::test]
async fn standing_goes_by_the_table_and_an_unknown_word_lets_nobody_in() {
    let world = world().await;
    let map = r#"standing = { from = "state", values = { "正常" = "good", "挂失" = "blocked", "-" = "" } }"#;
    let standing = |value| said(&world, map, &[("state", value)]);
    assert_eq!(standing("挂失").facts().standing, Standing::Blocked);
    assert_eq!(standing("正常").facts().standing, Standing::Good);
    assert_eq!(standing("-").facts().standing, Standing::Good);
    assert_eq!(standing("注销").code(), code::LOG_BAD_VALUE);
    let rest =
        r#"standing = { from = "state", values = { "正常" = "good" }, otherwise = "suspended" }"#;
    assert_eq!(said(&world, rest, &[("state", "注销")]).facts().standing, Standing::Suspended);
    assert_eq!(said(&world, rest, &[]).facts().standing, Standing::Good);
    let both = [("state", "正常"), ("state", "注销")];
    assert_eq!(said(&world, rest, &both).code(), code::LOG_BAD_VALUE);
}

#[tokio::test]
async fn an_end_is_read_in_the_forms_of_library_systems() {
    let world = world().await;
    let end = |map: &str, value: &str| {
        let facts = said(&world, map, &[("PA", value)]).read();
        facts.map(|facts| facts.valid_until.expect("an end").rfc3339())
    };
    let plain = r#"valid_until = "PA""#;
    for (map, value, expected) in [
        (plain, "2027-06-30", "2027-07-01T00:00:00Z"),
        (plain, "20270630", "2027-06-30T16:00:00Z"),
        (plain, "20270630    235959", "2027-06-30T15:59:59Z"),
        (plain, "20270630   Z235959", "2027-06-30T23:59:59Z"),
        (
            r#"valid_until = { from = "PA", date = "YYYY/M/D" }"#,
            "2027/6/30",
            "2027-06-30T16:00:00Z",
        ),
        (
            r#"valid_until = { from = "PA", date = "YYYY-MM-DD", zone = "+09:00" }"#,
            "2027-06-30",
            "2027-06-30T15:00:00Z",
        ),
    ] {
        assert_eq!(end(map, value).expect("an end"), expected, "{map} {value}");
    }
    let other = r#"valid_until = { from = "PA", date = "YYYYMMDD" }"#;
    assert_eq!(end(other, "2027-06-30").expect_err("refused").code(), code::LOG_BAD_VALUE);
    assert_eq!(end(plain, "00000000").expect_err("refused").code(), code::LOG_BAD_VALUE);
    let never = r#"valid_until = { from = "PA", date = "YYYYMMDD", values = { "永久" = "" } }"#;
    assert_eq!(said(&world, never, &[("PA", "永久")]).facts().valid_until, None);
    assert_eq!(end(never, "20270630").expect("an end"), "2027-06-30T16:00:00Z");
    assert_eq!(end(never, "长期").expect_err("refused").code(), code::LOG_BAD_VALUE);
}

#[tokio::test]
async fn what_is_required_must_be_there_in_the_end() {
    let world = world().await;
    let map = r#"name = { from = ["XM", "cn"], required = true }"#;
    assert_eq!(
        said(&world, map, &[("cn", "读者甲")]).facts().profile.name.as_deref(),
        Some("读者甲")
    );
    let refusal = said(&world, map, &[]).read().expect_err("refused");
    assert_eq!(refusal.code(), code::LOG_VALUE_MISSING);
    assert!(refusal.to_string().contains("name") && refusal.to_string().contains("XM, cn"));
    let long = "x".repeat(300);
    assert_eq!(said(&world, map, &[("XM", &long)]).code(), code::LOG_VALUE_MISSING, "dropped");
    let standing = r#"standing = { from = "state", required = true }"#;
    assert_eq!(said(&world, standing, &[]).code(), code::LOG_VALUE_MISSING);
    assert_eq!(said(&world, standing, &[("state", "good")]).facts().standing, Standing::Good);
}

#[tokio::test]
async fn notes_and_refusals_hold_no_value() {
    let world = world().await;
    let map = r#"name = { from = "XM", pattern = "x" }
        valid_until = { from = "PA", date = "YYYYMMDD" }"#;
    let noted = said(&world, map, &[("XM", "secret")]).facts().notes.join(" ");
    assert!(noted.contains("XM") && !noted.contains("secret"), "{noted}");
    let refusal = said(&world, map, &[("PA", "secret")]).read().expect_err("refused").to_string();
    assert!(refusal.contains("PA") && !refusal.contains("secret"), "{refusal}");
    let mut values = Values::new();
    values.add("XM", "secret");
    assert_eq!(format!("{values:?}"), r#"{"XM"}"#);
}

#[tokio::test]
async fn a_text_of_too_many_parts_or_too_long_is_dropped() {
    let world = world().await;
    let map = r#"affiliation = { from = "type", split = ";" }"#;
    let many = |count| vec!["student"; count].join(";");
    assert_eq!(affiliation(&said(&world, map, &[("type", &many(64))]).facts()).len(), 1);
    assert_eq!(affiliation(&said(&world, map, &[("type", &many(65))]).facts()).len(), 0);
    let long = "x".repeat(4097);
    assert_eq!(said(&world, map, &[("type", &long)]).facts().notes.len(), 1);
}

#[tokio::test]
async fn an_attribute_goes_by_all_its_names_but_the_subject_by_its_own() {
    let mut values = Values::new();
    values.add("urn:oid:0.9.2342.19200300.100.1.3", " a@nju.edu.cn ");
    values.add("mail", "b@nju.edu.cn");
    values.add("mail", " ");
    values.add("NameID:persistent", "P1");
    assert_eq!(values.of("mail").collect::<Vec<_>>(), ["a@nju.edu.cn", "b@nju.edu.cn"]);
    assert_eq!(values.of("NameID").count(), 0);
    assert_eq!(values.of("NameID:persistent").collect::<Vec<_>>(), ["P1"]);
}
