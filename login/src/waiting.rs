//! An answer whose address names no login: the one of this browser that waits for it.
//!
//! A cookie finds it, and no more: whose login it is, its reader confirms (docs/adr/0017).

use crate::Login;
use crate::cookies::sent_handles;
use crate::flight::{Flight, InFlight, Waits};
use crate::stow::no_state;
use crate::turn::Turn;
use model::{ConnectorId, Handle, MemberId, Refusal};

/// How the login was found that an answer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The answer named it.
    Handle,
    /// The browser's cookies did.
    Browser,
}

/// Whether a session was opened for this login, and waits for the reader.
pub(crate) fn is_answered(flight: &Flight) -> bool {
    matches!(flight.waits, Some(Waits::Replaces(_) | Waits::IsItYou(_)))
}

impl Login {
    /// The newest login of this browser that waits for that connector.
    pub(crate) async fn waiting(
        &self,
        turn: &Turn<'_>,
        member: &MemberId,
        connector: &ConnectorId,
    ) -> Result<Handle, Refusal> {
        let mut found = None;
        let mut missing = None;
        for handle in sent_handles(turn.inbound()) {
            let flight = match self.find_state(turn.inbound(), &handle, turn.moment()).await {
                Ok(InFlight::Login(flight)) if !is_answered(&flight) => flight,
                Ok(_) => continue,
                Err(refusal) => {
                    missing.get_or_insert(refusal);
                    continue;
                }
            };
            let Some(leg) =
                flight.leg.filter(|leg| leg.member == *member && leg.connector == *connector)
            else {
                continue;
            };
            if found.as_ref().is_none_or(|(begun, _)| *begun < leg.begun) {
                found = Some((leg.begun, handle));
            }
        }
        match found {
            Some((_, handle)) => Ok(handle),
            None => Err(missing.unwrap_or_else(|| no_state(turn.inbound()))),
        }
    }
}
