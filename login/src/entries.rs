//! What comes in from the members: each answer to the login that asked for it.

use crate::admit::Door;
use crate::cookies::sent_sid;
use crate::decide::{Decision, Live, live_service, open_member};
use crate::flight::{InFlight, Leg, SKEW_S, Waits, draw_handle};
use crate::routes::LOGIN;
use crate::send::{ask, at, with_handle};
use crate::staff::{self, is_staff_connector};
use crate::start::is_too_old;
use crate::turn::{Passage, Turn};
use crate::waiting::{By, is_answered};
use crate::{Edge, Login, Refused, Reply, Session};
use idp_bridge::{Begun, Claimed, Clue, Connector, Finished};
use model::{ConnectorEntry, ConnectorId, Handle, Member, MemberId, Next, Refusal, StepKind, code};
use std::sync::Arc;
use store::Actor;

impl Login {
    /// An entry that these kinds of connectors declare.
    pub(crate) async fn enter(
        &self,
        edge: &Edge,
        kinds: &[&'static str],
    ) -> Result<Reply, Refused> {
        let turn = Turn::of(self, edge);
        // Answers of a library come from its own site; our form comes from ours.
        if edge.inbound.path == LOGIN
            && let Err(refusal) = self.refuse_foreign(&edge.inbound)
        {
            return Err(self.refuse_stray(&turn, refusal).await);
        }
        let identified = kinds
            .iter()
            .filter_map(|kind| self.0.connectors.get(kind))
            .find_map(|connector| Some((connector, connector.identify(&edge.inbound)?)));
        match identified {
            Some((_, Clue::Handle(handle))) => self.finish(&turn, kinds, handle, By::Handle).await,
            Some((_, Clue::Browser(member, connector))) => {
                match self.waiting(&turn, &member, &connector).await {
                    Ok(handle) => self.finish(&turn, kinds, handle, By::Browser).await,
                    Err(refusal) => Err(self.refuse_stray(&turn, refusal).await),
                }
            }
            // Rule 5: what names no login in flight never continues one, whatever cookies came.
            Some((_, Clue::Connector(member, connector))) => {
                self.arrive(&turn, kinds, &member, &connector).await
            }
            Some((_, Clue::Issuer(issuer))) => {
                let Some((member, connector)) = connector_of(&turn, &issuer) else {
                    let refusal = Refusal::new(code::SAML_UNKNOWN_ISSUER, "not registered");
                    return Err(self.refuse_stray(&turn, refusal).await);
                };
                self.arrive(&turn, kinds, &member, &connector).await
            }
            Some((connector, Clue::Hub)) => {
                match connector.hub_entry(&turn.snapshot, &edge.inbound, &edge.moment).await {
                    Ok(answer) => Ok(Reply::from(Next::Done(answer))),
                    Err(refusal) => Err(self.refuse_stray(&turn, refusal).await),
                }
            }
            None => {
                let refusal = Refusal::new(code::WEB_BAD_PARAMETERS, "belongs to no login");
                Err(self.refuse_stray(&turn, refusal).await)
            }
        }
    }

    async fn finish(
        &self,
        turn: &Turn<'_>,
        kinds: &[&'static str],
        handle: Handle,
        by: By,
    ) -> Result<Reply, Refused> {
        let refusal = match self.find_state(turn.inbound(), &handle, turn.moment()).await {
            // One request of ours has one answer: a session that waits for the reader is it.
            Ok(InFlight::Login(flight)) if is_answered(&flight) => {
                Refusal::new(code::LOG_STATE_FORGED, "the library has answered this login")
            }
            Ok(InFlight::Login(flight)) => {
                let mut passage = Passage::new(*flight, Some(handle));
                let outcome = self.finish_leg(turn, kinds, &mut passage, by).await;
                return self.leave(turn, passage, outcome).await;
            }
            Ok(InFlight::Arrival(_)) => {
                Refusal::new(code::LOG_STATE_FORGED, "this state waits for no library")
            }
            Err(refusal) => refusal,
        };
        Err(self.refuse_stray(turn, refusal).await)
    }

    async fn finish_leg(
        &self,
        turn: &Turn<'_>,
        kinds: &[&'static str],
        passage: &mut Passage,
        by: By,
    ) -> Result<Next, Refusal> {
        let (Some(leg), Some(handle)) = (passage.flight.leg.clone(), passage.handle.clone()) else {
            return Err(Refusal::new(code::LOG_STATE_MISSING, "no library was asked"));
        };
        let member = open_member(&turn.snapshot, &leg.member)?;
        let (connector, entry) = self.connector_at(kinds, member, &leg.connector)?;
        let at = at(turn, member, entry, &leg.connector, passage.flight.code);
        let service = live_service(&turn.snapshot, &passage.flight.request.service)?;
        let ask = ask(passage, service, &handle, leg.force);
        match connector.finish(&at, turn.inbound(), Some(&leg.state), Some(&ask)).await? {
            Finished::Claimed(claimed) => {
                self.let_in(turn, passage, (&handle, &leg, by), claimed).await
            }
            Finished::Again(begun) => self.again(turn, passage, leg, begun).await,
            Finished::SignedOut { name, next } => {
                self.signed_out_by_member(turn, &leg.member, &leg.connector, &name).await?;
                Ok(next)
            }
            Finished::Done(answer) => Ok(Next::Done(answer)),
        }
    }

    /// One more step: the same leg where nothing is to be remembered, so that a form can
    /// be posted again from the page before; else a leg of its own.
    async fn again(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
        leg: Leg,
        Begun { next, state }: Begun,
    ) -> Result<Next, Refusal> {
        if state != leg.state {
            passage.flight.leg = Some(Leg { state, ..leg });
            passage.handle = Some(draw_handle(turn.moment())?);
            self.carry(turn, passage).await?;
        }
        match &passage.handle {
            Some(handle) => Ok(with_handle(next, handle)),
            None => Ok(next),
        }
    }

    /// Through the door, to a session, to the answer.
    async fn let_in(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
        (handle, leg, by): (&Handle, &Leg, By),
        claimed: Box<Claimed>,
    ) -> Result<Next, Refusal> {
        passage.actor = Some(Actor::System);
        let until = passage.flight.forgotten();
        let notes = claimed.notes().join("; ");
        let authenticated = self.admit(turn, claimed, Door::Asked { handle, leg, until }).await?;
        passage.flight.step(StepKind::Admitted, notes, turn.now());
        let id = self.reader_of(turn, authenticated.claimed()).await?;
        passage.actor = Some(Actor::Reader(id.clone()));
        let resolved = self.resolve(&authenticated, id, turn.moment()).await?;
        self.end_trouble(turn, &leg.member, &leg.connector).await;
        let code = passage.flight.code;
        let is_another =
            self.is_another_person(turn, passage.flight.old.as_ref(), &resolved).await?;
        let waits = is_another || by == By::Browser;
        let live = self.open_session(turn, &authenticated, resolved, code, waits).await?;
        let sid = || live.session().sid().clone();
        match by {
            // Nothing in the answer said for which login it is: whoever it names may be
            // another than the reader who sits here.
            By::Browser => return self.hold_back(turn, passage, Waits::IsItYou(sid())).await,
            By::Handle if is_another => {
                return self.hold_back(turn, passage, Waits::Replaces(sid())).await;
            }
            By::Handle => {}
        }
        self.settle(turn, passage, leg, live).await
    }

    /// The session becomes this browser's; then the service is answered from it.
    pub(crate) async fn settle(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
        leg: &Leg,
        live: Live,
    ) -> Result<Next, Refusal> {
        let session = live.session().clone();
        passage.cookies.extend(self.session_cookies(turn, &session));
        // The session that this one replaces: sealed when the library was asked, or in
        // the cookie where the answer came from our own page.
        for old in passage.flight.old.clone().into_iter().chain(sent_sid(turn.inbound())) {
            self.replace_session(turn, &old, &session).await?;
        }
        if needs_another_leg(&session, passage, leg, turn)? {
            return self.ask_again(turn, passage, session).await;
        }
        let service = passage.flight.request.service.clone();
        match self.decide(&turn.snapshot, live, &service, turn.now())? {
            Decision::Ready(ready) => self.answer(turn, passage, &ready).await,
            Decision::Needs(..) if leg.force => Err(too_old("policy asks for a younger login")),
            Decision::Needs(session, _) => self.ask_again(turn, passage, session).await,
        }
    }

    /// The member let its own session answer where a fresh login is needed: by force, once.
    async fn ask_again(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
        session: Session,
    ) -> Result<Next, Refusal> {
        self.audit_login(turn, passage, "login.admitted", None).await?;
        self.step_up(turn, passage, session).await
    }

    /// The registered entry of a connector that answers here.
    pub(crate) fn connector_at<'m>(
        &self,
        kinds: &[&'static str],
        member: &'m Member,
        connector: &ConnectorId,
    ) -> Result<(&Arc<dyn Connector>, &'m ConnectorEntry), Refusal> {
        let refusal = |code, log: String| Refusal::new(code, log).at_member(&member.id);
        let entry = if is_staff_connector(connector) {
            staff::entry()?.0
        } else {
            member.connector(connector).ok_or_else(|| {
                refusal(code::LOG_NO_CONNECTOR, format!("{connector} is no longer registered"))
            })?
        };
        let found = self.0.connectors.get(entry.kind.as_str()).ok_or_else(|| {
            refusal(code::LOG_NO_CONNECTOR, format!("kind {} is not built in", entry.kind))
        })?;
        // An answer for one kind of connector must not be judged by another.
        if !kinds.contains(&entry.kind.as_str()) {
            let log = format!("{connector} is of kind {}, which has no such entry", entry.kind);
            return Err(refusal(code::LOG_WRONG_CONNECTOR, log));
        }
        Ok((found, entry))
    }
}

/// The member and connector that are registered under an issuer.
fn connector_of(turn: &Turn<'_>, issuer: &str) -> Option<(MemberId, ConnectorId)> {
    let (member, entry) = turn.snapshot.connector_by_issuer(issuer)?;
    Some((member.id.clone(), entry.id()?))
}

/// Whether the login is too old for the request. One that was asked for by force and is
/// older than the asking is refused: the member did not do as it was asked.
fn needs_another_leg(
    session: &Session,
    passage: &Passage,
    leg: &Leg,
    turn: &Turn<'_>,
) -> Result<bool, Refusal> {
    if !leg.force {
        return Ok(is_too_old(session, &passage.flight.request, turn.now()));
    }
    if session.auth_time() < leg.begun.plus_s(-SKEW_S) {
        return Err(too_old("the member answered a forced login from its own session"));
    }
    Ok(false)
}

fn too_old(log: &str) -> Refusal {
    Refusal::new(code::POL_LOGIN_TOO_OLD, log)
}

#[cfg(test)]
mod tests;
