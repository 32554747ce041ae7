//! A login from outside becomes its browser's: the same-site half of `unsolicited`.

use crate::choose::unreadable;
use crate::cookies::sent_sid;
use crate::decide::{Live, live_service, open_member};
use crate::flight::{Arrival, InFlight, push_step};
use crate::session::{draw_sid, idle_s};
use crate::turn::Turn;
use crate::unsolicited::{Arriving, audit_entry};
use crate::{Edge, Login, Refused, Reply, Session, cookies};
use model::{
    ConfirmKind, Handle, MemberId, Next, PageModel, Refusal, ServiceId, Sid, StepKind, TraceRecord,
    code,
};
use store::{Actor, SessionRecord};

/// Where the page posts that asks before another person's session is replaced.
pub(crate) const CONFIRM: &str = "/login/confirm";
/// Where a service without an address of its own leads: the portal.
const PORTAL: &str = "/";

impl Login {
    /// `POST /login/confirm`: the reader pressed the button that a login waits for.
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
            Ok((handle, InFlight::Login(flight))) if flight.waits.is_some() => {
                return self.press(&turn, handle, *flight).await;
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
        let Some(live) = self.claim(turn, &arrival.pending, is_confirmed).await? else {
            return Ok(Reply::from(ask_first(handle, &arrival.member, &arrival.target)));
        };
        let session = live.session();
        if let Some(old) = sent_sid(turn.inbound()) {
            self.replace_session(turn, &old, session).await?;
        }
        self.note_taken_up(turn, arrival, session).await?;
        let next = service.launch_url.clone().unwrap_or_else(|| self.0.public_url.join(PORTAL));
        let mut cookies = cookies::removals_of(turn.inbound(), arrival.code);
        cookies.extend(self.session_cookies(turn, session));
        Ok(Reply { next: Next::Redirect(next), cookies, lang: None })
    }

    /// Gives this browser the session that waits for it, to one caller on all nodes; `None`
    /// where another person's runs and no button was pressed.
    pub(crate) async fn claim(
        &self,
        turn: &Turn<'_>,
        waiting: &Sid,
        is_confirmed: bool,
    ) -> Result<Option<Live>, Refusal> {
        let ended = || Refusal::new(code::LOG_LOGIN_ENDED, "this login was taken up before");
        let found = self.find_session(waiting, turn.now()).await?;
        let found = found.filter(|record| record.pending).ok_or_else(ended)?;
        let running = self.browser_session(turn.inbound(), turn.moment()).await?;
        let is_anothers = running.is_some_and(|s| s.reader().id != found.reader.id);
        if is_anothers && !is_confirmed {
            return Ok(None);
        }
        // Ending it gives it to one caller only.
        let taken = self.0.shared.end(waiting).await?;
        let taken = taken.filter(|taken| self.is_own(&taken.record)).ok_or_else(ended)?;
        self.make_own(turn, taken.record).await.map(Some)
    }

    /// A fresh id: the one that waited was known before anyone agreed to it.
    async fn make_own(&self, turn: &Turn<'_>, waited: SessionRecord) -> Result<Live, Refusal> {
        let live = self.look_again(Session::of(waited), turn.moment()).await?;
        let record = SessionRecord {
            sid: draw_sid(turn.moment())?,
            last_seen: turn.now(),
            idle_s: idle_s(live.session().is_shared_computer()),
            pending: false,
            ..live.session().record().clone()
        };
        let record = self.keep_session(record).await?;
        Ok(Live::renewed(live, record))
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
        self.audit(turn.moment(), &audit_entry(turn, &record, actor, "login.taken_up")).await
    }
}

/// The question before another person's session is replaced.
pub(crate) fn ask_first(handle: &Handle, member: &MemberId, service: &ServiceId) -> Next {
    Next::Page(PageModel::Confirm {
        kind: ConfirmKind::ReplaceSession,
        action: CONFIRM,
        hidden: vec![("handle".to_owned(), handle.as_str().to_owned())],
        member: Some(member.clone()),
        service: Some(service.clone()),
        reader: None,
    })
}
