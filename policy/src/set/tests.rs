use super::*;
use crate::fixture::{
    NOW, compile, context, fault, faults, ill, member, membership, opac, outcome, portal, refusal,
    release, rule, show, source, weigh,
};
use crate::{Context, Outcome, Unread};
use model::{Evidence, Membership};

mod demo;
mod wrong;

const ENTER_ILL: &str =
    r#"permit (principal, action == Action::"enter", resource == Service::"ill");"#;
const USE_REQUEST: &str =
    r#"permit (principal, action == Action::"use", resource == Entitlement::"ill:request");"#;

fn good(class: &str) -> Membership {
    membership(class, Standing::Good)
}

fn rules(verdict: &Verdict) -> Vec<&str> {
    verdict.reasons().iter().map(|r| r.rule.as_str()).collect()
}

fn rights(policy: &PolicySet, membership: &Membership, service: &Service) -> Vec<String> {
    release(policy, membership, service).entitlements().map(ToString::to_string).collect()
}

#[test]
fn without_a_policy_folder_good_standing_enters_and_no_right_is_given() {
    for policy in
        [PolicySet::open(), PolicySet::compile(&PolicySource::default(), &[ill()]).unwrap()]
    {
        assert!(weigh(&policy, &good("Z"), &ill()).may_enter());
        assert_eq!(rights(&policy, &good("A"), &ill()), Vec::<String>::new());
        for standing in
            [Standing::Pending, Standing::Blocked, Standing::Expired, Standing::Suspended]
        {
            let no = refusal(&policy, &membership("A", standing), &ill());
            assert_eq!(no.code(), code::POL_STANDING);
            assert_eq!(no.detail().reasons.len(), 1);
        }
    }
}

#[test]
fn with_a_policy_folder_what_no_rule_allows_is_refused_with_a_reason() {
    let policy = compile("", None);
    let no = refusal(&policy, &good("A"), &ill());
    assert_eq!(no.code(), code::POL_NOT_ALLOWED);
    assert_eq!(no.detail().reasons, [reasons::NO_RULE_ENTRY.text()]);
    assert_eq!(no.detail().member, Some(member().id));
    assert_eq!(no.detail().service, Some(ill().id));
}

#[test]
fn a_decision_carries_ids_and_reasons_of_every_rule_that_held() {
    let policy = compile(
        &[rule("b", ENTER_ILL), rule("a", ENTER_ILL), rule("r", USE_REQUEST)].concat(),
        None,
    );
    let verdict = weigh(&policy, &good("A"), &ill());
    assert_eq!(rules(&verdict), ["b", "a"], "in the order of the folder");
    assert_eq!(verdict.reasons()[0].text, Text::new("b 的理由", "why b"));
    assert_eq!(rights(&policy, &good("A"), &ill()), ["ill:request"]);
}

#[test]
fn a_forbid_and_a_denial_beat_what_either_form_allows() {
    let row = "[[row]]\nenter = [\"ill\"]\nallow = [\"ill:request\"]\nreason = { zh = \"甲\", en = \"a\" }\n";
    let deny = "[[deny]]\nclass = [\"B\"]\nenter = [\"ill\"]\nuse = [\"ill:request\"]\nreason = { zh = \"仅限甲类\", en = \"only A\" }\n";
    let forbid = r#"forbid (principal, action, resource in Service::"ill")
        when { principal.class == Class::"B" };"#;

    let matrix_denies = compile(&rule("open", ENTER_ILL), Some(&format!("{row}{deny}")));
    let no = refusal(&matrix_denies, &good("B"), &ill());
    assert_eq!(no.code(), code::POL_NOT_ALLOWED);
    assert_eq!(no.detail().reasons, [Text::new("仅限甲类", "only A")]);
    assert!(weigh(&matrix_denies, &good("A"), &ill()).may_enter());

    let cedar_forbids = compile(&rule("no-b", forbid), Some(row));
    assert_eq!(rules(&weigh(&cedar_forbids, &good("B"), &ill())), ["no-b"]);
    assert_eq!(rights(&cedar_forbids, &good("A"), &ill()), ["ill:request"]);
}

#[test]
fn where_only_the_standing_stands_in_the_way_it_is_named() {
    let row = "[[row]]\nclass = [\"A\"]\nenter = [\"ill\"]\nreason = { zh = \"甲\", en = \"a\" }\n";
    let policy = compile("", Some(row));
    let no = refusal(&policy, &membership("A", Standing::Expired), &ill());
    assert_eq!(no.code(), code::POL_STANDING);
    assert_eq!(no.detail().reasons, [reasons::standing(Standing::Expired).unwrap().text()]);
    // Class B has no rule at all: a renewal would not help, so it is not advised.
    let no = refusal(&policy, &membership("B", Standing::Expired), &ill());
    assert_eq!(no.code(), code::POL_NOT_ALLOWED);
    assert_eq!(no.detail().reasons, [reasons::NO_RULE_ENTRY.text()]);
}

#[test]
fn a_rule_that_forbids_by_standing_keeps_its_own_reason_and_the_code_of_standing() {
    let forbid = r#"forbid (principal, action, resource) when { principal.standing == Standing::"blocked" };"#;
    let policy = compile(&[rule("in", ENTER_ILL), rule("blocked", forbid)].concat(), None);
    let no = refusal(&policy, &membership("A", Standing::Blocked), &ill());
    assert_eq!(no.code(), code::POL_STANDING);
    assert_eq!(no.detail().reasons, [Text::new("blocked 的理由", "why blocked")]);
}

#[test]
fn the_hubs_own_services_are_open_whatever_the_standing_and_the_rules() {
    let forbid = rule("all", "forbid (principal, action, resource);");
    for policy in [PolicySet::open(), compile(&forbid, None)] {
        for standing in Standing::ALL {
            assert!(weigh(&policy, &membership("A", standing), &portal()).may_enter());
        }
    }
    assert!(!weigh(&compile(&forbid, None), &good("A"), &ill()).may_enter());
}

#[test]
fn a_rule_that_cannot_be_evaluated_closes_the_door() {
    // Overflow is the one fault that Cedar's validator cannot see. Cedar leaves such a
    // rule out, so a forbid would be as if it were not there.
    let forbid = r"forbid (principal, action, resource) when { 9223372036854775807 + 1 > 0 };";
    let policy = compile(&[rule("in", ENTER_ILL), rule("broken", forbid)].concat(), None);
    let no = refusal(&policy, &good("A"), &ill());
    assert_eq!(no.code(), code::HUB_INTERNAL);
    assert!(no.detail().log.contains("broken"), "{}", no.detail().log);
}

#[test]
fn a_right_whose_rules_cannot_be_evaluated_is_withheld() {
    let forbid = r#"forbid (principal, action == Action::"use", resource) when { 9223372036854775807 + 1 > 0 };"#;
    let policy = compile(
        &[rule("in", ENTER_ILL), rule("r", USE_REQUEST), rule("broken", forbid)].concat(),
        None,
    );
    assert_eq!(rights(&policy, &good("A"), &ill()), Vec::<String>::new());
}

#[test]
fn facts_of_another_set_close_the_door() {
    let reads =
        r#"forbid (principal, action, resource) when { principal.member == Member::"other" };"#;
    let now = compile(&[rule("in", ENTER_ILL), rule("m", reads)].concat(), None);
    let stale = Facts::of(&PolicySet::open(), &good("A"), &member(), &ill(), &context());
    assert!(!now.weigh(&stale).may_enter());
}

#[test]
fn a_service_that_was_not_compiled_is_refused() {
    let policy = PolicySet::compile(&source("", None), &[opac()]).unwrap();
    assert_eq!(refusal(&policy, &good("A"), &ill()).code(), code::POL_NOT_ALLOWED);
}

#[test]
fn a_right_by_application_waits_for_its_approval_even_where_a_rule_gives_it() {
    let row = "[[row]]\nenter = [\"ill\"]\nallow = [\"ill:request\", \"ill:guaranteed\"]\nreason = { zh = \"甲\", en = \"a\" }\n";
    let policy = compile("", Some(row));
    assert_eq!(rights(&policy, &good("A"), &ill()), ["ill:request"]);
    let why = release(&policy, &good("A"), &ill()).reasons();
    let guaranteed = why.iter().find(|a| a.what == "ill:guaranteed").unwrap();
    assert_eq!(guaranteed.because, reasons::MUST_BE_APPROVED.text());
}

#[test]
fn a_fresh_login_is_asked_for_by_either_form_and_the_strictest_rule_decides() {
    let cedar = format!("@max_age_s(\"600\") {}", rule("fresh", ENTER_ILL));
    let row = "[[row]]\nenter = [\"ill\"]\nmax_age_s = 600\nreason = { zh = \"甲\", en = \"a\" }\n";
    let lax = "[[row]]\nenter = [\"ill\"]\nreason = { zh = \"乙\", en = \"b\" }\n";
    let needs = |policy: &PolicySet, age_s: i64| {
        let context = Context { now: NOW.plus_s(age_s), auth_time: NOW, shared_computer: false };
        let facts = Facts::of(policy, &good("A"), &member(), &ill(), &context);
        let verdict = policy.weigh(&facts);
        crate::fill(&verdict, &crate::fixture::reader(), &good("A"), &member(), &ill())
    };
    for policy in [compile(&cedar, None), compile("", Some(row)), compile(&cedar, Some(lax))] {
        assert!(matches!(needs(&policy, 600), Outcome::Release(_)));
        let fresh = Obligation::FreshLogin { max_age_s: 600 };
        assert!(matches!(needs(&policy, 601), Outcome::Needs(o) if o == fresh));
    }
    assert!(matches!(outcome(&compile("", Some(lax)), &good("A"), &ill()), Outcome::Release(_)));
    let stricter = format!("@max_age_s(\"60\") {}", rule("fresher", ENTER_ILL));
    let both = compile(&[cedar, stricter].concat(), None);
    for age_s in [61, 601] {
        let fresh = Obligation::FreshLogin { max_age_s: 60 };
        assert!(matches!(needs(&both, age_s), Outcome::Needs(o) if o == fresh), "{age_s}");
    }
}

/// Cutting the rules to one resource must never change an answer.
#[test]
fn every_kind_of_scope_reaches_its_resource_and_no_other() {
    let enters = |policy: &str, service: &Service| {
        weigh(&compile(&rule("x", policy), None), &good("A"), service).may_enter()
    };
    for scope in [
        "permit (principal, action, resource);",
        r#"permit (principal, action in [Action::"enter", Action::"use"], resource);"#,
        "permit (principal, action, resource is Service);",
        r#"permit (principal, action, resource in Service::"ill");"#,
        r#"permit (principal is Reader, action == Action::"enter", resource is Service in Service::"ill");"#,
        r#"permit (principal, action == Action::"enter", resource) when { resource == Service::"ill" };"#,
    ] {
        assert!(enters(scope, &ill()), "{scope}");
    }
    for scope in [
        r#"permit (principal, action == Action::"use", resource);"#,
        "permit (principal, action, resource is Entitlement);",
        r#"permit (principal, action, resource in Service::"opac");"#,
        r#"permit (principal, action, resource == Entitlement::"ill:request");"#,
    ] {
        assert!(!enters(scope, &ill()), "{scope}");
    }
    let given = |policy: &str| {
        let set = compile(&[rule("in", ENTER_ILL), rule("x", policy)].concat(), None);
        rights(&set, &good("A"), &ill()).len()
    };
    for scope in [
        r#"permit (principal, action == Action::"use", resource);"#,
        r#"permit (principal, action, resource in Service::"ill");"#,
        r#"permit (principal, action, resource is Entitlement in Service::"ill");"#,
        r#"permit (principal, action == Action::"use", resource) when { resource in Service::"ill" };"#,
    ] {
        assert_eq!(given(scope), 1, "{scope}");
    }
    assert_eq!(given(r#"permit (principal, action, resource in Service::"opac");"#), 0);
}

#[test]
fn every_key_of_a_row_narrows_it() {
    let enters = |key: &str, membership: &Membership| {
        let row =
            format!("[[row]]\n{key}\nenter = [\"ill\"]\nreason = {{ zh = \"甲\", en = \"a\" }}\n");
        weigh(&compile("", Some(&row)), membership, &ill()).may_enter()
    };
    let a = good("A");
    for (fits, other) in [
        ("class = [\"A\"]", "class = [\"B\"]"),
        ("standing = [\"good\", \"pending\"]", "standing = [\"pending\"]"),
        ("category = [\"graduate\", \"staff\"]", "category = [\"staff\"]"),
        ("affiliation = [\"student\"]", "affiliation = [\"faculty\"]"),
        ("member = [\"nju\"]", "member = [\"seu\"]"),
        ("region = [\"江苏\"]", "region = [\"江\"]"),
        ("region = [\"江苏/南京\"]", "region = [\"江苏/南京/鼓楼\"]"),
        ("evidence = [\"asserted\"]", "evidence = [\"password_checked\"]"),
        ("", "standing = [\"blocked\"]"),
    ] {
        assert!(enters(fits, &a), "{fits}");
        assert!(!enters(other, &a), "{other}");
    }
    let nobody = Membership {
        category: None,
        affiliation: [].into(),
        evidence: Evidence::PasswordChecked,
        ..good("A")
    };
    assert!(!enters("category = [\"graduate\"]", &nobody));
    assert!(!enters("affiliation = [\"student\"]", &nobody));
    assert!(!enters("", &membership("A", Standing::Blocked)), "a row is for good standing");
}

#[test]
fn words_that_look_like_cedar_stay_words() {
    let row = "[[row]]\ncategory = [\"x\\\"] || true || [\\\"\", \"*\"]\nenter = [\"ill\"]\nreason = { zh = \"甲\", en = \"a\" }\n";
    assert!(!weigh(&compile("", Some(row)), &good("A"), &ill()).may_enter());
}

#[test]
fn members_that_rules_name_and_declared_classes_can_be_listed() {
    let forbid =
        r#"forbid (principal, action, resource) when { principal.member == Member::"seu" };"#;
    let row =
        "[[row]]\nmember = [\"nju\"]\nenter = [\"ill\"]\nreason = { zh = \"甲\", en = \"a\" }\n";
    let policy = compile(&rule("no-seu", forbid), Some(row));
    let named: Vec<_> = policy.named_members().map(|(f, k, m)| format!("{f} {k} {m}")).collect();
    assert_eq!(named, ["matrix.toml row[0] nju", "rules.cedar @id(\"no-seu\") seu"]);
    let classes: Vec<_> =
        policy.classes().map(|(c, name)| (c.as_str(), name.en.as_str())).collect();
    assert_eq!(classes, [("A", "Class A"), ("B", "Class B")]);
}

#[test]
fn a_service_and_a_right_of_one_name_are_two_things() {
    let service = crate::fixture::service(
        "id = \"ill\"\nname = { zh = \"馆际互借\" }\nentitlements = [\"ill\"]",
    );
    let row =
        "[[row]]\nenter = [\"ill\"]\nallow = [\"ill\"]\nreason = { zh = \"甲\", en = \"a\" }\n";
    let policy =
        PolicySet::compile(&source("", Some(row)), std::slice::from_ref(&service)).unwrap();
    assert_eq!(rights(&policy, &good("A"), &service), ["ill"]);
}
