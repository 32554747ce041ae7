//! A login that a member starts from outside, where it is registered for that (rule 5).
//!
//! ```text
//! answer without a login ─▶ finish ─▶ admit ─▶ pending session ─▶ GET /login?h=H (same site)
//!     no session, or the same reader ─▶ taken up ─▶ the target service
//!     another person's session       ─▶ Confirm ─▶ POST /login/confirm ─▶ taken up
//! ```
//! It never continues a login in flight, and its session is nobody's until its browser
//! takes it up.

use crate::admit::Door;
use crate::decide::{live_service, open_member};
use crate::flight::{Arrival, Carried, draw_handle, push_step};
use crate::send::at;
use crate::turn::Turn;
use crate::{Login, Refused, Reply};
use idp_bridge::{Claimed, Finished};
use model::{
    ConnectorEntry, ConnectorId, LoginCode, MemberId, Next, Refusal, Service, ServiceId, Step,
    StepKind, TraceRecord, code,
};
use std::collections::BTreeMap;
use store::{Actor, AuditEntry};

/// What is known of an arrival, for its refusal.
pub(crate) struct Arriving {
    pub(crate) code: LoginCode,
    pub(crate) member: MemberId,
    pub(crate) service: Option<ServiceId>,
    pub(crate) actor: Option<Actor>,
    pub(crate) steps: Vec<Step>,
}

impl Login {
    /// An answer that names no login in flight.
    pub(crate) async fn arrive(
        &self,
        turn: &Turn<'_>,
        kinds: &[&'static str],
        member: &MemberId,
        connector: &ConnectorId,
    ) -> Result<Reply, Refused> {
        let mut arriving = Arriving {
            code: turn.edge.code,
            member: member.clone(),
            service: None,
            actor: None,
            steps: Vec::new(),
        };
        let outcome = self.judge(turn, kinds, connector, &mut arriving).await;
        self.end_arrival(turn, arriving, outcome).await
    }

    async fn judge(
        &self,
        turn: &Turn<'_>,
        kinds: &[&'static str],
        connector: &ConnectorId,
        arriving: &mut Arriving,
    ) -> Result<Reply, Refusal> {
        let member = open_member(&turn.snapshot, &arriving.member)?;
        let (found, entry) = self.connector_at(kinds, member, connector)?;
        let at = at(turn, member, entry, connector, arriving.code);
        match found.finish(&at, turn.inbound(), None, None).await? {
            Finished::Claimed(claimed) => {
                arriving.actor = Some(Actor::System);
                let target = allowed_target(turn, &claimed, entry)?.id.clone();
                arriving.service = Some(target.clone());
                let door = Door::Unasked { member: &member.id, connector };
                self.hold(turn, claimed, door, target, arriving).await
            }
            Finished::SignedOut { name, next } => {
                self.signed_out_by_member(turn, &member.id, connector, &name).await?;
                Ok(Reply::from(next))
            }
            Finished::Done(answer) => Ok(Reply::from(Next::Done(answer))),
            Finished::Again(_) => {
                let log = "a login from outside cannot ask for another step";
                Err(Refusal::new(code::LOG_UNSOLICITED_REFUSED, log))
            }
        }
    }

    /// Opens a session that waits, and sends the browser to take it up by a same-site GET,
    /// which alone carries the cookie of the session that runs.
    async fn hold(
        &self,
        turn: &Turn<'_>,
        claimed: Box<Claimed>,
        door: Door<'_>,
        target: ServiceId,
        arriving: &mut Arriving,
    ) -> Result<Reply, Refusal> {
        let authenticated = self.admit(turn, claimed, door).await?;
        let id = self.reader_of(turn, authenticated.claimed()).await?;
        arriving.actor = Some(Actor::Reader(id.clone()));
        push_step(&mut arriving.steps, StepKind::Admitted, "unsolicited", turn.now());
        let resolved = self.resolve(&authenticated, id, turn.moment()).await?;
        let live = self.open_session(turn, &authenticated, resolved, arriving.code, true).await?;
        let record = live.session().record();
        let arrival = Arrival {
            code: arriving.code,
            created: turn.now(),
            pending: record.sid.clone(),
            member: arriving.member.clone(),
            target,
            steps: arriving.steps.clone(),
        };
        let handle = draw_handle(turn.moment())?;
        let cookies = self.stow(turn, &handle, Carried::Arrival(&arrival)).await?;
        let next = Next::Redirect(self.0.public_url.join(&format!("/login?h={handle}")));
        Ok(Reply { next, cookies, lang: None })
    }

    pub(crate) async fn end_arrival(
        &self,
        turn: &Turn<'_>,
        mut arriving: Arriving,
        outcome: Result<Reply, Refusal>,
    ) -> Result<Reply, Refused> {
        let mut refusal = match outcome {
            Ok(reply) => return Ok(reply),
            Err(refusal) => refusal.at_member(&arriving.member),
        };
        if let Some(service) = &arriving.service {
            refusal = refusal.at_service(service);
        }
        let Some(actor) = arriving.actor else {
            self.note_stray(turn, arriving.code, &refusal, arriving.steps).await;
            return Err(Refused::from((refusal, arriving.code)));
        };
        let code = refusal.code();
        push_step(&mut arriving.steps, StepKind::Refused, code.as_str(), turn.now());
        let mut record = TraceRecord {
            code: arriving.code,
            service: arriving.service,
            member: Some(arriving.member),
            refused: None,
            steps: arriving.steps,
        };
        record.refuse(code);
        crate::trace::log(arriving.code, &refusal);
        self.keep(turn, &record).await;
        let audited =
            self.audit(turn.moment(), &audit_entry(turn, &record, actor, "login.refused")).await;
        let refusal = audited.err().unwrap_or(refusal);
        Err(Refused::from((refusal, arriving.code)))
    }
}

/// The service that the member names, if its registry entry allows it: never a free
/// address, and never a page on which rights are changed.
fn allowed_target<'s>(
    turn: &'s Turn<'_>,
    claimed: &Claimed,
    entry: &ConnectorEntry,
) -> Result<&'s Service, Refusal> {
    let refused = |log: String| Refusal::new(code::LOG_UNSOLICITED_REFUSED, log);
    let Some(target) = claimed.target() else {
        return Err(refused("the answer names no service".to_owned()));
    };
    if !entry.unsolicited.contains(target) {
        return Err(refused(format!("{target} is not registered for starts from outside")));
    }
    if is_privileged(target) {
        return Err(refused(format!("{target} is never started from outside")));
    }
    live_service(&turn.snapshot, target)
}

/// The hub's own pages but the portal.
fn is_privileged(target: &ServiceId) -> bool {
    policy::is_built_in(target) && target.as_str() != "portal"
}

pub(crate) fn audit_entry(
    turn: &Turn<'_>,
    record: &TraceRecord,
    actor: Actor,
    act: &str,
) -> AuditEntry {
    AuditEntry {
        actor,
        act: act.to_owned(),
        member: record.member.clone(),
        service: record.service.clone(),
        code: Some(record.code),
        outcome: record.refused.clone(),
        personal: BTreeMap::from([("address".to_owned(), turn.inbound().client.to_string())]),
    }
}

#[cfg(test)]
mod tests;
