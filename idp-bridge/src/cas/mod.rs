//! The connector `cas`: a campus's own login system that speaks CAS 2.0 or 3.0.
//!
//! ```text
//! begin  ─▶ LOGIN?service=CALLBACK[&renew=true]                       (request.rs)
//! finish ─▶ ticket ─▶ VALIDATE?service=CALLBACK&ticket=… ─▶ Validated (validate.rs, answer/)
//!        ─▶ mapping ─▶ Claimed
//! POST CALLBACK, logoutRequest ─▶ the session that this ticket opened (logout.rs)
//! ```
//! Nothing in CAS is signed: what an answer says holds because the hub itself asked for it,
//! over TLS, with the ticket and the very address that it sent the reader out with.

mod answer;
mod logout;
mod probe;
mod request;
mod ticket;
mod validate;

#[cfg(feature = "fuzzing")]
pub mod fuzzing;

use crate::callback::{Callback, ENTRIES};
use crate::claimed::{Claimed, Proof};
use crate::mapping;
use crate::{Ask, At, Begun, Clue, Connector, Entry, Finished, Probe};
use async_trait::async_trait;
use metadata::{CasSettings, HttpClient, PublicUrl};
use model::{Inbound, Method, Refusal, code};
use std::fmt;

pub(crate) use validate::Validated;

/// Asks a campus's CAS server, and takes its tickets there.
#[derive(Clone)]
pub struct CasConnector {
    public_url: PublicUrl,
    http: HttpClient,
}

impl fmt::Debug for CasConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CasConnector")
            .field("at", &self.public_url.as_str())
            .finish_non_exhaustive()
    }
}

impl CasConnector {
    /// With the hub's address, and the client that validates tickets.
    pub fn new(public_url: &PublicUrl, http: HttpClient) -> Self {
        Self { public_url: public_url.clone(), http }
    }

    async fn judge(
        &self,
        at: &At<'_>,
        inbound: &Inbound,
        state: &[u8],
        ask: &Ask<'_>,
    ) -> Result<Claimed, Refusal> {
        let settings = settings(at)?;
        let asked = request::State::read(state)?;
        asked.require_here(&self.public_url.join(&inbound.path))?;
        let ticket = ticket::of(inbound, ask.passive)?;
        let said = validate::validate(&self.http, &settings, &asked, ticket, at.moment.now).await?;
        let facts = mapping::read(at, said.values())?;
        Ok(Claimed::new(Proof::Ticket(Box::new(said)), at, facts))
    }
}

#[async_trait]
impl Connector for CasConnector {
    fn kind(&self) -> &'static str {
        "cas"
    }

    fn entries(&self) -> Vec<Entry> {
        ENTRIES.to_vec()
    }

    fn identify(&self, inbound: &Inbound) -> Option<Clue> {
        let Callback { member, connector, handle } = Callback::of(&inbound.path)?;
        match (inbound.method, handle) {
            (Method::Post, _) => {
                logout::is_notice(inbound).then_some(Clue::Connector(member, connector))
            }
            (Method::Get, Some(handle)) => Some(Clue::Handle(handle)),
            (Method::Get, None) => {
                let params = inbound.query_params().ok()?;
                params.one("ticket").ok()?.map(|_| Clue::Browser(member, connector))
            }
        }
    }

    async fn begin(&self, at: &At<'_>, ask: &Ask<'_>) -> Result<Begun, Refusal> {
        settings(at)
            .and_then(|settings| request::begin(&self.public_url, &settings, at, ask))
            .map_err(|refusal| refusal.at_member(&at.member.id))
    }

    async fn finish(
        &self,
        at: &At<'_>,
        inbound: &Inbound,
        state: Option<&[u8]>,
        ask: Option<&Ask<'_>>,
    ) -> Result<Finished, Refusal> {
        let finished = match (inbound.method, state, ask) {
            (Method::Get, Some(state), Some(ask)) => self
                .judge(at, inbound, state, ask)
                .await
                .map(|claimed| Finished::Claimed(Box::new(claimed))),
            (Method::Post, None, None) => logout::read(inbound),
            // A ticket that nobody waits for opens nothing: CAS knows no start from outside.
            _ => Err(Refusal::new(code::LOG_STATE_MISSING, "no login waits for this ticket")),
        };
        finished.map_err(|refusal| refusal.at_member(&at.member.id))
    }

    async fn probe(&self, at: &At<'_>) -> Probe {
        probe::probe(&self.public_url, &self.http, at).await
    }
}

fn settings(at: &At<'_>) -> Result<CasSettings, Refusal> {
    CasSettings::of(at.entry).map_err(|faults| {
        let faults: Vec<_> = faults.iter().map(|f| format!("{}: {}", f.key, f.what)).collect();
        Refusal::new(code::LOG_NO_CONNECTOR, faults.join("; "))
    })
}

#[cfg(test)]
mod tests;
