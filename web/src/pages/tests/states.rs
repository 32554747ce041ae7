//! States that a page is in less often, each compared to the letter as well.

use super::super::*;
use super::{
    LANGS, at, both, both_of, change_password_form, form, handle, large, login_code, member,
    refused, registry, same, seen, service, stage,
};
use model::*;
use std::collections::BTreeSet;

#[test]
fn a_consortium_of_many() {
    let many = large(30);
    let view = |name: &str, uri: &str| {
        both_of(&many, name, &seen("GET", uri), |stage| {
            discovery::page(stage, &handle(), &service("portal"), &[])
        });
    };
    view("discovery_regions", "/login?h=x");
    view("discovery_region", "/login?h=x&region=%E6%B1%9F%E8%8B%8F");
    view("discovery_central", "/login?h=x&central=1");
}

#[test]
fn a_library_with_several_ways() {
    let ways = ["campus", "town"].map(|id| ConnectorId::parse(id).expect("an id"));
    both("ways", "GET", "/login?h=x&member=suda", |stage| {
        ways::page(stage, &handle(), &service("ill"), (&member("suda"), &ways))
    });
}

#[test]
fn a_form_that_says_no() {
    both("sign_in_limited", "POST", "/login", |stage| {
        form::page(stage, &form(Some(code::ACC_TOO_MANY_GUESSES)))
    });
    let weak = change_password_form(Some(code::ACC_PASSWORD_WEAK));
    both("change_password_weak", "POST", "/login", |stage| form::page(stage, &weak));
}

/// A reader's own page, with `shut` closed to them for one reason.
fn portal_of(name: &str, membership: &Membership, shut: &[&str], because: &Text) {
    let profile = Profile { name: Some("读者甲".into()), ..Profile::default() };
    let known = portal::Known {
        profile: &profile,
        membership,
        auth_time: at("2026-11-21T02:31:00Z"),
        expires: at("2026-11-21T18:31:00Z"),
        code: login_code(),
    };
    let (snapshot, seen) = (registry(), seen("GET", "/"));
    let offered: Vec<_> = snapshot
        .services()
        .map(|service| {
            let is_open =
                service.status != ServiceStatus::Suspended && !shut.contains(&service.id.as_str());
            let because = if is_open { Vec::new() } else { vec![because.clone()] };
            portal::Offered { service, is_open, because }
        })
        .collect();
    for (lang, tag) in LANGS {
        same(name, tag, &portal::page(&stage(&snapshot, &seen, lang), &known, &offered));
    }
}

fn membership(of: &str, class: &str, standing: Standing, evidence: Evidence) -> Membership {
    Membership {
        member: member(of),
        connector: ConnectorId::parse("campus").expect("an id"),
        key: LocalKey::new("k").expect("a key"),
        class: Class::parse(class).expect("a class"),
        category: None,
        affiliation: BTreeSet::new(),
        standing,
        valid_until: None,
        evidence,
    }
}

#[test]
fn readers_of_other_standing() {
    let for_a = Text::new("全文只面向 A 类读者。", "Full text is for class A readers only.");
    let class_b = membership("uas", "B", Standing::Good, Evidence::PasswordChecked);
    portal_of("portal_b", &class_b, &["ccc"], &for_a);
    let over = Text::new(
        "您的读者证已过有效期。请到您的图书馆续期，再来使用。",
        "Your library card has expired. Please have it renewed at your library first.",
    );
    let expired = Membership {
        valid_until: Some(at("2026-10-31T15:59:59Z")),
        ..membership("nju", "A", Standing::Expired, Evidence::Asserted)
    };
    portal_of("portal_expired", &expired, &["ccc", "ill", "card"], &over);
    let owing = Text::new(
        "您的读者证暂时被停用，例如有欠款或已挂失。请先到您的图书馆办理，再来使用。",
        "Your library card is blocked for now, for example because of a fee or a lost card. \
         Please settle it with your library first.",
    );
    let blocked = membership("jlib", "C", Standing::Blocked, Evidence::Asserted);
    let every = ["card", "ccc", "cvrs", "ill", "opac"];
    portal_of("portal_blocked", &blocked, &every, &owing);
}

#[test]
fn refusals_before_anybody_is_known() {
    for (name, uri, code) in [
        ("refused_cookie", "/login?h=x", code::LOG_NO_COOKIE),
        ("refused_library", "/oauth2/authorize?member=nowhere", code::LOG_UNKNOWN_MEMBER),
        ("refused_empty", "/?login=1", code::REG_EMPTY),
    ] {
        let refusal = Refusal::new(code, "x");
        both(name, "GET", uri, |stage| refused::page(stage, &refused(refusal.clone(), None)));
    }
    let method = Refusal::new(code::WEB_METHOD, "x");
    both("refused_method", "POST", "/discover", |stage| {
        refused::page(stage, &login::Refused { status: 405, ..refused(method.clone(), None) })
    });
}

#[test]
fn logged_out_for_a_service() {
    let lines = [LogoutLine { service: service("ill"), state: LogoutState::Ended }];
    both("signed_out_back", "GET", "/oauth2/end_session", |stage| {
        let back = Some("https://ill.example/bye");
        signed_out::page(
            stage,
            &signed_out::Report { was_in: true, lines: &lines, member: None, back },
        )
    });
}
