//! Libraries whose last logins failed by their own fault: told to readers before they press.
//!
//! ```text
//! a library's answer is refused ─▶ one of `LIBRARY_FAULTS`? ─▶ noted by library and network
//! a library proved a reader ─▶ its run of faults is over
//! discovery, /status ─▶ runs that three networks have seen, as this node read them ≤ 5 s ago
//! ```
//! An answer passes through the browser, so anybody can send a bad one. That is why one
//! network says nothing, a good login takes everything back, and a mark closes no login.

use crate::Login;
use crate::turn::{Passage, Turn};
use model::{Code, ConnectorId, MemberId, Network, Refusal, Timestamp, code};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Trouble;

/// Refusals by which a library's own system shows a fault that every login there meets.
/// Not among the library's: what a reader does there (`SAML-018`, cancelled), what a browser
/// does by itself (an answer twice, or of another tab), and what the registry says.
const LIBRARY_FAULTS: [Code; 34] = [
    code::LOG_SCOPE_FOREIGN,
    code::LOG_NO_LOCAL_ID,
    code::LOG_BAD_VALUE,
    code::LOG_CHAIN_LOOP,
    code::LOG_VALUE_MISSING,
    code::SAML_MALFORMED,
    code::SAML_UNSIGNED,
    code::SAML_SIGNATURE,
    code::SAML_SIGNATURE_PROFILE,
    code::SAML_ALGORITHM,
    code::SAML_ISSUER,
    code::SAML_DESTINATION,
    code::SAML_RECIPIENT,
    code::SAML_AUDIENCE,
    code::SAML_NOT_YET_VALID,
    code::SAML_EXPIRED,
    code::SAML_NO_BEARER,
    code::SAML_NO_AUTHN_STATEMENT,
    code::SAML_TOO_LARGE,
    code::SAML_ENCRYPTED,
    code::SAML_VERSION,
    code::SAML_ASSERTION_COUNT,
    code::SAML_METADATA,
    code::SAML_SECOND_OPINION,
    code::SAML_DECRYPTION,
    code::CAS_SERVICE_REFUSED,
    code::CAS_FAILED,
    code::CAS_UNREACHABLE,
    code::CAS_MALFORMED,
    code::CON_UNREACHABLE,
    code::CON_ANSWER,
    code::CON_NOT_LET_IN,
    code::LNK_MALFORMED,
    code::LNK_KEY,
];

/// Libraries that have trouble now, and since when.
#[derive(Debug, Default)]
pub struct Troubled(BTreeMap<MemberId, Timestamp>);

impl Troubled {
    /// Since when logins there fail; `None` where nothing is known of it.
    pub fn since(&self, member: &MemberId) -> Option<Timestamp> {
        self.0.get(member).copied()
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&MemberId, Timestamp)> {
        self.0.iter().map(|(member, since)| (member, *since))
    }
}

impl FromIterator<(MemberId, Timestamp)> for Troubled {
    fn from_iter<I: IntoIterator<Item = (MemberId, Timestamp)>>(all: I) -> Self {
        Self(all.into_iter().collect())
    }
}

/// What this node knows of it.
#[derive(Clone, Default)]
pub(crate) struct Known {
    /// Libraries with any fault since their last good login, told or not.
    runs: Arc<[Trouble]>,
    told: Arc<Troubled>,
}

impl Known {
    fn of(runs: Vec<Trouble>) -> Self {
        let told = runs.iter().filter(|run| run.is_told());
        let told = told.map(|run| (run.member.clone(), run.since)).collect();
        Self { runs: runs.into(), told: Arc::new(told) }
    }
}

impl Login {
    /// Libraries whose last logins failed by their own fault: a hint, at most five seconds
    /// old; while the shared store does not answer, as it was last known.
    pub async fn troubled(&self, now: Timestamp) -> Arc<Troubled> {
        self.known_troubles(now).await.told
    }

    async fn known_troubles(&self, now: Timestamp) -> Known {
        if self.0.troubles.is_due(now) {
            match self.0.shared.troubles(now).await {
                Ok(runs) => self.0.troubles.keep(Known::of(runs)),
                Err(fault) => tracing::warn!(%fault, "faults of libraries were not read"),
            }
        }
        self.0.troubles.known()
    }

    /// Notes a refusal where it is the fault of the library that was asked.
    pub(crate) async fn note_trouble(&self, turn: &Turn<'_>, passage: &Passage, refusal: &Refusal) {
        let Some(member) = &passage.member else { return };
        let asked = passage.flight.leg.as_ref().filter(|leg| leg.member == *member);
        let is_offered = asked.is_none_or(|leg| self.is_offered(turn, member, &leg.connector));
        if !is_fault(refusal.code()) || !is_offered {
            return;
        }
        // Wide: one household or one rented machine has many addresses.
        let network = Network::of_owner(turn.inbound().client).to_string();
        match self.0.shared.note_trouble(member, &network, turn.now()).await {
            Ok(()) => self.0.troubles.outdate(),
            Err(fault) => tracing::warn!(%fault, "a fault of a library was not noted"),
        }
    }

    /// The library proved a reader: whatever failed before is over. Writes only where
    /// something is known to have failed.
    pub(crate) async fn end_trouble(
        &self,
        turn: &Turn<'_>,
        member: &MemberId,
        connector: &ConnectorId,
    ) {
        let known = self.known_troubles(turn.now()).await;
        if !known.runs.iter().any(|run| run.member == *member)
            || !self.is_offered(turn, member, connector)
        {
            return;
        }
        match self.0.shared.end_trouble(member).await {
            Ok(()) => self.0.troubles.outdate(),
            Err(fault) => tracing::warn!(%fault, "the end of faults was not noted"),
        }
    }

    /// Whether a press on the library leads to this connector: others say nothing about it,
    /// least of all that of its staff.
    fn is_offered(&self, turn: &Turn<'_>, member: &MemberId, connector: &ConnectorId) -> bool {
        let member = turn.snapshot.member(member);
        let offered = member.and_then(|member| self.connector_of(member).ok());
        offered.is_some_and(|(_, _, id)| id == *connector)
    }
}

fn is_fault(code: Code) -> bool {
    LIBRARY_FAULTS.contains(&code)
}

#[cfg(test)]
mod tests;
