//! `GET /login`: a login in flight goes on in the browser that carries it.

use crate::flight::{Flight, InFlight, Waits};
use crate::start::is_good_enough;
use crate::turn::{Passage, Turn};
use crate::{Edge, Login, Refused, Reply};
use model::{ConnectorId, Handle, Inbound, MemberId, Next, Params, Refusal, StepKind, code};

/// What the address asks for.
struct Asked {
    handle: Handle,
    /// A member id or any of its codes.
    member: Option<String>,
    /// One of its connectors.
    way: Option<ConnectorId>,
}

impl Login {
    /// `?h=HANDLE` resumes; `?h=HANDLE&member=ID` (or `tenant=CODE`) chooses the library,
    /// and `&way=CONNECTOR` one of its ways to log in.
    pub(crate) async fn resume(&self, edge: &Edge) -> Result<Reply, Refused> {
        let turn = Turn::of(self, edge);
        let found = match asked(&edge.inbound) {
            Ok(asked) => self
                .find_state(&edge.inbound, &asked.handle, &edge.moment)
                .await
                .map(|state| (asked, state)),
            Err(refusal) => Err(refusal),
        };
        match found {
            Ok((asked, InFlight::Login(flight))) => match &flight.waits {
                Some(Waits::Replaces(_) | Waits::IsItYou(_)) => {
                    self.take_over(&turn, asked.handle, *flight, false).await
                }
                Some(Waits::Circle) | None => self.go_on(&turn, asked, *flight).await,
            },
            Ok((asked, InFlight::Arrival(arrival))) => {
                self.take_up(&turn, &asked.handle, arrival, false).await
            }
            Err(refusal) => Err(self.refuse_stray(&turn, refusal).await),
        }
    }

    async fn go_on(&self, turn: &Turn<'_>, asked: Asked, flight: Flight) -> Result<Reply, Refused> {
        let mut passage = Passage::new(flight, Some(asked.handle));
        let outcome = match &asked.member {
            None => self.proceed(turn, &mut passage).await,
            Some(member) => match turn.snapshot.member_by_code(member) {
                Some(member) => {
                    self.choose(turn, &mut passage, &member.id, asked.way.as_ref()).await
                }
                None => Err(Refusal::new(code::LOG_UNKNOWN_MEMBER, "no member of that code")),
            },
        };
        self.leave(turn, passage, outcome).await
    }

    /// The reader chose: from the session where it is one of that very member, else by
    /// asking it.
    async fn choose(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
        member: &MemberId,
        way: Option<&ConnectorId>,
    ) -> Result<Next, Refusal> {
        passage.flight.step(StepKind::Chosen, member.as_str(), turn.now());
        let running = self.browser_session(turn.inbound(), turn.moment()).await?;
        if let Some(session) = &running
            && session.membership().member == *member
            && way.is_none_or(|way| session.membership().connector == *way)
            && is_good_enough(session, &passage.flight.request, turn.now())
            && let Some(next) = self.reuse(turn, passage, session.clone()).await?
        {
            return Ok(next);
        }
        if !passage.flight.may_ask() {
            return Err(Refusal::new(code::LOG_LOGIN_REQUIRED, "the reader may not be asked"));
        }
        self.begin(turn, passage, (member, way), running).await
    }
}

fn asked(inbound: &Inbound) -> Result<Asked, Refusal> {
    let params = inbound.query_params().map_err(unreadable)?;
    let handle = one(&params, "h")?;
    let handle = Handle::parse(handle.unwrap_or_default())
        .map_err(|_| Refusal::new(code::LOG_STATE_MISSING, "no handle in the address"))?;
    let member = match one(&params, "member")? {
        Some(id) => Some(id),
        None => one(&params, "tenant")?,
    };
    // One that is none is as good as none: the reader is asked.
    let way = one(&params, "way")?.and_then(|id| ConnectorId::parse(id).ok());
    Ok(Asked { handle, member: member.map(ToOwned::to_owned), way })
}

fn one<'p>(params: &'p Params, name: &str) -> Result<Option<&'p str>, Refusal> {
    params.one(name).map_err(unreadable)
}

/// A query or a form that cannot be read.
pub(crate) fn unreadable(fault: model::ParamFault) -> Refusal {
    Refusal::new(code::WEB_BAD_PARAMETERS, fault.to_string())
}
