//! The one place from which a service is answered.

use crate::start::require_own;
use crate::trace::trace_of;
use crate::turn::{Passage, Turn};
use crate::{Login, Ready, ServiceProtocol, circle, cookies};
use model::{Next, Refusal, StepKind, code};
use std::sync::Arc;
use store::{Actor, SessionService, Space};

impl Login {
    /// Answers the service. A login that travelled with the browser is used up first, so
    /// that two tabs, a replayed form or two nodes get one answer between them (rule 2).
    pub(crate) async fn answer(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
        ready: &Ready,
    ) -> Result<Next, Refusal> {
        let member = &ready.member().id;
        require_own(&passage.flight.request, member)?;
        passage.member = Some(member.clone());
        passage.actor = Some(Actor::Reader(ready.session().reader().id.clone()));
        let protocol = self.protocol(&passage.flight.request.protocol)?;
        if passage.handle.is_some() {
            let (id, until) = (passage.flight.id.as_str(), passage.flight.forgotten());
            if !self.0.shared.put_once(Space::Login, id, until, turn.now()).await? {
                return Err(Refusal::new(code::LOG_LOGIN_ENDED, "this login was answered before"));
            }
        }
        let reply = &passage.flight.request.reply;
        let answered = protocol.answer(ready, reply, turn.moment()).await?;
        passage.flight.step(StepKind::Decided, account_for(ready), turn.now());
        passage.flight.step(StepKind::Answered, protocol.key(), turn.now());
        self.record(turn, passage, ready, protocol.key(), answered.detail).await?;
        self.count_end(Some(passage), None);
        tracing::info!(
            login = %passage.flight.code,
            member = member.as_str(),
            service = ready.service().id.as_str(),
            protocol = protocol.key(),
            "answered"
        );
        let ended = cookies::removals_of(turn.inbound(), passage.flight.code);
        // What this request was about to set for the login is no longer needed either.
        passage.cookies.retain(|cookie| !cookie.name.starts_with(cookies::STATE_PREFIX));
        passage.cookies.extend(ended);
        // A browser's first login is no turn of a circle and sets no cookie for one.
        let is_first =
            ready.session().code() == passage.flight.code && passage.flight.old.is_none();
        if !is_first {
            passage.cookies.push(circle::count(turn.inbound(), &passage.flight, turn.now()));
        }
        Ok(answered.next)
    }

    /// Notes the service in the session, the steps in the ring and the act in the audit
    /// log, before the answer leaves.
    async fn record(
        &self,
        turn: &Turn<'_>,
        passage: &Passage,
        ready: &Ready,
        protocol: &str,
        detail: String,
    ) -> Result<(), Refusal> {
        let entered = SessionService {
            service: ready.service().id.clone(),
            protocol: protocol.to_owned(),
            at: turn.now(),
            detail,
        };
        let trace = trace_of(passage, None);
        let sid = ready.session().sid();
        let noted = async { Ok(self.0.shared.note_answer(sid, &entered, &trace).await?) };
        let audited = self.audit_login(turn, passage, "login.answered", None);
        tokio::try_join!(audited, noted).map(|_| ())
    }

    /// The protocol that a login came by.
    pub(crate) fn protocol(&self, key: &str) -> Result<&Arc<dyn ServiceProtocol>, Refusal> {
        self.0.protocols.get(key).ok_or_else(|| {
            Refusal::new(code::HUB_INTERNAL, format!("no protocol `{key}` is registered"))
        })
    }
}

/// Names of what is released, without a value.
fn account_for(ready: &Ready) -> String {
    let names: Vec<&str> = ready.release().values().keys().map(|name| name.as_str()).collect();
    names.join(" ")
}

#[cfg(test)]
mod tests;
