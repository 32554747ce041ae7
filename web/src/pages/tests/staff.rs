//! The pages of those who work here.

use super::super::*;
use super::{at, both, handle, login_code, member, service};
use crate::Ends;
use crate::staff::{Found, Room, Search};
use login::AccountRow;
use model::*;
use std::collections::BTreeMap;

fn field(name: &'static str, kind: FieldKind, label: FieldLabel, value: &str) -> Field {
    Field { name, kind, label, autocomplete: "one-time-code", value: value.to_owned() }
}

fn form(kind: FormKind, fields: Vec<Field>, problem: Option<Code>) -> Form {
    Form {
        kind,
        action: "/login",
        hidden: vec![("handle".into(), handle().to_string())],
        fields,
        member: None,
        service: Some(service("console")),
        problem,
    }
}

#[test]
fn second_factor() {
    let code = || field("otp", FieldKind::Text, FieldLabel::OneTimeCode, "");
    let asked = form(FormKind::SecondFactor, vec![code()], None);
    both("factor_code", "POST", "/login", |stage| factor::page(stage, &asked));
    let wrong = form(FormKind::SecondFactor, vec![code()], Some(code::ACC_WRONG_CODE));
    both("factor_wrong", "POST", "/login", |stage| factor::page(stage, &wrong));
    let shown = |label, value| field("", FieldKind::Shown, label, value);
    let enrol = vec![
        shown(
            FieldLabel::FactorLink,
            "otpauth://totp/login.example.org:op?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=login.example.org",
        ),
        shown(FieldLabel::FactorSecret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
        code(),
    ];
    let enrol_wrong = form(FormKind::EnrolFactor, enrol.clone(), Some(code::ACC_WRONG_CODE));
    both("factor_enrol_wrong", "POST", "/login", |stage| factor::page(stage, &enrol_wrong));
    let enrol = form(FormKind::EnrolFactor, enrol, None);
    both("factor_enrol", "POST", "/login", |stage| factor::page(stage, &enrol));
    passkeys();
    let codes = [
        "abcd-efgh-ijkm-npqr-stuv",
        "2345-6789-abcd-efgh-ijkm",
        "bcde-fghi-jkmn-pqrs-tuvw",
        "3456-789a-bcde-fghi-jkmn",
        "cdef-ghij-kmnp-qrst-uvwx",
        "4567-89ab-cdef-ghij-kmnp",
        "defg-hijk-mnpq-rstu-vwxy",
        "5678-9abc-defg-hijk-mnpq",
        "efgh-ijkm-npqr-stuv-wxyz",
        "6789-abcd-efgh-ijkm-npqr",
    ];
    let codes = codes.map(|code| shown(FieldLabel::RecoveryCode, code)).to_vec();
    let keep = form(FormKind::KeepRecovery, codes, None);
    both("factor_keep", "POST", "/login", |stage| factor::page(stage, &keep));
}

fn passkeys() {
    let typed = |label| field("otp", FieldKind::Text, label, "");
    let made = |label, value| field("passkey", FieldKind::Made, label, value);
    let add = || field("add", FieldKind::Choice, FieldLabel::AddFactor, "");
    let get = || made(FieldLabel::PasskeyGet, r#"{"challenge":"AAAA","rpId":"login.example.org"}"#);
    let create = || {
        made(FieldLabel::PasskeyCreate, r#"{"challenge":"AAAA","user":{"name":"<operator-1>"}}"#)
    };
    let named = || field("passkey_name", FieldKind::Text, FieldLabel::PasskeyName, "");
    let shown = |label, value| field("", FieldKind::Shown, label, value);
    let kept = |fields, problem| form(FormKind::SecondFactor, fields, problem);
    let both_ways = vec![get(), typed(FieldLabel::OneTimeCode), add()];
    let alone = vec![get(), typed(FieldLabel::RecoveryTyped), add()];
    let key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let first = vec![
        create(),
        named(),
        shown(FieldLabel::FactorLink, "otpauth://totp/login.example.org:op?secret=GEZDGNBV"),
        shown(FieldLabel::FactorSecret, key),
        typed(FieldLabel::OneTimeCode),
    ];
    let more =
        vec![create(), named(), field("skip", FieldKind::Choice, FieldLabel::SkipFactor, "")];
    for (name, form) in [
        ("passkey_or_code", kept(both_ways, None)),
        ("passkey", kept(alone.clone(), None)),
        ("passkey_refused", kept(alone, Some(code::ACC_PASSKEY))),
        ("passkey_enrol", form(FormKind::EnrolFactor, first, None)),
        ("passkey_add", form(FormKind::AddFactor, more, None)),
    ] {
        both(name, "POST", "/login", |stage| factor::page(stage, &form));
    }
}

fn search(found: Found) -> Search {
    let sought = match &found {
        Found::Login(record) => record.code.to_string(),
        Found::Reader(account) => account.login.clone(),
        Found::Nothing => "K7F2-9QXD".to_owned(),
        Found::WhichMember => "reader-a".to_owned(),
    };
    Search { sought, member: String::new(), found }
}

fn record(refused: Option<&str>) -> TraceRecord {
    let step = |at_s: i64, kind, note: &str| Step {
        at: at("2026-11-21T02:47:05Z").plus_s(at_s),
        kind,
        note: note.to_owned(),
    };
    TraceRecord {
        code: login_code(),
        service: Some(service("ill")),
        member: Some(member("uas")),
        refused: refused.map(str::to_owned),
        steps: vec![
            step(0, StepKind::Asked, "ill by oidc"),
            step(4, StepKind::Sent, "uas/central by central"),
            step(9, StepKind::Refused, "POL-002: <b>[matrix:3]</b>"),
        ],
    }
}

fn account() -> AccountRow {
    AccountRow {
        id: ReaderId::parse("r-1").expect("an id"),
        member: Some(member("uas")),
        login: "B0001".to_owned(),
        login_key: "b0001".to_owned(),
        password: None,
        must_change: true,
        role: None,
        profile: Profile { name: Some("读者甲".to_owned()), ..Profile::default() },
        class: None,
        category: Some("社会读者".to_owned()),
        standing: Standing::Good,
        valid_until: Some(at("2026-11-01T00:00:00Z")),
        affiliation: Vec::new(),
        created: at("2025-11-01T00:00:00Z"),
    }
}

#[test]
fn desk() {
    let page = |name: &str, found: fn() -> Option<Found>| {
        both(name, "POST", "/desk", |stage| {
            let own = stage.snapshot.member(&member("uas")).expect("a member");
            let search = found().map(search);
            desk::page(stage, Room::Desk, own, search.as_ref())
        });
    };
    page("desk", || None);
    page("desk_refused", || Some(Found::Login(Box::new(record(Some("POL-002"))))));
    page("desk_good", || Some(Found::Login(Box::new(record(None)))));
    page("desk_reader", || Some(Found::Reader(Box::new(account()))));
    page("desk_nothing", || Some(Found::Nothing));
    both("desk_console", "POST", "/admin", |stage| {
        let own = stage.snapshot.member(&member(HUB_MEMBER)).expect("the hub's own place");
        desk::page(stage, Room::Console, own, Some(&search(Found::WhichMember)))
    });
}

#[test]
fn explained() {
    let page = |name: &str, uri: &str| {
        both(name, "GET", uri, |stage| {
            let own = stage.snapshot.member(&member("uas"));
            explained::page(stage, Room::Desk, own)
        });
    };
    page("explain", "/desk/explain");
    page("explain_open", "/desk/explain?service=ill&class=B&standing=good");
    page("explain_shut", "/desk/explain?service=ill&class=B&standing=blocked");
    both("explain_console", "GET", "/admin/explain", |stage| {
        explained::page(stage, Room::Console, None)
    });
    both("explain_unknown", "GET", "/admin/explain?service=ill&member=nowhere", |stage| {
        explained::page(stage, Room::Console, None)
    });
}

#[test]
fn console() {
    let refusals = BTreeMap::from([("ACC-001", 7), ("SAML-017", 1)]);
    both("console", "GET", "/admin", |stage| console::page(stage, &refusals, Ends::default()));
    both("console_quiet", "GET", "/admin", |stage| {
        console::page(stage, &BTreeMap::new(), Ends::default())
    });
    both("members", "GET", "/admin/members?page=9", members::page);
}

/// `/admin` tells of the hub's own certificates before the first of them is refused.
#[test]
fn a_certificate_of_the_hub_that_ends_soon_needs_a_look() {
    let (snapshot, seen) = (super::registry(), super::seen("GET", "/admin"));
    let stage = super::stage(&snapshot, &seen, LangTag::En);
    let shown = |tls, saml| {
        let ends = Ends { tls: Some(at(tls)), saml: Some(at(saml)) };
        console::page(&stage, &BTreeMap::new(), ends).html
    };
    let (tls, saml) = ("The hub&#39;s TLS certificate", "The certificate that the hub signs with");
    let fine = shown("2026-12-22T00:00:00Z", "2036-01-01T00:00:00Z");
    assert!(!fine.contains(tls) && !fine.contains(saml), "{fine}");
    let soon = shown("2026-12-20T00:00:00Z", "2026-11-20T00:00:00Z");
    assert!(soon.contains(tls) && soon.contains("28 days left"), "{soon}");
    assert!(soon.contains(saml) && soon.contains("Has ended"), "{soon}");
}

/// What a librarian sees of a reader says no more about the person than was typed.
#[test]
fn the_desk_shows_no_name_and_no_address() {
    both_never("读者甲");
}

fn both_never(hidden: &str) {
    let (snapshot, seen) = (super::registry(), super::seen("POST", "/desk"));
    for (lang, _) in super::LANGS {
        let stage = super::stage(&snapshot, &seen, lang);
        let own = snapshot.member(&member("uas")).expect("a member");
        let search = search(Found::Reader(Box::new(account())));
        let page = desk::page(&stage, Room::Desk, own, Some(&search));
        assert!(!page.html.contains(hidden), "{}", page.html);
    }
}
