//! What a decision rests on: the key under which a verdict is cached.

use crate::PolicySet;
use model::{
    Class, Evidence, Member, MemberId, MemberStatus, Membership, Service, ServiceId, Standing,
    Timestamp,
};
use std::collections::BTreeSet;

/// The circumstances of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// The time of the answer.
    pub now: Timestamp,
    /// When the reader proved who they are.
    pub auth_time: Timestamp,
    /// The reader sits at a shared computer.
    pub shared_computer: bool,
}

/// Every fact that the rules of one set read for one service, and no other, so that
/// readers whom the rules do not tell apart share one cached [`crate::Verdict`].
///
/// Holds no time: what ages (the end of a membership, the age of a login) is turned
/// into a yes or no by [`Facts::of`], so nothing cached under it grows stale.
/// Facts are of one [`PolicySet`] and mean nothing to another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Facts {
    pub(crate) service: ServiceId,
    pub(crate) class: Class,
    pub(crate) standing: Standing,
    pub(crate) member: Option<MemberId>,
    pub(crate) region: Option<String>,
    pub(crate) member_status: Option<MemberStatus>,
    pub(crate) category: Option<String>,
    pub(crate) affiliation: Option<BTreeSet<String>>,
    pub(crate) evidence: Option<Evidence>,
    pub(crate) shared_computer: Option<bool>,
    /// The greatest limit of this service that the login's age exceeds.
    pub(crate) older_than_s: Option<u32>,
}

impl Facts {
    /// The facts of one membership at one service, now. A membership past its end is
    /// expired, whatever the member said when the reader logged in.
    pub fn of(
        policy: &PolicySet,
        membership: &Membership,
        member: &Member,
        service: &Service,
        context: &Context,
    ) -> Self {
        let reads = |fact: &str| policy.reads(fact);
        Self {
            service: service.id.clone(),
            class: membership.class.clone(),
            standing: standing_at(membership, context.now),
            member: reads("member").then(|| member.id.clone()),
            region: reads("region").then(|| member.region.clone()),
            member_status: reads("member_status").then_some(member.status),
            category: membership.category.clone().filter(|_| reads("category")),
            affiliation: reads("affiliation").then(|| unscoped(membership, member)),
            evidence: reads("evidence").then_some(membership.evidence),
            shared_computer: reads("shared_computer").then_some(context.shared_computer),
            older_than_s: older_than_s(policy.login_limits(&service.id), context),
        }
    }
}

fn standing_at(membership: &Membership, now: Timestamp) -> Standing {
    let is_past = membership.valid_until.is_some_and(|end| end <= now);
    match membership.standing {
        Standing::Good | Standing::Pending if is_past => Standing::Expired,
        // Blocked and suspended say more than expired, and are not cured by a renewal.
        standing => standing,
    }
}

/// Whether `standing` can have been that of the membership at some time.
pub(crate) fn is_standing_of(standing: Standing, membership: &Membership) -> bool {
    let ended = membership.valid_until.unwrap_or(Timestamp::from_unix_ms(i64::MAX));
    standing == membership.standing || standing == standing_at(membership, ended)
}

/// A member speaks only for itself (rule 5): an affiliation in a scope of another
/// member is no fact about this membership.
fn unscoped(membership: &Membership, member: &Member) -> BTreeSet<String> {
    membership
        .affiliation
        .iter()
        .filter_map(|scoped| scoped.rsplit_once('@'))
        .filter(|(_, scope)| member.owns_scope(scope))
        .map(|(word, _)| word.to_owned())
        .collect()
}

fn older_than_s(limits: &[u32], context: &Context) -> Option<u32> {
    limits
        .iter()
        .copied()
        .filter(|limit| context.now > context.auth_time.plus_s(i64::from(*limit)))
        .max()
}

#[cfg(test)]
mod tests;
