//! The reader is sent to a library to prove who they are: one leg of a login.

use crate::decide::{live_service, open_member};
use crate::flight::{Leg, draw_handle};
use crate::staff::Room;
use crate::start::{is_too_old, require_own};
use crate::turn::{Passage, Turn};
use crate::{Login, Session, staff};
use idp_bridge::{Ask, At, Begun, Connector};
use metadata::Snapshot;
use model::{
    ConnectorEntry, ConnectorId, Handle, LoginCode, Member, MemberId, Next, PageModel, Prompt,
    Refusal, Service, StepKind, code,
};
use std::sync::Arc;

/// A leg asked for with a greatest age below this is forced at once: a session at the
/// member would seldom be young enough.
const FORCE_BELOW_S: u32 = 300;

impl Login {
    /// Asks the session's own member again, by force.
    pub(crate) async fn step_up(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
        session: Session,
    ) -> Result<Next, Refusal> {
        let membership = session.membership();
        passage.flight.old = Some(session.sid().clone());
        // By the way in which this reader is known there: another one would be another reader.
        self.send(turn, passage, (&membership.member, Some(&membership.connector)), true).await
    }

    /// Asks a member, by the way that was chosen, or asks the reader to choose one; the
    /// running session is replaced when it answers.
    pub(crate) async fn begin(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
        (member, way): (&MemberId, Option<&ConnectorId>),
        running: Option<Session>,
    ) -> Result<Next, Refusal> {
        let ways = self.ways(turn, passage, member);
        if ways.len() > 1 && way.is_none_or(|way| !ways.contains(way)) {
            return self.ask_way(turn, passage, member, ways).await;
        }
        let request = &passage.flight.request;
        let force = request.prompt == Prompt::Login
            || request.max_age_s.is_some_and(|age| age < FORCE_BELOW_S)
            || running.as_ref().is_some_and(|s| is_too_old(s, request, turn.now()));
        passage.flight.old = running.map(|session| session.sid().clone());
        self.send(turn, passage, (member, way), force).await
    }

    /// The ways between which readers of this member choose: its connectors that have a name.
    /// Where fewer than two have one, its first connector is the way.
    fn ways(&self, turn: &Turn<'_>, passage: &Passage, member: &MemberId) -> Vec<ConnectorId> {
        let is_for_readers = Room::of(&passage.flight.request.service).is_none();
        let member = turn.snapshot.member(member).filter(|_| is_for_readers);
        let entries = member.map_or(&[][..], |member| &member.connectors);
        let named = entries.iter().filter(|entry| entry.name.is_some());
        named
            .filter(|entry| self.0.connectors.contains_key(entry.kind.as_str()))
            .filter_map(ConnectorEntry::id)
            .collect()
    }

    async fn ask_way(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
        member: &MemberId,
        ways: Vec<ConnectorId>,
    ) -> Result<Next, Refusal> {
        passage.member = Some(member.clone());
        open_member(&turn.snapshot, member)?;
        require_own(&passage.flight.request, member)?;
        let handle = match &passage.handle {
            Some(handle) => handle.clone(),
            None => self.carry(turn, passage).await?,
        };
        let service = passage.flight.request.service.clone();
        Ok(Next::Page(PageModel::Ways { handle, service, member: member.clone(), ways }))
    }

    async fn send(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
        (member, way): (&MemberId, Option<&ConnectorId>),
        force: bool,
    ) -> Result<Next, Refusal> {
        passage.member = Some(member.clone());
        let member = open_member(&turn.snapshot, member)?;
        require_own(&passage.flight.request, &member.id)?;
        let service = live_service(&turn.snapshot, &passage.flight.request.service)?;
        let (connector, entry, id) = self.connector_for(service, member, way)?;
        let handle = draw_handle(turn.moment())?;
        let at = at(turn, member, entry, &id, passage.flight.code);
        let ask = ask(passage, service, &handle, force);
        let Begun { next, state } = connector.begin(&at, &ask).await?;
        let note = format!("{}/{id} by {}", member.id, connector.kind());
        passage.flight.step(StepKind::Sent, note, turn.now());
        let begun = turn.now();
        passage.flight.leg =
            Some(Leg { member: member.id.clone(), connector: id, state, force, begun });
        passage.handle = Some(handle);
        let handle = self.carry(turn, passage).await?;
        Ok(with_handle(next, &handle))
    }

    /// Whether a reader of this member could log in now.
    pub fn is_usable(&self, member: &Member) -> bool {
        member.status.admits_logins() && self.connector_of(member).is_ok()
    }

    /// The connector that proves it for this service: those who work here have their own.
    fn connector_for<'m>(
        &self,
        service: &Service,
        member: &'m Member,
        way: Option<&ConnectorId>,
    ) -> Result<(&Arc<dyn Connector>, &'m ConnectorEntry, ConnectorId), Refusal> {
        if Room::of(&service.id).is_none() {
            return match way.and_then(|way| Some((way, member.connector(way)?))) {
                Some((way, entry)) => self.by_way(member, entry, way),
                None => self.connector_of(member),
            };
        }
        let (entry, id) = staff::entry()?;
        let connector = self.0.connectors.get(entry.kind.as_str()).ok_or_else(|| {
            let log = "no sign-in for those who work here is built in";
            Refusal::new(code::LOG_NO_CONNECTOR, log).at_member(&member.id)
        })?;
        Ok((connector, entry, id))
    }

    fn by_way<'m>(
        &self,
        member: &Member,
        entry: &'m ConnectorEntry,
        way: &ConnectorId,
    ) -> Result<(&Arc<dyn Connector>, &'m ConnectorEntry, ConnectorId), Refusal> {
        let connector = self.0.connectors.get(entry.kind.as_str()).ok_or_else(|| {
            let log = format!("{way} is of kind {}, which is not built in", entry.kind);
            Refusal::new(code::LOG_NO_CONNECTOR, log).at_member(&member.id)
        })?;
        Ok((connector, entry, way.clone()))
    }

    /// The connector that is offered to readers: the first whose kind this build knows.
    pub(crate) fn connector_of<'m>(
        &self,
        member: &'m Member,
    ) -> Result<(&Arc<dyn Connector>, &'m ConnectorEntry, ConnectorId), Refusal> {
        member
            .connectors
            .iter()
            .find_map(|entry| {
                Some((self.0.connectors.get(entry.kind.as_str())?, entry, entry.id()?))
            })
            .ok_or_else(|| {
                Refusal::new(code::LOG_NO_CONNECTOR, "no connector of a known kind")
                    .at_member(&member.id)
            })
    }
}

/// Where a connector is called.
pub(crate) fn at<'a>(
    turn: &'a Turn<'_>,
    member: &'a Member,
    entry: &'a ConnectorEntry,
    connector: &'a ConnectorId,
    code: LoginCode,
) -> At<'a> {
    let snapshot: &Snapshot = &turn.snapshot;
    let client = turn.inbound().client;
    At { snapshot, member, entry, connector, moment: turn.moment(), code, client }
}

/// What a connector is asked, at `begin` and at `finish` alike.
pub(crate) fn ask<'a>(
    passage: &'a Passage,
    service: &'a Service,
    handle: &'a Handle,
    force: bool,
) -> Ask<'a> {
    let request = &passage.flight.request;
    Ask {
        service,
        handle,
        force,
        // A service that asks for silence is answered from a session or not at all.
        passive: false,
        max_age_s: request.max_age_s,
        login_hint: request.login_hint.as_deref(),
        requester: service.id.as_str(),
        lang: request.lang.unwrap_or_default(),
    }
}

/// A form carries its handle, so that two tabs post to their own logins.
pub(crate) fn with_handle(next: Next, handle: &Handle) -> Next {
    match next {
        Next::Ask(mut form) => {
            form.hidden.retain(|(name, _)| name != "handle");
            form.hidden.push(("handle".to_owned(), handle.as_str().to_owned()));
            Next::Ask(form)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests;
