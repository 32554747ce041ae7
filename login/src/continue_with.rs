//! What continues a login: refresh, userinfo, a portal page. Everything is looked at again.

use crate::decide::Decision;
use crate::{Grant, Login, Ready, Session, trace};
use model::{Inbound, LoginCode, Moment, Refusal, ServiceId};
use policy::Obligation;

/// What a continuation rests on.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// The session of this browser.
    Browser(&'a Inbound),
    /// What a code or token remembers; its holder was proved by the caller.
    Grant(&'a Grant),
}

/// How a login continues.
#[derive(Debug)]
pub enum Continued {
    /// The service may be answered.
    Ready(Ready),
    /// The reader must do something first.
    Needs(Session, Obligation),
    /// The session has ended, or is another than was granted.
    Gone,
}

impl Login {
    /// Looks at session, member, service and reader again and decides again: nothing that
    /// was once granted outlives them (N18). `code` names the request in the log.
    pub async fn continue_with(
        &self,
        source: Source<'_>,
        service: &ServiceId,
        moment: &Moment,
        code: LoginCode,
    ) -> Result<Continued, Refusal> {
        let found = match source {
            Source::Browser(inbound) => self.browser_session(inbound, moment).await?,
            Source::Grant(grant) => {
                self.running(&grant.sid, moment).await?.filter(|session| session.grant() == *grant)
            }
        };
        let Some(session) = found.filter(|session| session.is_for(service)) else {
            return Ok(Continued::Gone);
        };
        let decided = match self.look_again(session, moment).await {
            Ok(live) => self.decide(&self.0.registry.current(), live, service, moment.now),
            Err(refusal) => Err(refusal),
        };
        match decided {
            Ok(Decision::Ready(ready)) => Ok(Continued::Ready(ready)),
            Ok(Decision::Needs(session, obligation)) => Ok(Continued::Needs(session, obligation)),
            Err(refusal) => {
                trace::log(code, &refusal);
                Err(refusal.at_service(service))
            }
        }
    }
}

#[cfg(test)]
mod tests;
