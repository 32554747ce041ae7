//! One reader's facts in Cedar's form, and what the policies say to them.

use super::{Engine, EngineFault, Question, RightRules, ServiceRules};
use crate::facts::Facts;
use crate::vocabulary::{self, kind};
use cedar_policy as cedar;
use model::Standing;
use std::collections::{HashMap, HashSet};

/// What the policies say to one question; rules by their place in the folder.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ruling {
    /// Some permit held and no forbid.
    Given(Vec<usize>),
    /// Some forbid held.
    Forbidden(Vec<usize>),
    /// No rule held.
    Silent,
    /// A rule could not be evaluated. Cedar would leave it out, and a forbid that is
    /// left out is an open door.
    Failed(Vec<usize>),
}

/// One reader's facts in Cedar's form.
pub(crate) struct Asker<'a> {
    engine: &'a Engine,
    principal: cedar::EntityUid,
    context: cedar::Context,
    entities: cedar::Entities,
}

impl Asker<'_> {
    pub(crate) fn may_enter(&self, service: &ServiceRules) -> Ruling {
        self.ask(&service.enter)
    }

    pub(crate) fn may_use(&self, right: &RightRules) -> Ruling {
        self.ask(&right.question)
    }

    fn ask(&self, question: &Question) -> Ruling {
        let request = cedar::Request::new(
            self.principal.clone(),
            question.action.clone(),
            question.resource.clone(),
            self.context.clone(),
            None,
        );
        let Ok(request) = request else { return Ruling::Failed(Vec::new()) };
        let response =
            self.engine.authorizer.is_authorized(&request, &question.policies, &self.entities);
        let failed = response.diagnostics().errors().map(|error| match error {
            cedar::AuthorizationError::PolicyEvaluationError(error) => error.policy_id(),
        });
        let failed = self.engine.rules(failed);
        if !failed.is_empty() {
            return Ruling::Failed(failed);
        }
        let held = self.engine.rules(response.diagnostics().reason());
        match response.decision() {
            cedar::Decision::Allow => Ruling::Given(held),
            cedar::Decision::Deny if held.is_empty() => Ruling::Silent,
            cedar::Decision::Deny => Ruling::Forbidden(held),
        }
    }
}

impl Engine {
    /// Puts the facts, with `standing` in place of their own, into Cedar's form.
    pub(crate) fn asker<'a>(
        &'a self,
        service: &ServiceRules,
        facts: &Facts,
        standing: Standing,
    ) -> Result<Asker<'a>, EngineFault> {
        // Never a person: rules cannot name one, and facts do not hold one.
        let principal = self.uid(kind::READER, "reader")?;
        let mut added = Vec::with_capacity(2);
        if let Some(region) = &facts.region {
            added.push(self.region(region)?);
        }
        let attributes = self.attributes(facts, standing)?;
        added.push(
            cedar::Entity::new(principal.clone(), attributes, HashSet::new())
                .map_err(EngineFault::of)?,
        );
        let entities =
            service.entities.clone().add_entities(added, None).map_err(EngineFault::of)?;
        let shared =
            cedar::RestrictedExpression::new_bool(facts.shared_computer.unwrap_or_default());
        let context = cedar::Context::from_pairs([("shared_computer".to_owned(), shared)])
            .map_err(EngineFault::of)?;
        Ok(Asker { engine: self, principal, context, entities })
    }

    fn attributes(
        &self,
        facts: &Facts,
        standing: Standing,
    ) -> Result<HashMap<String, cedar::RestrictedExpression>, EngineFault> {
        use cedar::RestrictedExpression as Expression;
        let mut all = HashMap::with_capacity(8);
        let mut word = |name: &str, kind: &str, id: &str| {
            let uid = Expression::new_entity_uid(self.uid(kind, id)?);
            all.insert(name.to_owned(), uid);
            Ok::<(), EngineFault>(())
        };
        word("class", kind::CLASS, facts.class.as_str())?;
        word("standing", kind::STANDING, standing.as_str())?;
        if let Some(member) = &facts.member {
            word("member", kind::MEMBER, member.as_str())?;
        }
        if let Some(status) = facts.member_status {
            word("member_status", kind::MEMBER_STATUS, vocabulary::member_status(status))?;
        }
        if let Some(region) = &facts.region {
            word("region", kind::REGION, region)?;
        }
        if let Some(evidence) = facts.evidence {
            word("evidence", kind::EVIDENCE, vocabulary::evidence(evidence))?;
        }
        if let Some(category) = &facts.category {
            all.insert("category".to_owned(), Expression::new_string(category.clone()));
        }
        if let Some(affiliation) = &facts.affiliation {
            let words = affiliation.iter().map(|word| Expression::new_string(word.clone()));
            all.insert("affiliation".to_owned(), Expression::new_set(words));
        }
        Ok(all)
    }

    /// `江苏/南京`, lying in `江苏`.
    fn region(&self, region: &str) -> Result<cedar::Entity, EngineFault> {
        let parents = region
            .match_indices('/')
            .filter_map(|(at, _)| region.get(..at))
            .map(|wider| self.uid(kind::REGION, wider))
            .collect::<Result<_, _>>()?;
        Ok(cedar::Entity::new_no_attrs(self.uid(kind::REGION, region)?, parents))
    }

    /// The rules behind some policies, in the order of the folder.
    fn rules<'a>(&self, policies: impl Iterator<Item = &'a cedar::PolicyId>) -> Vec<usize> {
        let mut rules: Vec<usize> =
            policies.map(|id| self.rule_of.get(id).copied().unwrap_or(usize::MAX)).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}
