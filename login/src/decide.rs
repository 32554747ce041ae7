//! What one service is told of one session: decided again at every answer.

use crate::resolve::Resolved;
use crate::{Login, Session, staff};
use accounts::Staff;
use metadata::Snapshot;
use model::{
    Member, MemberId, Moment, Refusal, Service, ServiceId, ServiceStatus, Timestamp, code,
};
use policy::{Context, Facts, Obligation, Outcome, Release, Verdict, fill};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use store::SessionRecord;

/// Verdicts kept at most; each is a few hundred bytes.
const MOST_VERDICTS: usize = 10_000;

/// Proof that this session may be answered to this service, now, with this release.
///
/// Made only by [`Login`], after member, service and reader were found live and policy
/// decided; so what `explain` or the portal computes can never be answered to a service.
pub struct Ready(Box<Decided>);

/// What a [`Ready`] holds; boxed, so that it is cheap to pass.
struct Decided {
    session: Session,
    release: Release,
    service: Service,
    member: Member,
}

impl Ready {
    /// The session.
    pub fn session(&self) -> &Session {
        &self.0.session
    }

    /// What the service is told.
    pub fn release(&self) -> &Release {
        &self.0.release
    }

    /// The service.
    pub fn service(&self) -> &Service {
        &self.0.service
    }

    /// The member that vouches.
    pub fn member(&self) -> &Member {
        &self.0.member
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ready({} at {})", self.0.service.id, self.0.member.id)
    }
}

/// A session whose reader was found live in this very request.
pub(crate) struct Live {
    session: Session,
    /// The role that its holder has, looked up in this very request.
    staff: Option<Staff>,
}

impl Live {
    /// Just opened for a reader whom [`Login::resolve`] found live.
    pub(crate) fn opened(session: Session, resolved: &Resolved) -> Self {
        Self { session, staff: resolved.staff().cloned() }
    }

    /// A live session under the id that its browser gets.
    pub(crate) fn renewed(live: Self, record: SessionRecord) -> Self {
        Self { session: Session::of(record), staff: live.staff }
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    pub(crate) fn staff(&self) -> Option<&Staff> {
        self.staff.as_ref()
    }
}

/// What policy said of a live session.
pub(crate) enum Decision {
    Ready(Ready),
    Needs(Session, Obligation),
}

impl Login {
    /// Looks at the reader of a session again: suspended since, or the account cut off?
    pub(crate) async fn look_again(
        &self,
        session: Session,
        moment: &Moment,
    ) -> Result<Live, Refusal> {
        if self.0.accounts.is_live(&session.reader().id).await? {
            let staff = self.staff_of(&session, moment).await?;
            return Ok(Live { session, staff });
        }
        Err(Refusal::new(code::LOG_READER_SUSPENDED, "the reader is suspended")
            .at_member(&session.membership().member))
    }

    /// Looks at member and service again, and asks policy. Nothing of an earlier answer is
    /// believed.
    pub(crate) fn decide(
        &self,
        snapshot: &Snapshot,
        live: Live,
        service: &ServiceId,
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        let service = live_service(snapshot, service)?;
        staff::require(&live, &service.id)?;
        let session = live.session;
        let member = live_member(snapshot, &session)?;
        let verdict = self.verdict(snapshot, &session, member, service, now);
        match fill(&verdict, session.reader(), session.membership(), member, service) {
            Outcome::Release(release) => {
                let (service, member) = (service.clone(), member.clone());
                let decided = Decided { session, release, service, member };
                Ok(Decision::Ready(Ready(Box::new(decided))))
            }
            Outcome::Needs(obligation) => Ok(Decision::Needs(session, obligation)),
            Outcome::Refused(refusal) => Err(refusal.at_member(&member.id).at_service(&service.id)),
        }
    }

    /// The verdict alone, from the cache where it stands there.
    pub(crate) fn verdict(
        &self,
        snapshot: &Snapshot,
        session: &Session,
        member: &Member,
        service: &Service,
        now: Timestamp,
    ) -> Arc<Verdict> {
        let context = Context {
            now,
            auth_time: session.auth_time(),
            shared_computer: session.is_shared_computer(),
        };
        let policy = snapshot.policy();
        let facts = Facts::of(policy, session.membership(), member, service, &context);
        self.0.verdicts.weigh(snapshot.version(), facts, |facts| policy.weigh(facts))
    }
}

/// The service, unless it is unknown or cut off.
pub(crate) fn live_service<'s>(
    snapshot: &'s Snapshot,
    id: &ServiceId,
) -> Result<&'s Service, Refusal> {
    let service = snapshot
        .service(id)
        .ok_or_else(|| Refusal::new(code::LOG_UNKNOWN_SERVICE, format!("service {id}")))?;
    match service.status {
        ServiceStatus::Live | ServiceStatus::Testing => Ok(service),
        ServiceStatus::Suspended => {
            Err(Refusal::new(code::LOG_SERVICE_SUSPENDED, "suspended").at_service(id))
        }
    }
}

/// The member, unless it is unknown or closed to logins.
pub(crate) fn open_member<'s>(
    snapshot: &'s Snapshot,
    id: &MemberId,
) -> Result<&'s Member, Refusal> {
    let member = snapshot
        .member(id)
        .ok_or_else(|| Refusal::new(code::LOG_UNKNOWN_MEMBER, format!("member {id}")))?;
    if !member.status.admits_logins() {
        let log = format!("member {id} is {:?}", member.status);
        return Err(Refusal::new(code::LOG_MEMBER_CLOSED, log).at_member(id));
    }
    Ok(member)
}

/// The member of a session. A connector that was taken from the registry takes its
/// sessions with it, or a campus that lost its keys could only be cut off whole (N14).
pub(crate) fn live_member<'s>(
    snapshot: &'s Snapshot,
    session: &Session,
) -> Result<&'s Member, Refusal> {
    let membership = session.membership();
    let member = open_member(snapshot, &membership.member)?;
    let is_known = staff::is_staff_connector(&membership.connector)
        || member.connector(&membership.connector).is_some();
    if !is_known {
        let log = format!("connector {} is no longer registered", membership.connector);
        return Err(Refusal::new(code::LOG_SESSION_GONE, log).at_member(&member.id));
    }
    Ok(member)
}

/// The verdicts of one registry version, bounded.
#[derive(Default)]
pub(crate) struct Verdicts(RwLock<Cached>);

#[derive(Default)]
struct Cached {
    version: u64,
    verdicts: HashMap<Facts, Arc<Verdict>>,
}

impl Verdicts {
    /// The verdict on these facts under this version of registry and policy.
    ///
    /// The facts hold all that the policies read, times already turned into facts, so
    /// nothing ages in here; another version empties it.
    fn weigh(
        &self,
        version: u64,
        facts: Facts,
        weigh: impl FnOnce(&Facts) -> Verdict,
    ) -> Arc<Verdict> {
        {
            let cached = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if cached.version == version
                && let Some(verdict) = cached.verdicts.get(&facts)
            {
                return Arc::clone(verdict);
            }
        }
        let verdict = Arc::new(weigh(&facts));
        let mut cached = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if cached.version < version {
            *cached = Cached { version, verdicts: HashMap::new() };
        }
        // A request that still holds an older version keeps its verdict to itself.
        if cached.version == version {
            if cached.verdicts.len() >= MOST_VERDICTS {
                cached.verdicts.clear();
            }
            cached.verdicts.insert(facts, Arc::clone(&verdict));
        }
        verdict
    }
}

#[cfg(test)]
mod tests;
