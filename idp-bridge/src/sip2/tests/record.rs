//! What becomes of a patron's record.

use super::*;
use model::{AttributeName, Standing};

async fn claim(fields: &'static str, flags: &'static str, settings: &[(&str, Value)]) -> Claimed {
    let patron = Patron { flags, fields, ..patron("1001") };
    let library = Box::pin(Library::with(Quirks::default(), settings, vec![patron])).await;
    claimed(library.log_in("1001", "4711").await)
}

#[tokio::test]
async fn flags_close_by_rule() {
    let harmless = " YYY   YY     ";
    for (flags, settings, standing) in [
        (GOOD, vec![], Standing::Good),
        (harmless, vec![], Standing::Good),
        ("    Y         ", vec![], Standing::Blocked),
        ("          Y   ", vec![], Standing::Blocked),
        ("          Y   ", vec![("blocked_by", json!(["card_lost"]))], Standing::Good),
        (harmless, vec![("blocked_by", json!(["hold_denied"]))], Standing::Blocked),
        ("YYYYYYYYYYYYYY", vec![("blocked_by", json!([]))], Standing::Good),
    ] {
        assert_eq!(
            Box::pin(claim("XI900|", flags, &settings)).await.standing(),
            standing,
            "{flags}"
        );
    }
}

#[tokio::test]
async fn each_field_finds_its_attribute() {
    let fields =
        "XI900|AE读者甲|BEa@example.org|BF025-1|PC研究生|PA20260630    235959|AFhello|AFagain|";
    let claim = Box::pin(claim(fields, GOOD, &[])).await;
    assert_eq!(claim.profile().phone.as_deref(), Some("025-1"));
    assert_eq!(claim.profile().card_number.as_deref(), Some("1001"));
    assert_eq!(claim.category(), Some("研究生"));
    assert_eq!(
        claim.valid_until().map(model::Timestamp::rfc3339).as_deref(),
        Some("2026-06-30T15:59:59Z")
    );
    assert_eq!(claim.class().as_str(), "A");
}

#[tokio::test]
async fn fields_are_named_by_the_entry() {
    let fields = "ZK77|XI900|PX20991231|PAinternet|U1化学系|";
    let patron = Patron { fields, ..patron("1001") };
    let mut library = Library::with(Quirks::default(), &[], vec![patron]).await;
    for (attribute, code) in [
        (AttributeName::LocalId, "ZK"),
        (AttributeName::ValidUntil, "PX"),
        (AttributeName::Department, "U1"),
    ] {
        library.place.entry.attributes.insert(attribute, code.into());
    }
    let claim = claimed(library.log_in("1001", "4711").await);
    assert_eq!(claim.key().as_str(), "77");
    assert_eq!(claim.profile().department.as_deref(), Some("化学系"));
    assert!(claim.valid_until().is_some());
}

#[tokio::test]
async fn a_name_in_another_charset_is_dropped_and_a_key_in_one_is_refused() {
    let quirks = Quirks { encode: gbk, ..Quirks::default() };
    let library = Library::new(quirks.clone(), &[]).await;
    let claim = claimed(library.log_in("1001", "4711").await);
    assert_eq!((claim.profile().name.as_deref(), claim.notes().len()), (None, 1));
    let keyed = Patron { fields: "XI读者|", ..patron("1001") };
    let library = Library::with(quirks, &[], vec![keyed]).await;
    assert_eq!(library.code("1001", "4711").await, code::LOG_BAD_VALUE);
}

#[tokio::test]
async fn a_false_field_inside_an_address_does_not_stand_for_the_real_one() {
    let fields = "BDx|XI901|PC9|XI900|PC1|";
    let library =
        Library::with(Quirks::default(), &[], vec![Patron { fields, ..patron("1001") }]).await;
    assert_eq!(library.code("1001", "4711").await, code::LOG_BAD_VALUE);
}
