//! The second step of a decision: from a verdict to what one service is told of one
//! reader. Nothing here is ever cached.

mod values;

use crate::facts;
use crate::reasons;
use crate::verdict::{Entry, Obligation, Reason, Verdict, Weighed};
use model::{
    EntitlementId, Member, Membership, Reader, Refusal, Service, ServiceId, Text, Value, ValueName,
    code,
};
use std::collections::BTreeMap;
use std::fmt;

/// What became of one answer.
#[derive(Debug)]
#[must_use]
pub enum Outcome {
    /// The service is told this.
    Release(Release),
    /// The reader must do something first; then the decision is made anew.
    Needs(Obligation),
    /// The service may not be entered.
    Refused(Refusal),
}

/// What became of one value or right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The service is told.
    Given,
    /// There is one, and the service is not told.
    Withheld,
    /// There is none: the library did not supply it.
    Absent,
}

/// One value or right of a service, accounted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounted {
    /// Hub name of the value, or the right.
    pub what: String,
    /// What became of it.
    pub decision: Decision,
    /// Why.
    pub because: Text,
    /// Ids of the rules that decided, in the order of the folder.
    pub rules: Vec<String>,
}

/// What one service is told in one answer: proof that the rules let this reader in.
///
/// Only [`fill`] makes one. It cannot be cloned or stored, so each answer rests on a
/// decision of its own. Debug shows names, never values.
pub struct Release {
    service: ServiceId,
    values: BTreeMap<ValueName, Value>,
    entitlements: Vec<EntitlementId>,
    accounted: Vec<Accounted>,
}

impl Release {
    /// The service that it was made for; no other may be told it.
    pub fn service(&self) -> &ServiceId {
        &self.service
    }

    /// The values, by hub name. `entitlements` is among them where a right was given and
    /// the service knows rights.
    pub fn values(&self) -> &BTreeMap<ValueName, Value> {
        &self.values
    }

    /// One value, where it was given.
    pub fn get(&self, name: ValueName) -> Option<&Value> {
        self.values.get(&name)
    }

    /// The rights given, in the order of the service's file.
    pub fn entitlements(&self) -> impl Iterator<Item = &EntitlementId> {
        self.entitlements.iter()
    }

    /// Every value that the service's `release` lists and every right that it knows,
    /// each with what became of it and why.
    pub fn reasons(&self) -> Vec<Accounted> {
        self.accounted.clone()
    }
}

impl fmt::Debug for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Release")
            .field("service", &self.service)
            .field("values", &self.values.keys().collect::<Vec<_>>())
            .field("entitlements", &self.entitlements)
            .finish_non_exhaustive()
    }
}

/// Makes the answer for one reader out of a verdict on the facts of this membership at
/// this service.
///
/// A verdict that was weighed for other facts is refused as a fault of the hub, so
/// that a cache under a wrong key fails closed and not open.
pub fn fill(
    verdict: &Verdict,
    reader: &Reader,
    membership: &Membership,
    member: &Member,
    service: &Service,
) -> Outcome {
    let weighed = verdict.weighed();
    if let Some(what) = mismatch(weighed, membership, member, service) {
        let refusal = Refusal::new(code::HUB_INTERNAL, format!("policy: {what}"));
        return Outcome::Refused(refusal.at_member(&member.id).at_service(&service.id));
    }
    match &weighed.entry {
        Entry::Refused { code, reasons } => {
            let rules: Vec<&str> = reasons.iter().map(|r| r.rule.as_str()).collect();
            let log = format!(
                "entry refused by {}; class {}, standing {}",
                rules.join(", "),
                weighed.class,
                weighed.standing.as_str(),
            );
            let sentences = reasons.iter().map(|r| r.text.clone()).collect();
            let refusal = Refusal::new(*code, log).because(sentences);
            Outcome::Refused(refusal.at_member(&member.id).at_service(&service.id))
        }
        Entry::Allowed { obligation: Some(obligation), .. } => Outcome::Needs(*obligation),
        Entry::Allowed { obligation: None, .. } => {
            let (entitlements, rights) = rights(weighed, membership, service);
            let subject = values::Subject { weighed, reader, membership, member };
            let (values, mut accounted) = subject.values(service, &entitlements);
            accounted.extend(rights);
            let service = service.id.clone();
            Outcome::Release(Release { service, values, entitlements, accounted })
        }
    }
}

fn mismatch(
    weighed: &Weighed,
    membership: &Membership,
    member: &Member,
    service: &Service,
) -> Option<&'static str> {
    if weighed.service != service.id {
        return Some("the verdict was weighed for another service");
    }
    if weighed.class != membership.class {
        return Some("the verdict was weighed for another class");
    }
    if membership.member != member.id {
        return Some("the membership is at another member");
    }
    let can_be = facts::is_standing_of(weighed.standing, membership);
    (!can_be).then_some("the verdict was weighed for another standing")
}

/// The common terms of publishers (MACE-Dir entitlement registry) ask that the reader is
/// known by something that only they know.
const COMMON_LIB_TERMS: &str = "common-lib-terms";

fn rights(
    weighed: &Weighed,
    membership: &Membership,
    service: &Service,
) -> (Vec<EntitlementId>, Vec<Accounted>) {
    let not_proved = reasons::NOT_PROVED.reason();
    let mut given = Vec::new();
    let mut accounted = Vec::with_capacity(service.entitlements.len());
    for right in &service.entitlements {
        let asks_for_proof = right.id().as_str().ends_with(COMMON_LIB_TERMS);
        let (decision, reasons) = match weighed.rights.get(right.id()) {
            // No rule of a consortium can give what it may not give.
            _ if asks_for_proof && !membership.evidence.is_proved() => {
                (Decision::Withheld, std::slice::from_ref(&not_proved))
            }
            Some(found) if found.given && !right.needs_application() => {
                given.push(right.id().clone());
                (Decision::Given, found.reasons.as_slice())
            }
            Some(found) => (Decision::Withheld, found.reasons.as_slice()),
            None => (Decision::Withheld, std::slice::from_ref(&weighed.unweighed)),
        };
        accounted.push(account(right.id().as_str(), decision, reasons));
    }
    (given, accounted)
}

/// Several rules may say the same: each sentence stands once.
fn account(what: &str, decision: Decision, reasons: &[Reason]) -> Accounted {
    let mut texts: Vec<&Text> = Vec::with_capacity(reasons.len());
    for reason in reasons {
        if !texts.contains(&&reason.text) {
            texts.push(&reason.text);
        }
    }
    let zh: Vec<&str> = texts.iter().map(|t| t.zh.as_str()).collect();
    let en: Vec<&str> = texts.iter().map(|t| t.en.as_str()).collect();
    Accounted {
        what: what.to_owned(),
        decision,
        because: Text::new(zh.concat(), en.join(" ")),
        rules: reasons.iter().map(|r| r.rule.clone()).collect(),
    }
}

#[cfg(test)]
mod tests;
