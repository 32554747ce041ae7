//! A small consortium for the tests of this crate.

use crate::{
    Context, Facts, Outcome, PolicyFault, PolicySet, PolicySource, Release, Verdict, fill,
};
use model::{
    Class, ConnectorId, Evidence, LocalKey, Member, Membership, Profile, Reader, ReaderId, Refusal,
    Service, Standing, Timestamp,
};

pub(crate) const NOW: Timestamp = Timestamp::from_unix_s(1_795_257_065);

pub(crate) const CLASSES: &str = "[classes]\n\
    A = { zh = \"甲类\", en = \"Class A\" }\n\
    B = { zh = \"乙类\", en = \"Class B\" }\n";

pub(crate) fn service(toml: &str) -> Service {
    toml::from_str(toml).expect("a service")
}

pub(crate) fn ill() -> Service {
    service(
        r#"
        id = "ill"
        name = { zh = "馆际互借", en = "Interlibrary loan" }
        entitlements = ["ill:request", { id = "ill:guaranteed", by = "application" }]
        release = ["name", "mail", "member", "class", "category", "standing", "links", "affiliation"]
        "#,
    )
}

pub(crate) fn opac() -> Service {
    service("id = \"opac\"\nname = { zh = \"联合目录\" }\nentitlements = [\"opac:holdings\"]")
}

pub(crate) fn portal() -> Service {
    service("id = \"portal\"\nname = { zh = \"门户\" }\nrelease = [\"name\", \"class\"]")
}

pub(crate) fn member() -> Member {
    toml::from_str(
        r#"
        id = "nju"
        name = { zh = "示例大学图书馆", en = "Sample University Library" }
        region = "江苏/南京"
        class = "A"
        scopes = ["nju.edu.cn"]
        status = "live"
        links = { opac = "https://opac.example.org/" }
        "#,
    )
    .expect("a member")
}

pub(crate) fn membership(class: &str, standing: Standing) -> Membership {
    Membership {
        member: member().id,
        connector: ConnectorId::parse("campus").expect("an id"),
        key: LocalKey::new("key-1").expect("a key"),
        class: Class::parse(class).expect("a class"),
        category: Some("graduate".to_owned()),
        affiliation: ["student@nju.edu.cn".to_owned()].into(),
        standing,
        valid_until: None,
        evidence: Evidence::Asserted,
    }
}

pub(crate) fn reader() -> Reader {
    Reader {
        id: ReaderId::parse("reader-1").expect("an id"),
        profile: Profile { name: Some("读者甲".to_owned()), ..Profile::default() },
        memberships: Vec::new(),
    }
}

pub(crate) fn context() -> Context {
    Context { now: NOW, auth_time: NOW, shared_computer: false }
}

pub(crate) fn source(cedar: &str, matrix: Option<&str>) -> PolicySource {
    let cedar =
        if cedar.is_empty() { vec![] } else { vec![("rules.cedar".to_owned(), cedar.to_owned())] };
    let matrix = Some(format!("{CLASSES}{}", matrix.unwrap_or_default()));
    PolicySource { cedar, matrix, assertions: None }
}

pub(crate) fn compile(cedar: &str, matrix: Option<&str>) -> PolicySet {
    PolicySet::compile(&source(cedar, matrix), &[ill(), opac(), portal()])
        .unwrap_or_else(|faults| panic!("{}", show(&faults)))
}

pub(crate) fn faults(cedar: &str, matrix: Option<&str>) -> Vec<PolicyFault> {
    PolicySet::compile(&source(cedar, matrix), &[ill(), opac(), portal()])
        .expect_err("the folder is wrong")
}

pub(crate) fn show(faults: &[PolicyFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The only fault of a folder.
pub(crate) fn fault(cedar: &str, matrix: Option<&str>) -> String {
    let all = faults(cedar, matrix);
    assert_eq!(all.len(), 1, "{}", show(&all));
    show(&all)
}

pub(crate) fn weigh(policy: &PolicySet, membership: &Membership, service: &Service) -> Verdict {
    policy.weigh(&Facts::of(policy, membership, &member(), service, &context()))
}

pub(crate) fn outcome(policy: &PolicySet, membership: &Membership, service: &Service) -> Outcome {
    let verdict = weigh(policy, membership, service);
    fill(&verdict, &reader(), membership, &member(), service)
}

pub(crate) fn release(policy: &PolicySet, membership: &Membership, service: &Service) -> Release {
    match outcome(policy, membership, service) {
        Outcome::Release(release) => release,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn refusal(policy: &PolicySet, membership: &Membership, service: &Service) -> Refusal {
    match outcome(policy, membership, service) {
        Outcome::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

/// A policy with its annotations.
pub(crate) fn rule(id: &str, policy: &str) -> String {
    format!("@id(\"{id}\") @reason_zh(\"{id} 的理由\") @reason_en(\"why {id}\") {policy}\n")
}
