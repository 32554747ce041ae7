//! `matrix.toml` and Cedar: the text before `=== cedar` is the matrix, what follows is Cedar.

use crate::fixtures::{NOW, SERVICE};
use ::policy::{Context, Facts, Outcome, PolicyFault, PolicySet, PolicySource, fill};
use model::{
    Class, ConnectorId, Evidence, LocalKey, Member, Membership, Profile, Reader, ReaderId, Standing,
};
use std::slice;
use std::sync::LazyLock;

static MEMBER: LazyLock<Member> = LazyLock::new(|| {
    toml::from_str(
        "id = \"nju\"\nname = { zh = \"示例大学图书馆\", en = \"Sample University Library\" }\n\
         region = \"江苏/南京\"\nclass = \"A\"\nscopes = [\"nju.test\"]\nstatus = \"live\"\n",
    )
    .expect("a member")
});

/// One input.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match compiled(text) {
        Ok(policy) => decide(&policy),
        Err(faults) => {
            assert!(!faults.is_empty(), "refused without a word");
            for fault in &faults {
                assert!(!fault.what.is_empty() && !fault.remedy.is_empty(), "{fault:?}");
            }
        }
    }
}

fn compiled(text: &str) -> Result<PolicySet, Vec<PolicyFault>> {
    let (matrix, cedar) = text.split_once("=== cedar\n").unwrap_or((text, ""));
    let file = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let cedar = file(cedar).map(|text| ("rules.cedar".to_owned(), text));
    let source =
        PolicySource { cedar: cedar.into_iter().collect(), matrix: file(matrix), assertions: None };
    PolicySet::compile(&source, slice::from_ref(&SERVICE))
}

fn decide(policy: &PolicySet) {
    for class in ["A", "B"] {
        for standing in [Standing::Good, Standing::Blocked, Standing::Expired] {
            let membership = membership(class, standing);
            let first = outcome(policy, &membership);
            assert_eq!(first, outcome(policy, &membership), "two answers to one question");
        }
    }
}

fn outcome(policy: &PolicySet, membership: &Membership) -> String {
    let context = Context { now: NOW, auth_time: NOW, shared_computer: false };
    let facts = Facts::of(policy, membership, &MEMBER, &SERVICE, &context);
    let reader = Reader {
        id: ReaderId::parse("reader-1").expect("an id"),
        profile: Profile::default(),
        memberships: Vec::new(),
    };
    let verdict = policy.weigh(&facts);
    let outcome = fill(&verdict, &reader, membership, &MEMBER, &SERVICE);
    // A login of this moment is not older than anything.
    assert!(!matches!(outcome, Outcome::Needs(_)), "{outcome:?}");
    format!("{outcome:?}")
}

fn membership(class: &str, standing: Standing) -> Membership {
    Membership {
        member: MEMBER.id.clone(),
        connector: ConnectorId::parse("campus").expect("an id"),
        key: LocalKey::new("key-1").expect("a key"),
        class: Class::parse(class).expect("a class"),
        category: Some("graduate".to_owned()),
        affiliation: ["student@nju.test".to_owned()].into(),
        standing,
        valid_until: None,
        evidence: Evidence::Asserted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_compiles_and_decides() {
        for (name, seed) in crate::seeds("policy") {
            run(&seed);
            let text = std::str::from_utf8(&seed).expect("UTF-8");
            assert!(compiled(text).is_ok(), "{name}: {:?}", compiled(text));
        }
    }
}
