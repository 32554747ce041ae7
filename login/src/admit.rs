//! The one door: every login of every member passes it, once.

use crate::Login;
use crate::decide::open_member;
use crate::flight::Leg;
use crate::turn::Turn;
use idp_bridge::Claimed;
use model::{Code, ConnectorId, Handle, MemberId, Refusal, Timestamp, code};
use store::{Space, Upstream, Used};

/// Proof that a claim was admitted. Never leaves this crate; made by [`Login::admit`] alone.
pub(crate) struct Authenticated {
    claimed: Box<Claimed>,
    indexes: Vec<String>,
}

impl Authenticated {
    pub(crate) fn claimed(&self) -> &Claimed {
        &self.claimed
    }

    /// Keyed hashes of the names by which the member may end it (rule 12).
    pub(crate) fn indexes(&self) -> &[String] {
        &self.indexes
    }

    pub(crate) fn is_unsolicited(&self) -> bool {
        self.claimed.is_unsolicited()
    }
}

/// Which way a claim came to the door.
pub(crate) enum Door<'d> {
    /// Asked for by this leg of a login.
    Asked {
        handle: &'d Handle,
        leg: &'d Leg,
        /// Until when the leg's use must be remembered.
        until: Timestamp,
    },
    /// Asked for by nobody (rule 5).
    Unasked { member: &'d MemberId, connector: &'d ConnectorId },
}

impl Login {
    /// Lets a claim in: from the connector that was asked, of an open member, for the
    /// first time. Leg and assertion are used up here, over all nodes, until nothing that
    /// could bring them again is valid (rules 2, 3 and 5).
    pub(crate) async fn admit(
        &self,
        turn: &Turn<'_>,
        claimed: Box<Claimed>,
        door: Door<'_>,
    ) -> Result<Authenticated, Refusal> {
        require_asked(&claimed, &door)?;
        open_member(&turn.snapshot, claimed.member())?;
        self.use_up(&claimed, &door, turn.now()).await?;
        let indexes = self.indexes_of(&claimed);
        Ok(Authenticated { claimed, indexes })
    }

    /// All in one step: of two nodes that are brought the same answer at once, one could
    /// else win the leg and the other the assertion, and neither would let the reader in.
    async fn use_up(
        &self,
        claimed: &Claimed,
        door: &Door<'_>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let leg = match door {
            Door::Asked { handle, until, .. } => {
                Some(Used { space: Space::Leg, key: handle.as_str(), expires: *until })
            }
            Door::Unasked { .. } => None,
        };
        let has_leg = leg.is_some();
        let once = claimed.once().iter();
        let once = once.map(|o| Used { space: o.space, key: &o.key, expires: o.expires });
        let values: Vec<Used<'_>> = leg.into_iter().chain(once).collect();
        match self.0.shared.put_all_once(&values, now).await? {
            None => Ok(()),
            Some(0) if has_leg => {
                Err(at(claimed, code::LOG_LEG_USED, "this leg was admitted before"))
            }
            Some(place) => {
                let used = claimed.once().get(place - usize::from(has_leg));
                let code = used.map_or(code::SAML_REPLAY, |once| once.refused);
                Err(at(claimed, code, "the claim was used before"))
            }
        }
    }

    fn indexes_of(&self, claimed: &Claimed) -> Vec<String> {
        let Some(Upstream { name_id: Some(name), session_index, .. }) = claimed.upstream() else {
            return Vec::new();
        };
        let by = |session| self.logout_index(claimed.member(), claimed.connector(), name, session);
        std::iter::once(by(None)).chain(session_index.as_deref().map(|s| by(Some(s)))).collect()
    }
}

/// Rule 5: only the connector that was asked may answer, or any member could log in the
/// readers of any other (N12); and an answer that nobody asked for continues nothing.
fn require_asked(claimed: &Claimed, door: &Door<'_>) -> Result<(), Refusal> {
    let (member, connector, must_be_unsolicited) = match door {
        Door::Asked { leg, .. } => (&leg.member, &leg.connector, false),
        Door::Unasked { member, connector } => (*member, *connector, true),
    };
    if claimed.member() != member || claimed.connector() != connector {
        let log = format!("asked {member}/{connector}, answered by {}", claimed.member());
        return Err(Refusal::new(code::LOG_WRONG_CONNECTOR, log).at_member(member));
    }
    if claimed.is_unsolicited() != must_be_unsolicited {
        let log = format!("unsolicited: {}", claimed.is_unsolicited());
        return Err(at(claimed, code::LOG_UNSOLICITED_REFUSED, &log));
    }
    Ok(())
}

fn at(claimed: &Claimed, code: Code, log: &str) -> Refusal {
    Refusal::new(code, log).at_member(claimed.member())
}

#[cfg(test)]
mod tests;
