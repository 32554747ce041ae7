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
use crate::choose::unreadable;
use crate::decide::{live_service, open_member};
use crate::flight::{Arrival, InFlight, draw_handle, push_step};
use crate::session::{cookie_of, draw_sid, idle_s};
use crate::start::at;
use crate::turn::Turn;
use crate::{Edge, Login, Refused, Reply, Session, cookies};
use idp_bridge::{Claimed, Finished};
use model::{
    ConfirmKind, ConnectorEntry, ConnectorId, Cookie, Handle, LoginCode, MemberId, Next, PageModel,
    Refusal, Service, ServiceId, Step, StepKind, TraceRecord, code,
};
use std::collections::BTreeMap;
use store::{Actor, AuditEntry, SessionRecord};

/// Where the page posts that asks before another person's session is replaced.
pub(crate) const CONFIRM: &str = "/login/confirm";
/// Where a service without an address of its own leads: the portal.
const PORTAL: &str = "/";

/// What is known of an arrival, for its refusal.
struct Arriving {
    code: LoginCode,
    member: MemberId,
    service: Option<ServiceId>,
    actor: Option<Actor>,
    steps: Vec<Step>,
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
        let id = self.reader_id(authenticated.claimed())?;
        arriving.actor = Some(Actor::Reader(id.clone()));
        push_step(&mut arriving.steps, StepKind::Admitted, "unsolicited", turn.now());
        let resolved = self.resolve(&authenticated, id).await?;
        let live = self.open_session(turn, &authenticated, resolved, arriving.code).await?;
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
        let cookies = self.stow(turn, &handle, &InFlight::Arrival(arrival)).await?;
        let next = Next::Redirect(self.0.public_url.join(&format!("/login?h={handle}")));
        Ok(Reply { next, cookies, lang: None })
    }

    /// `POST /login/confirm`: the reader pressed the button.
    pub(crate) async fn confirm(&self, edge: &Edge) -> Result<Reply, Refused> {
        let turn = Turn::of(self, edge);
        let found = match self.confirmed(edge) {
            Ok(handle) => self
                .find_state(&edge.inbound, &handle, &edge.moment)
                .await
                .map(|state| (handle, state)),
            Err(refusal) => Err(refusal),
        };
        let refusal = match found {
            Ok((handle, InFlight::Arrival(arrival))) => {
                return self.take_up(&turn, &handle, arrival, true).await;
            }
            Ok((_, InFlight::Login(_))) => {
                Refusal::new(code::LOG_STATE_FORGED, "this login waits for no confirmation")
            }
            Err(refusal) => refusal,
        };
        Err(self.refuse_stray(&turn, refusal).await)
    }

    fn confirmed(&self, edge: &Edge) -> Result<Handle, Refusal> {
        self.require_same_origin(&edge.inbound)?;
        let form = edge.inbound.form_params().map_err(unreadable)?;
        let handle = form.one("handle").map_err(unreadable)?;
        Handle::parse(handle.unwrap_or_default())
            .map_err(|_| Refusal::new(code::LOG_STATE_MISSING, "no handle in the form"))
    }

    /// The waiting session becomes this browser's, unless another person's runs there.
    pub(crate) async fn take_up(
        &self,
        turn: &Turn<'_>,
        handle: &Handle,
        arrival: Arrival,
        is_confirmed: bool,
    ) -> Result<Reply, Refused> {
        let arriving = Arriving {
            code: arrival.code,
            member: arrival.member.clone(),
            service: Some(arrival.target.clone()),
            actor: None,
            steps: arrival.steps.clone(),
        };
        let outcome = self.compare(turn, handle, &arrival, is_confirmed).await;
        self.end_arrival(turn, arriving, outcome).await
    }

    async fn compare(
        &self,
        turn: &Turn<'_>,
        handle: &Handle,
        arrival: &Arrival,
        is_confirmed: bool,
    ) -> Result<Reply, Refusal> {
        let service = live_service(&turn.snapshot, &arrival.target)?;
        open_member(&turn.snapshot, &arrival.member)?;
        let ended = || Refusal::new(code::LOG_LOGIN_ENDED, "this start was taken up before");
        let waiting = self.0.shared.find(&arrival.pending, turn.now()).await?;
        let waiting = waiting.filter(|record| record.pending).ok_or_else(ended)?;
        let running = self.browser_session(turn.inbound(), turn.moment()).await?;
        let is_anothers = running.as_ref().is_some_and(|s| s.reader().id != waiting.reader.id);
        if is_anothers && !is_confirmed {
            return Ok(Reply::from(ask_first(handle, arrival)));
        }
        // Ending it gives it to one caller only, on all nodes.
        let taken = self.0.shared.end(&arrival.pending).await?.ok_or_else(ended)?;
        let session = self.make_own(turn, taken.record).await?;
        if let Some(old) = running {
            self.replace_session(old.sid(), &session).await?;
        }
        self.note_taken_up(turn, arrival, &session).await?;
        let next = service.launch_url.clone().unwrap_or_else(|| self.0.public_url.join(PORTAL));
        let cookies = taken_up_cookies(turn, arrival, &session);
        Ok(Reply { next: Next::Redirect(next), cookies, lang: None })
    }

    /// A fresh id: the one that waited was known before anyone agreed to it.
    async fn make_own(
        &self,
        turn: &Turn<'_>,
        waited: SessionRecord,
    ) -> Result<Session, Refusal> {
        let live = self.look_again(Session::of(waited)).await?;
        let record = SessionRecord {
            sid: draw_sid(turn.moment())?,
            last_seen: turn.now(),
            idle_s: idle_s(live.session().is_shared_computer()),
            pending: false,
            ..live.session().record().clone()
        };
        self.0.shared.create(&record).await?;
        Ok(Session::of(record))
    }

    async fn note_taken_up(
        &self,
        turn: &Turn<'_>,
        arrival: &Arrival,
        session: &Session,
    ) -> Result<(), Refusal> {
        let mut steps = arrival.steps.clone();
        push_step(&mut steps, StepKind::Answered, "taken up by the browser", turn.now());
        let record = TraceRecord {
            code: arrival.code,
            service: Some(arrival.target.clone()),
            member: Some(arrival.member.clone()),
            refused: None,
            steps,
        };
        self.keep(turn, &record).await;
        let actor = Actor::Reader(session.reader().id.clone());
        self.audit(turn.moment(), &entry(turn, &record, actor, "login.taken_up")).await
    }

    async fn end_arrival(
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
        let audited = self.audit(turn.moment(), &entry(turn, &record, actor, "login.refused")).await;
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

fn ask_first(handle: &Handle, arrival: &Arrival) -> Next {
    Next::Page(PageModel::Confirm {
        kind: ConfirmKind::ReplaceSession,
        action: CONFIRM,
        hidden: vec![("handle".to_owned(), handle.as_str().to_owned())],
        member: Some(arrival.member.clone()),
        service: Some(arrival.target.clone()),
    })
}

fn taken_up_cookies(turn: &Turn<'_>, arrival: &Arrival, session: &Session) -> Vec<Cookie> {
    let mut all = cookies::removals_of(turn.inbound(), arrival.code);
    all.push(cookie_of(session.record(), turn.now()));
    if !session.is_shared_computer() {
        all.push(cookies::remember(turn.inbound(), &arrival.member));
    }
    all
}

fn entry(turn: &Turn<'_>, record: &TraceRecord, actor: Actor, act: &str) -> AuditEntry {
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
