//! A compiled policy folder, and the first step of a decision.

mod compile;

use crate::engine::{Asker, Engine, EngineFault, Ruling, ServiceRules, Slices};
use crate::facts::Facts;
use crate::is_built_in;
use crate::reasons::{self, Ours};
use crate::rule::Rule;
use crate::source::{PolicyFault, PolicySource, Unread};
use crate::verdict::{Entry, Obligation, Reason, Right, Verdict, Weighed};
use model::{Class, MemberId, Service, ServiceId, Standing, Text, code};
use std::collections::{BTreeMap, BTreeSet};

/// Rules that have been parsed, checked against schema and registry, and compiled.
///
/// Immutable: a changed folder or registry is another set.
#[derive(Debug)]
pub struct PolicySet(Option<Compiled>);

/// What there is where there is a policy folder.
#[derive(Debug)]
struct Compiled {
    rules: Vec<Rule>,
    engine: Engine,
    services: Slices,
    /// Every name and word in the policies: a fact whose name is not there is not read.
    mentions: BTreeSet<String>,
    classes: BTreeMap<Class, Text>,
    members: Vec<NamedMember>,
}

/// A member that a rule names.
#[derive(Debug)]
struct NamedMember {
    file: String,
    key: String,
    member: MemberId,
}

impl PolicySet {
    /// Compiles a folder against the services of the registry, or says everything that is
    /// wrong in it. A source without any rule file is no policy folder: [`open`](Self::open).
    pub fn compile(source: &PolicySource, services: &[Service]) -> Result<Self, Vec<PolicyFault>> {
        compile::compile(source, services, &Unread::default()).map(Self)
    }

    /// As [`compile`](Self::compile), for a registry that has faults already: what may only
    /// follow from a file that could not be read is not told again. For judging, never for
    /// deciding.
    pub fn judge(
        source: &PolicySource,
        services: &[Service],
        unread: &Unread,
    ) -> Result<Self, Vec<PolicyFault>> {
        compile::compile(source, services, unread).map(Self)
    }

    /// No policy folder: every reader in good standing may enter every service, and no
    /// right is given.
    pub fn open() -> Self {
        Self(None)
    }

    /// What the rules say of these facts. A service that was not there when the set was
    /// compiled is refused; the hub's own are always open.
    pub fn weigh(&self, facts: &Facts) -> Verdict {
        let (entry, rights) = match &self.0 {
            _ if is_built_in(&facts.service) => (allowed(&reasons::BUILT_IN), BTreeMap::new()),
            None => (without_policy(facts), BTreeMap::new()),
            Some(compiled) => compiled.weigh(facts),
        };
        let unweighed = match &self.0 {
            None => reasons::NO_POLICY_RIGHT.reason(),
            Some(_) => reasons::NO_RULE_RIGHT.reason(),
        };
        Verdict::new(Weighed {
            service: facts.service.clone(),
            class: facts.class.clone(),
            standing: facts.standing,
            entry,
            rights,
            unweighed,
        })
    }

    /// The classes that the folder declares, with their names.
    pub fn classes(&self) -> impl Iterator<Item = (&Class, &Text)> {
        self.0.iter().flat_map(|c| &c.classes)
    }

    /// The members that rules name, each with file and key, for `check` to find in the
    /// registry: the folder alone cannot tell a misspelt one.
    pub fn named_members(&self) -> impl Iterator<Item = (&str, &str, &MemberId)> {
        let all = self.0.iter().flat_map(|c| &c.members);
        all.map(|m| (m.file.as_str(), m.key.as_str(), &m.member))
    }

    /// Whether a rule is there that could let anybody into a service: false means that nobody
    /// enters, ever. True promises nothing: its conditions may never hold.
    pub fn may_open(&self, service: &ServiceId) -> bool {
        let Some(compiled) = &self.0 else { return true };
        is_built_in(service) || compiled.services.get(service).is_some_and(ServiceRules::may_open)
    }

    /// Whether any rule can read a fact.
    pub(crate) fn reads(&self, fact: &str) -> bool {
        self.0.as_ref().is_some_and(|c| c.mentions.contains(fact))
    }

    /// The ages of a login that matter at a service, ascending.
    pub(crate) fn login_limits(&self, service: &ServiceId) -> &[u32] {
        let rules = self.0.as_ref().and_then(|c| c.services.get(service));
        rules.map_or(&[], |rules| rules.login_limits.as_slice())
    }
}

fn without_policy(facts: &Facts) -> Entry {
    match reasons::standing(facts.standing) {
        None => allowed(&reasons::NO_POLICY),
        Some(why) => Entry::Refused { code: code::POL_STANDING, reasons: vec![why.reason()] },
    }
}

fn allowed(why: &Ours) -> Entry {
    Entry::Allowed { reasons: vec![why.reason()], obligation: None }
}

impl Compiled {
    fn weigh(&self, facts: &Facts) -> (Entry, BTreeMap<model::EntitlementId, Right>) {
        let Some(service) = self.services.get(&facts.service) else {
            let reasons = vec![reasons::NO_RULE_ENTRY.reason()];
            return (Entry::Refused { code: code::POL_NOT_ALLOWED, reasons }, BTreeMap::new());
        };
        self.weigh_at(service, facts).unwrap_or_else(|_| (self.failed(&[]), BTreeMap::new()))
    }

    fn weigh_at(
        &self,
        service: &ServiceRules,
        facts: &Facts,
    ) -> Result<(Entry, BTreeMap<model::EntitlementId, Right>), EngineFault> {
        let asker = self.engine.asker(service, facts, facts.standing)?;
        // Would good standing have opened it? Then the standing is the reason.
        let in_good = match reasons::standing(facts.standing) {
            Some(why) => Some((self.engine.asker(service, facts, Standing::Good)?, why)),
            None => None,
        };
        let in_good = in_good.as_ref().map(|(asker, why)| (asker, *why));
        let entry = self.entry(service, facts, &asker, in_good);
        let mut rights = BTreeMap::new();
        if matches!(entry, Entry::Allowed { .. }) {
            for rules in &service.rights {
                let ruling = asker.may_use(rules);
                let standing = in_good
                    .filter(|(asker, _)| matches!(asker.may_use(rules), Ruling::Given(_)))
                    .map(|(_, why)| why);
                rights.insert(rules.id.clone(), self.right(ruling, rules.by_application, standing));
            }
        }
        Ok((entry, rights))
    }

    fn entry(
        &self,
        service: &ServiceRules,
        facts: &Facts,
        asker: &Asker<'_>,
        in_good: Option<(&Asker<'_>, &Ours)>,
    ) -> Entry {
        let ruling = asker.may_enter(service);
        let standing = in_good
            .filter(|(asker, _)| matches!(asker.may_enter(service), Ruling::Given(_)))
            .map(|(_, why)| why);
        let code = if standing.is_some() { code::POL_STANDING } else { code::POL_NOT_ALLOWED };
        match ruling {
            Ruling::Given(rules) => Entry::Allowed {
                obligation: self.obligation(&rules, facts),
                reasons: self.reasons(&rules),
            },
            Ruling::Forbidden(rules) => Entry::Refused { code, reasons: self.reasons(&rules) },
            Ruling::Silent => {
                let why = standing.unwrap_or(&reasons::NO_RULE_ENTRY);
                Entry::Refused { code, reasons: vec![why.reason()] }
            }
            Ruling::Failed(rules) => self.failed(&rules),
        }
    }

    fn right(&self, ruling: Ruling, by_application: bool, standing: Option<&Ours>) -> Right {
        let withheld = |reasons| Right { given: false, reasons };
        match ruling {
            // Not even what an approval could cure.
            Ruling::Forbidden(rules) => withheld(self.reasons(&rules)),
            Ruling::Failed(rules) => withheld(self.failed_reasons(&rules)),
            // Approvals are not kept yet, so nobody has one.
            _ if by_application => withheld(vec![reasons::MUST_BE_APPROVED.reason()]),
            Ruling::Given(rules) => Right { given: true, reasons: self.reasons(&rules) },
            Ruling::Silent => withheld(vec![standing.unwrap_or(&reasons::NO_RULE_RIGHT).reason()]),
        }
    }

    /// The strictest of the rules that held decides: a second rule that also lets the
    /// reader in must not take the first one's demand away.
    fn obligation(&self, rules: &[usize], facts: &Facts) -> Option<Obligation> {
        let ages = rules.iter().filter_map(|n| self.rules.get(*n)?.max_age_s);
        let max_age_s = ages.min()?;
        let is_older = facts.older_than_s.is_some_and(|exceeded| exceeded >= max_age_s);
        is_older.then_some(Obligation::FreshLogin { max_age_s })
    }

    fn failed(&self, rules: &[usize]) -> Entry {
        Entry::Refused { code: code::HUB_INTERNAL, reasons: self.failed_reasons(rules) }
    }

    /// One sentence, and the ids of the rules for whoever must correct them.
    fn failed_reasons(&self, rules: &[usize]) -> Vec<Reason> {
        let text = reasons::RULE_FAILED.text();
        let ids = rules.iter().filter_map(|n| self.rules.get(*n));
        let mut all: Vec<_> =
            ids.map(|rule| Reason { rule: rule.id.clone(), text: text.clone() }).collect();
        if all.is_empty() {
            all.push(reasons::RULE_FAILED.reason());
        }
        all
    }

    fn reasons(&self, rules: &[usize]) -> Vec<Reason> {
        rules.iter().filter_map(|n| self.rules.get(*n)).map(Rule::reason).collect()
    }
}

#[cfg(test)]
mod tests;
