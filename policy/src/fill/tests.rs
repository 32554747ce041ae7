use super::*;
use crate::PolicySet;
use crate::fixture::{
    compile, ill, member, membership, opac, portal, reader, release, rule, service, source, weigh,
};
use crate::reasons::{self, value};
use model::{Class, Evidence, MemberId, Standing};

fn accounted(release: &Release, what: &str) -> Accounted {
    release.reasons().into_iter().find(|a| a.what == what).expect("accounted for")
}

fn open_ill() -> Release {
    release(&PolicySet::open(), &membership("A", Standing::Good), &ill())
}

#[test]
fn the_service_is_told_what_its_release_lists_and_nothing_else() {
    let mut service = ill();
    service.release = vec![ValueName::Class];
    let release = release(&PolicySet::open(), &membership("A", Standing::Good), &service);
    assert_eq!(release.values().keys().collect::<Vec<_>>(), [&ValueName::Class]);
    assert_eq!(release.service().as_str(), "ill");
}

#[test]
fn every_value_and_right_of_the_service_is_accounted_for() {
    let release = open_ill();
    let what: Vec<_> = release.reasons().into_iter().map(|a| a.what).collect();
    let values = ill().release.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        what,
        [values, vec!["ill:request".to_owned(), "ill:guaranteed".to_owned()]].concat()
    );
    assert_eq!(accounted(&release, "name").decision, Decision::Given);
    assert_eq!(accounted(&release, "name").because, value::GIVEN.text());
    assert_eq!(accounted(&release, "mail").decision, Decision::Absent);
    assert_eq!(accounted(&release, "mail").because, value::UNKNOWN.text());
    assert_eq!(accounted(&release, "ill:request").decision, Decision::Withheld);
    assert_eq!(accounted(&release, "ill:request").because, reasons::NO_POLICY_RIGHT.text());
}

#[test]
fn values_come_from_the_membership_of_this_login() {
    let release = open_ill();
    let text = |name| match release.get(name) {
        Some(Value::Text(text)) => text.clone(),
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(text(ValueName::Name), "读者甲");
    assert_eq!(text(ValueName::Member), "nju");
    assert_eq!(text(ValueName::Class), "A");
    assert_eq!(text(ValueName::Category), "graduate");
    assert_eq!(text(ValueName::Standing), "good");
    assert_eq!(release.get(ValueName::Links), Some(&Value::Map(member().links)));
    assert_eq!(
        release.get(ValueName::Affiliation),
        Some(&Value::List(vec!["student@nju.edu.cn".to_owned()]))
    );
}

#[test]
fn an_affiliation_in_a_foreign_scope_is_withheld() {
    let mut m = membership("A", Standing::Good);
    m.affiliation = ["faculty@other.edu.cn".to_owned(), "staff".to_owned()].into();
    let release = release(&PolicySet::open(), &m, &ill());
    assert_eq!(release.get(ValueName::Affiliation), None);
    let why = accounted(&release, "affiliation");
    assert_eq!((why.decision, why.because), (Decision::Withheld, value::FOREIGN_SCOPE.text()));
}

#[test]
fn an_empty_value_is_none() {
    let (policy, m) = (PolicySet::open(), membership("A", Standing::Good));
    let mut nameless = reader();
    nameless.profile.name = Some("  ".to_owned());
    let Outcome::Release(release) =
        fill(&weigh(&policy, &m, &ill()), &nameless, &m, &member(), &ill())
    else {
        panic!("refused");
    };
    assert_eq!(accounted(&release, "name").decision, Decision::Absent);
}

#[test]
fn rights_are_told_to_the_service_that_knows_them() {
    let row = "[[row]]\nenter = [\"opac\"]\nallow = [\"opac:holdings\"]\nreason = { zh = \"甲\", en = \"a\" }\n";
    let release = release(&compile("", Some(row)), &membership("A", Standing::Good), &opac());
    assert_eq!(
        release.get(ValueName::Entitlements),
        Some(&Value::List(vec!["opac:holdings".to_owned()]))
    );
    let why = accounted(&release, "opac:holdings");
    assert_eq!((why.decision, why.because), (Decision::Given, Text::new("甲", "a")));
    assert_eq!(why.rules, ["matrix:row[0]"]);
}

#[test]
fn a_verdict_weighed_for_something_else_releases_nothing() {
    let (policy, m) = (PolicySet::open(), membership("A", Standing::Good));
    let verdict = weigh(&policy, &m, &ill());
    let refused = |verdict: &Verdict, m: &Membership, member: &Member, service: &Service| {
        matches!(fill(verdict, &reader(), m, member, service),
            Outcome::Refused(r) if r.code() == code::HUB_INTERNAL)
    };
    assert!(!refused(&verdict, &m, &member(), &ill()));
    assert!(refused(&verdict, &m, &member(), &opac()), "another service");
    let b = Membership { class: Class::parse("B").unwrap(), ..m.clone() };
    assert!(refused(&verdict, &b, &member(), &ill()), "another class");
    let blocked = membership("A", Standing::Blocked);
    assert!(refused(&verdict, &blocked, &member(), &ill()), "another standing");
    let mut ended = m.clone();
    ended.valid_until = Some(crate::fixture::NOW);
    let expired = weigh(&policy, &ended, &portal());
    assert!(!refused(&expired, &ended, &member(), &portal()));
    assert!(refused(&expired, &m, &member(), &portal()), "it has no end");
    let elsewhere = Membership { member: MemberId::parse("seu").unwrap(), ..m };
    assert!(refused(&verdict, &elsewhere, &member(), &ill()), "another member");
}

#[test]
fn several_rules_with_one_sentence_say_it_once() {
    let row = "[[row]]\nenter = [\"opac\"]\nallow = [\"opac:holdings\"]\nreason = { zh = \"甲\", en = \"a\" }\n";
    let policy = compile("", Some(&format!("{row}{row}")));
    let why =
        accounted(&release(&policy, &membership("A", Standing::Good), &opac()), "opac:holdings");
    assert_eq!(why.because, Text::new("甲", "a"));
    assert_eq!(why.rules, ["matrix:row[0]", "matrix:row[1]"]);
}

#[test]
fn debug_shows_no_value() {
    let shown = format!("{:?}", open_ill());
    assert!(!shown.contains("读者甲") && shown.contains("Name"), "{shown}");
}

#[test]
fn no_rule_gives_the_common_terms_where_no_secret_was_checked() {
    const TERMS: &str = "urn:mace:dir:entitlement:common-lib-terms";
    let service = service(&format!(
        "id = \"ill\"\nname = {{ zh = \"库\" }}\nentitlements = [\"{TERMS}\", \"ill:request\"]"
    ));
    let all = rule("all", "permit (principal, action, resource);");
    let source = source(&all, None);
    let policy = PolicySet::compile(&source, std::slice::from_ref(&service)).expect("a policy");
    for evidence in Evidence::ALL {
        let membership = Membership { evidence, ..membership("A", Standing::Good) };
        let release = release(&policy, &membership, &service);
        let given: Vec<_> = release.entitlements().map(EntitlementId::as_str).collect();
        if evidence.is_proved() {
            assert_eq!(given, [TERMS, "ill:request"], "{evidence:?}");
        } else {
            assert_eq!(given, ["ill:request"], "{evidence:?}");
            assert_eq!(accounted(&release, TERMS).because, reasons::NOT_PROVED.text());
        }
    }
}
