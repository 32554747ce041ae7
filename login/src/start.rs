//! A service asks: answer from the session, or send the reader to prove who they are.

use crate::circle;
use crate::cookies;
use crate::decide::{Decision, live_service};
use crate::flight::{Carried, Flight, draw_handle};
use crate::session::is_shared_computer;
use crate::turn::{Passage, Turn};
use crate::{Edge, Login, Refused, Reply, Session};
use model::{
    Handle, Inbound, LoginRequest, MemberId, MemberStatus, Next, PageModel, Prompt, Refusal,
    StepKind, Text, Timestamp, code,
};
use policy::Obligation;

impl Login {
    /// Begins the login that a service asked for, or answers it from the running session.
    ///
    /// Writes nothing before somebody has proved who they are (rule 2). A request that
    /// came by POST carries no session cookie; it is sealed and taken up by a GET.
    pub async fn start(&self, edge: &Edge, request: LoginRequest) -> Result<Reply, Refused> {
        let turn = Turn::of(self, edge);
        let flight = Flight::new(request, edge.code, &edge.moment);
        let mut passage = Passage::new(flight, None);
        let outcome = if turn.is_post() {
            self.take_up_by_get(&turn, &mut passage).await
        } else {
            self.proceed(&turn, &mut passage).await
        };
        self.leave(&turn, passage, outcome).await
    }

    /// Either way out of the path of a login.
    pub(crate) async fn leave(
        &self,
        turn: &Turn<'_>,
        passage: Passage,
        outcome: Result<Next, Refusal>,
    ) -> Result<Reply, Refused> {
        match outcome {
            Ok(next) => Ok(passage.reply(next)),
            Err(refusal) => self.refuse(turn, passage, refusal).await,
        }
    }

    async fn take_up_by_get(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
    ) -> Result<Next, Refusal> {
        live_service(&turn.snapshot, &passage.flight.request.service)?;
        let handle = self.carry(turn, passage).await?;
        Ok(Next::Redirect(self.0.public_url.join(&format!("/login?h={handle}"))))
    }

    /// Goes on unless the service sends its reader in a circle.
    pub(crate) async fn proceed(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
    ) -> Result<Next, Refusal> {
        if circle::is_closed(turn.inbound(), &passage.flight) {
            return Err(self.stop_circle(turn, passage).await);
        }
        self.walk_on(turn, passage).await
    }

    /// The session, else the library named, else the only one, else the choice.
    pub(crate) async fn walk_on(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
    ) -> Result<Next, Refusal> {
        live_service(&turn.snapshot, &passage.flight.request.service)?;
        let running = self.browser_session(turn.inbound(), turn.moment()).await?;
        if let Some(session) = &running
            && is_good_enough(session, &passage.flight.request, turn.now())
            && let Some(next) = self.reuse(turn, passage, session.clone()).await?
        {
            return Ok(next);
        }
        if !passage.flight.may_ask() {
            return Err(Refusal::new(code::LOG_LOGIN_REQUIRED, "no session that is good enough"));
        }
        // A reader who comes back from a library that was asked wants another one.
        let chooses_again = passage.flight.leg.is_some();
        match self.named_member(turn, &passage.flight.request) {
            Some(member) if !chooses_again || passage.flight.request.only_member.is_some() => {
                self.begin(turn, passage, (&member, None), running).await
            }
            _ => self.discovery(turn, passage).await,
        }
    }

    /// Answers from the running session; `None`: the reader must log in afresh.
    pub(crate) async fn reuse(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
        session: Session,
    ) -> Result<Option<Next>, Refusal> {
        passage.member = Some(session.membership().member.clone());
        passage.actor = Some(store::Actor::Reader(session.reader().id.clone()));
        let service = passage.flight.request.service.clone();
        let live = self.look_again(session, turn.moment()).await?;
        match self.decide(&turn.snapshot, live, &service, turn.now())? {
            Decision::Ready(ready) => {
                passage.flight.step(StepKind::SessionReused, "", turn.now());
                self.answer(turn, passage, &ready).await.map(Some)
            }
            Decision::Needs(session, Obligation::FreshLogin { .. }) => {
                if !passage.flight.may_ask() {
                    let log = "policy asks for a fresh login";
                    return Err(Refusal::new(code::LOG_LOGIN_REQUIRED, log));
                }
                self.step_up(turn, passage, session).await.map(Some)
            }
        }
    }

    /// Which library? The page links back with the handle.
    async fn discovery(&self, turn: &Turn<'_>, passage: &mut Passage) -> Result<Next, Refusal> {
        if turn.snapshot.members().all(|member| is_unlisted(member.status)) {
            return Err(nothing_to_choose());
        }
        let handle = match &passage.handle {
            Some(handle) => handle.clone(),
            None => self.carry(turn, passage).await?,
        };
        Ok(Next::Page(PageModel::Discovery {
            handle,
            service: passage.flight.request.service.clone(),
            recent: self.recent(turn.inbound()),
        }))
    }

    /// Seals the login under its handle, drawn where it has none, and sets the cookies.
    pub(crate) async fn carry(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
    ) -> Result<Handle, Refusal> {
        let handle = match passage.handle.take() {
            Some(handle) => handle,
            None => draw_handle(turn.moment())?,
        };
        let cookies = self.stow(turn, &handle, Carried::Login(&passage.flight)).await?;
        passage.cookies.extend(cookies);
        passage.handle = Some(handle.clone());
        Ok(handle)
    }

    /// The member that need not be asked for: required, named, or the only usable one.
    fn named_member(&self, turn: &Turn<'_>, request: &LoginRequest) -> Option<MemberId> {
        if let Some(only) = &request.only_member {
            return Some(only.clone());
        }
        // A library that is not known is no reason to turn the reader away: they choose.
        if let Some(named) = request.member.as_ref().filter(|id| turn.snapshot.member(id).is_some())
        {
            return Some(named.clone());
        }
        let mut usable = turn.snapshot.members().filter(|member| self.is_usable(member));
        match (usable.next(), usable.next()) {
            (Some(one), None) => Some(one.id.clone()),
            _ => None,
        }
    }

    /// Libraries this browser used and that can be used now, newest first; none at a shared
    /// computer, whoever used them before (rule 13).
    pub fn recent(&self, inbound: &Inbound) -> Vec<MemberId> {
        let snapshot = self.0.registry.current();
        if is_shared_computer(&snapshot, inbound.client) {
            return Vec::new();
        }
        let mut recent = cookies::recent(inbound);
        recent.retain(|id| snapshot.member(id).is_some_and(|member| self.is_usable(member)));
        recent
    }
}

/// Whether discovery names such members not at all.
fn is_unlisted(status: MemberStatus) -> bool {
    matches!(status, MemberStatus::Applied | MemberStatus::Left)
}

/// An empty page would leave the operator of a new hub without a word.
fn nothing_to_choose() -> Refusal {
    let log = "no member can be chosen: apply a registry that has one";
    Refusal::new(code::REG_EMPTY, log).because(vec![Text::new(
        "还没有可以登录的成员馆。管理员请用 readerpass apply 登记成员馆。",
        "No library can be chosen yet. The operator registers libraries with `readerpass apply DIR`.",
    )])
}

/// Rule 6: a request to one member's virtual identity provider is answered by it alone.
pub(crate) fn require_own(request: &LoginRequest, member: &MemberId) -> Result<(), Refusal> {
    match &request.only_member {
        Some(only) if only != member => {
            let log = format!("{only} must vouch, not {member}");
            Err(Refusal::new(code::LOG_WRONG_MEMBER, log).at_member(only))
        }
        _ => Ok(()),
    }
}

/// Whether the service may be answered from this session without asking the reader.
///
/// A member that the request merely names only saves the choice; it does not turn a
/// reader away who has logged in elsewhere.
pub(crate) fn is_good_enough(session: &Session, request: &LoginRequest, now: Timestamp) -> bool {
    matches!(request.prompt, Prompt::AsNeeded | Prompt::Never)
        && session.is_for(&request.service)
        && !is_too_old(session, request, now)
        && require_own(request, &session.membership().member).is_ok()
}

/// OpenID Connect Core 3.1.2.1, `max_age`.
pub(crate) fn is_too_old(session: &Session, request: &LoginRequest, now: Timestamp) -> bool {
    request.max_age_s.is_some_and(|age| now.seconds_since(session.auth_time()) > i64::from(age))
}

#[cfg(test)]
mod tests;
