//! From the texts of a policy folder to rules that can be asked.

use super::{Compiled, NamedMember};
use crate::cedar_file;
use crate::engine::{Engine, EngineFault, SCHEMA, Slices};
use crate::is_built_in;
use crate::matrix::Matrix;
use crate::rule::Rule;
use crate::source::{MATRIX, PolicyFault, PolicySource, Unread};
use crate::vocabulary::{Vocabulary, kind};
use cedar_policy as cedar;
use miette::Diagnostic;
use model::{MemberId, Service};
use std::collections::{BTreeSet, HashMap};

/// Above this the folder is generated, not written, and each decision pays for it.
const MAX_POLICIES: usize = 20_000;

/// `None` where the source holds no rule file.
pub(super) fn compile(
    source: &PolicySource,
    services: &[Service],
    unread: &Unread,
) -> Result<Option<Compiled>, Vec<PolicyFault>> {
    let mut faults = Vec::new();
    source.check_sizes(&mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    source.check_assertions(&mut faults);
    let matrix = source.matrix.as_deref().map_or_else(|| Ok(Matrix::default()), Matrix::parse);
    let matrix = matrix.unwrap_or_else(|fault| {
        faults.push(fault);
        Matrix::default()
    });
    // A class whose declaration is wrong, or lies in a file that cannot be read, is no
    // unknown word where a rule names it.
    let classes = matrix.classes(&mut faults);
    let any_class = unread.matrix || faults.iter().any(|fault| fault.file == MATRIX);
    let words = Vocabulary::new(classes, services).forgiving(unread, any_class);
    let mut rules = Vec::new();
    for (file, text) in &source.cedar {
        rules.extend(cedar_file::read(file, text, &words, &mut faults));
    }
    rules.extend(matrix.rules(&words, &mut faults));
    check_ids(&rules, &mut faults);
    if faults.is_empty() {
        validate(&rules, &mut faults);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    if source.is_empty() {
        return Ok(None);
    }
    assemble(rules, words, services).map(Some).map_err(|fault| vec![ours(fault)])
}

fn assemble(
    rules: Vec<Rule>,
    words: Vocabulary,
    services: &[Service],
) -> Result<Compiled, EngineFault> {
    let engine = Engine::new(&rules)?;
    let mut slices = Slices::with_capacity(services.len());
    for service in services.iter().filter(|s| !is_built_in(&s.id)) {
        slices.insert(service.id.clone(), engine.slice(&rules, service)?);
    }
    let mut mentions = BTreeSet::new();
    for policy in rules.iter().flat_map(|rule| &rule.policies) {
        let json = policy.to_json().map_err(EngineFault::of)?;
        gather(&json, &mut mentions);
    }
    let members = named_members(&rules);
    Ok(Compiled { rules, engine, services: slices, mentions, classes: words.classes, members })
}

/// An id twice would make the trace of a decision ambiguous.
fn check_ids(rules: &[Rule], faults: &mut Vec<PolicyFault>) {
    let mut first: HashMap<&str, &Rule> = HashMap::new();
    for rule in rules {
        if let Some(earlier) = first.get(rule.id.as_str()) {
            let what = format!("the id stands in {} too, at {}", earlier.file, earlier.key);
            faults.push(rule.fault(what, "give one of the two another id"));
        } else {
            first.insert(&rule.id, rule);
        }
    }
}

/// Cedar's own checks: what passes cannot meet a missing attribute or a wrong type
/// when it is evaluated.
fn validate(rules: &[Rule], faults: &mut Vec<PolicyFault>) {
    let by_policy: HashMap<&cedar::PolicyId, &Rule> =
        rules.iter().flat_map(|rule| rule.policies.iter().map(move |p| (p.id(), rule))).collect();
    if by_policy.len() > MAX_POLICIES {
        let what = format!("{} rules are too many", by_policy.len());
        faults.push(PolicyFault::whole("policy", what, format!("keep to {MAX_POLICIES}")));
        return;
    }
    let all = rules.iter().flat_map(|rule| &rule.policies).cloned();
    let set = cedar::PolicySet::from_policies(all).map_err(EngineFault::of);
    let schema = SCHEMA.parse::<cedar::Schema>().map_err(EngineFault::of);
    let (set, schema) = match (set, schema) {
        (Ok(set), Ok(schema)) => (set, schema),
        (Err(fault), _) | (_, Err(fault)) => return faults.push(ours(fault)),
    };
    let result = cedar::Validator::new(schema).validate(&set, cedar::ValidationMode::Strict);
    for error in result.validation_errors() {
        faults.extend(by_policy.get(error.policy_id()).map(|rule| invalid(rule, error)));
    }
    let mut never = BTreeSet::new();
    for warning in result.validation_warnings() {
        // The other warnings are about scripts and look-alikes: Chinese text is no fault here.
        let is_dead = matches!(
            warning,
            cedar::ValidationWarning::ImpossiblePolicy(_)
                | cedar::ValidationWarning::InvalidActionApplication(_)
        );
        if is_dead && never.insert(warning.policy_id()) {
            faults.extend(by_policy.get(warning.policy_id()).map(|rule| dead(rule)));
        }
    }
}

fn dead(rule: &Rule) -> PolicyFault {
    rule.fault(
        "the rule can never hold",
        "`enter` goes with a Service, `use` with an Entitlement; or its conditions exclude each other",
    )
}

fn invalid(rule: &Rule, error: &(impl Diagnostic + std::fmt::Display)) -> PolicyFault {
    let advice = "a rule may read principal.class, standing, member, member_status, region, category \
         (after `principal has category`), affiliation, evidence and context.shared_computer";
    rule.fault(error.to_string(), cedar_file::remedy(error, advice))
}

fn ours(fault: EngineFault) -> PolicyFault {
    PolicyFault::whole("policy", fault.to_string(), "report this: it is a fault of the program")
}

/// Every text and every key in a policy's JSON. Attributes are named by such texts,
/// so one that is not among them is read by no policy.
fn gather(json: &serde_json::Value, mentions: &mut BTreeSet<String>) {
    match json {
        serde_json::Value::String(text) => drop(mentions.insert(text.clone())),
        serde_json::Value::Array(all) => all.iter().for_each(|one| gather(one, mentions)),
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                mentions.insert(key.clone());
                gather(value, mentions);
            }
        }
        _ => {}
    }
}

fn named_members(rules: &[Rule]) -> Vec<NamedMember> {
    let mut all: BTreeSet<(String, String, MemberId)> = BTreeSet::new();
    for rule in rules {
        for uid in rule.policies.iter().flat_map(cedar::Policy::entity_literals) {
            if uid.type_name().basename() == kind::MEMBER
                && let Ok(member) = MemberId::parse(uid.id().unescaped())
            {
                all.insert((rule.file.clone(), rule.key.clone(), member));
            }
        }
    }
    all.into_iter().map(|(file, key, member)| NamedMember { file, key, member }).collect()
}
