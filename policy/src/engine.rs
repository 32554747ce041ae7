//! Cedar: the policies cut to what one resource needs, and the questions put to them.

mod asker;

use crate::rule::Rule;
use crate::vocabulary::kind;
pub(crate) use asker::{Asker, Ruling};
use cedar_policy as cedar;
use model::{EntitlementId, Service, ServiceId};
use std::collections::{HashMap, HashSet};

/// The schema that every policy is checked against.
pub(crate) const SCHEMA: &str = include_str!("schema.cedarschema");

/// The policies that can matter to one service, and nothing else: a decision's cost
/// does not grow with the number of services.
#[derive(Debug)]
pub(crate) struct ServiceRules {
    enter: Question,
    pub(crate) rights: Vec<RightRules>,
    /// The service and its rights, for `resource in Service::"…"`.
    entities: cedar::Entities,
    /// Ages of a login that some rule for entering asks about, ascending.
    pub(crate) login_limits: Vec<u32>,
}

/// The policies that can matter to one right.
#[derive(Debug)]
pub(crate) struct RightRules {
    pub(crate) id: EntitlementId,
    pub(crate) by_application: bool,
    question: Question,
}

#[derive(Debug)]
struct Question {
    action: cedar::EntityUid,
    resource: cedar::EntityUid,
    policies: cedar::PolicySet,
}

/// Names that every question needs, parsed once, and whose policy is whose.
#[derive(Debug)]
pub(crate) struct Engine {
    authorizer: cedar::Authorizer,
    types: HashMap<&'static str, cedar::EntityTypeName>,
    rule_of: HashMap<cedar::PolicyId, usize>,
    /// The scope of every policy, in the order of the rules: Cedar makes one anew whenever
    /// it is asked, and every service asks every policy.
    scopes: Vec<Scope>,
}

/// What the head of a policy says it is for.
#[derive(Debug)]
struct Scope {
    action: cedar::ActionConstraint,
    resource: cedar::ResourceConstraint,
}

/// Cedar refused something that was checked before: a fault of this crate.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct EngineFault(String);

impl EngineFault {
    pub(crate) fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

const TYPES: [&str; 10] = [
    kind::ACTION,
    kind::CLASS,
    kind::ENTITLEMENT,
    kind::EVIDENCE,
    kind::MEMBER,
    kind::MEMBER_STATUS,
    kind::READER,
    kind::REGION,
    kind::SERVICE,
    kind::STANDING,
];

impl Engine {
    pub(crate) fn new(rules: &[Rule]) -> Result<Self, EngineFault> {
        let types = TYPES
            .iter()
            .map(|name| Ok((*name, name.parse().map_err(EngineFault::of)?)))
            .collect::<Result<_, EngineFault>>()?;
        let rule_of = rules
            .iter()
            .enumerate()
            .flat_map(|(n, rule)| rule.policies.iter().map(move |p| (p.id().clone(), n)))
            .collect();
        let policies = rules.iter().flat_map(|rule| &rule.policies);
        let scopes = policies
            .map(|p| Scope { action: p.action_constraint(), resource: p.resource_constraint() })
            .collect();
        Ok(Self { authorizer: cedar::Authorizer::new(), types, rule_of, scopes })
    }

    /// Cuts the rules to one service.
    pub(crate) fn slice(
        &self,
        rules: &[Rule],
        service: &Service,
    ) -> Result<ServiceRules, EngineFault> {
        let resource = self.uid(kind::SERVICE, service.id.as_str())?;
        let mut entities = vec![cedar::Entity::new_no_attrs(resource.clone(), HashSet::new())];
        let mut rights = Vec::with_capacity(service.entitlements.len());
        for right in &service.entitlements {
            let uid = self.uid(kind::ENTITLEMENT, right.id().as_str())?;
            let parents = HashSet::from([resource.clone()]);
            entities.push(cedar::Entity::new_no_attrs(uid.clone(), parents));
            rights.push(RightRules {
                id: right.id().clone(),
                by_application: right.needs_application(),
                question: self.question(rules, "use", uid, Some(&resource))?,
            });
        }
        let enter = self.question(rules, "enter", resource, None)?;
        let mut login_limits: Vec<u32> = enter
            .policies
            .policies()
            .filter_map(|p| rules.get(*self.rule_of.get(p.id())?)?.max_age_s)
            .collect();
        login_limits.sort_unstable();
        login_limits.dedup();
        let entities = cedar::Entities::from_entities(entities, None).map_err(EngineFault::of)?;
        Ok(ServiceRules { enter, rights, entities, login_limits })
    }

    fn question(
        &self,
        rules: &[Rule],
        action: &str,
        resource: cedar::EntityUid,
        parent: Option<&cedar::EntityUid>,
    ) -> Result<Question, EngineFault> {
        let action = self.uid(kind::ACTION, action)?;
        let policies = rules
            .iter()
            .flat_map(|rule| &rule.policies)
            .zip(&self.scopes)
            .filter(|(_, scope)| scope.can_matter(&action, &resource, parent))
            .map(|(policy, _)| policy.clone());
        let policies = cedar::PolicySet::from_policies(policies).map_err(EngineFault::of)?;
        Ok(Question { action, resource, policies })
    }

    fn uid(&self, kind: &str, id: &str) -> Result<cedar::EntityUid, EngineFault> {
        let name = self.types.get(kind).ok_or_else(|| EngineFault::of(kind))?;
        Ok(cedar::EntityUid::from_type_name_and_id(name.clone(), cedar::EntityId::new(id)))
    }
}

/// The rules of every service of the registry, by its id.
pub(crate) type Slices = HashMap<ServiceId, ServiceRules>;

impl ServiceRules {
    /// Whether the head of any permit leaves entering a chance: where none does, nobody enters,
    /// whoever asks.
    pub(crate) fn may_open(&self) -> bool {
        self.enter.policies.policies().any(|policy| policy.effect() == cedar::Effect::Permit)
    }
}

impl Scope {
    /// Whether it leaves the policy any chance at this resource. Only a policy whose scope
    /// rules it out is left away, so leaving it away changes no answer.
    fn can_matter(
        &self,
        action: &cedar::EntityUid,
        resource: &cedar::EntityUid,
        parent: Option<&cedar::EntityUid>,
    ) -> bool {
        let lies_in = |uid: &cedar::EntityUid| uid == resource || Some(uid) == parent;
        let is_kind = |name: &cedar::EntityTypeName| name == resource.type_name();
        let for_action = match &self.action {
            cedar::ActionConstraint::Any => true,
            cedar::ActionConstraint::Eq(uid) => uid == action,
            cedar::ActionConstraint::In(uids) => uids.contains(action),
        };
        for_action
            && match &self.resource {
                cedar::ResourceConstraint::Any => true,
                cedar::ResourceConstraint::Eq(uid) => uid == resource,
                cedar::ResourceConstraint::In(uid) => lies_in(uid),
                cedar::ResourceConstraint::Is(name) => is_kind(name),
                cedar::ResourceConstraint::IsIn(name, uid) => is_kind(name) && lies_in(uid),
            }
    }
}
