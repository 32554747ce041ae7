use super::*;
use crate::fixture::{NOW, compile, context, ill, member, membership, rule};

const READS_ALL: &str = r#"permit (principal, action == Action::"enter", resource == Service::"ill")
    when { principal.member == Member::"nju" && principal.member_status == MemberStatus::"live"
        && principal.region in Region::"江苏" && principal has category
        && principal.category == "graduate" && principal.affiliation.contains("student")
        && principal.evidence == Evidence::"asserted" && context.shared_computer };"#;

fn facts(policy: &PolicySet, membership: &Membership, context: &Context) -> Facts {
    Facts::of(policy, membership, &member(), &ill(), context)
}

#[test]
fn a_membership_past_its_end_is_expired_from_that_very_moment() {
    let mut m = membership("A", Standing::Good);
    let policy = PolicySet::open();
    m.valid_until = Some(NOW.plus_s(1));
    assert_eq!(facts(&policy, &m, &context()).standing, Standing::Good);
    m.valid_until = Some(NOW);
    assert_eq!(facts(&policy, &m, &context()).standing, Standing::Expired);
    m.standing = Standing::Pending;
    assert_eq!(facts(&policy, &m, &context()).standing, Standing::Expired);
    for worse in [Standing::Blocked, Standing::Suspended] {
        m.standing = worse;
        assert_eq!(facts(&policy, &m, &context()).standing, worse, "a renewal would not cure it");
    }
}

#[test]
fn facts_that_no_rule_reads_do_not_divide_the_cache() {
    let policy = compile(
        "",
        Some("[[row]]\nclass = [\"A\"]\nenter = [\"ill\"]\nreason = { zh = \"甲\", en = \"a\" }"),
    );
    let mut other = membership("A", Standing::Good);
    let one = facts(&policy, &other, &context());
    other.category = None;
    other.affiliation.clear();
    other.evidence = Evidence::PasswordChecked;
    let later = Context { now: NOW.plus_s(7200), auth_time: NOW, shared_computer: true };
    assert_eq!(one, facts(&policy, &other, &later));
    assert_ne!(one, facts(&policy, &membership("B", Standing::Good), &context()));
    assert_ne!(one, facts(&policy, &membership("A", Standing::Blocked), &context()));
}

#[test]
fn every_fact_that_a_rule_reads_divides_the_cache() {
    let policy = compile(&rule("all", READS_ALL), None);
    let base = facts(&policy, &membership("A", Standing::Good), &context());
    let changed = |change: fn(&mut Membership, &mut Member, &mut Context)| {
        let (mut a, mut b, mut c) = (membership("A", Standing::Good), member(), context());
        change(&mut a, &mut b, &mut c);
        Facts::of(&policy, &a, &b, &ill(), &c)
    };
    assert_ne!(base, changed(|a, _, _| a.category = Some("staff".to_owned())), "category");
    assert_ne!(base, changed(|a, _, _| a.affiliation.clear()), "affiliation");
    assert_ne!(base, changed(|a, _, _| a.evidence = Evidence::PasswordChecked), "evidence");
    assert_ne!(base, changed(|_, b, _| b.region = "江苏/无锡".to_owned()), "region");
    assert_ne!(base, changed(|_, b, _| b.status = MemberStatus::Testing), "member_status");
    assert_ne!(base, changed(|_, b, _| b.id = MemberId::parse("seu").unwrap()), "member");
    assert_ne!(base, changed(|_, _, c| c.shared_computer = true), "shared_computer");
}

#[test]
fn an_affiliation_in_a_scope_of_another_member_is_no_fact() {
    let policy = compile(&rule("all", READS_ALL), None);
    let mut m = membership("A", Standing::Good);
    m.affiliation.insert("faculty@other.edu.cn".to_owned());
    m.affiliation.insert("staff".to_owned());
    m.affiliation.insert("alum@a@nju.edu.cn".to_owned());
    let found = facts(&policy, &m, &context()).affiliation.unwrap();
    assert_eq!(found, BTreeSet::from(["student".to_owned(), "alum@a".to_owned()]));
}

#[test]
fn only_the_limits_of_the_service_are_seen_in_the_age_of_a_login() {
    let enter = |id, age: u32, service| {
        let policy = format!(
            "permit (principal, action == Action::\"enter\", resource == Service::\"{service}\");"
        );
        format!("@max_age_s(\"{age}\") {}", rule(id, &policy))
    };
    let policy = compile(
        &[enter("a", 600, "ill"), enter("b", 3600, "ill"), enter("c", 60, "opac")].concat(),
        None,
    );
    let at = |age_ms: i64| {
        let now = Timestamp::from_unix_ms(NOW.unix_ms() + age_ms);
        let context = Context { now, auth_time: NOW, shared_computer: false };
        facts(&policy, &membership("A", Standing::Good), &context).older_than_s
    };
    assert_eq!(at(0), None);
    assert_eq!(at(600_000), None);
    assert_eq!(at(600_001), Some(600));
    assert_eq!(at(3_600_000), Some(600));
    assert_eq!(at(3_600_001), Some(3600));
    assert_eq!(at(-5_000), None);
}
