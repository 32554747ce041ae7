//! From an admitted claim to a reader and a membership.

use crate::Login;
use crate::admit::Authenticated;
use crate::staff::is_staff_connector;
use accounts::Staff;
use idp_bridge::Claimed;
use model::{Membership, Moment, Reader, ReaderId, Refusal, code};

/// A reader found live in this request, and the membership that was proved. Made by
/// [`Login::resolve`] alone.
pub(crate) struct Resolved {
    reader: Reader,
    membership: Membership,
    /// The role, where the reader came to work.
    staff: Option<Staff>,
}

impl Resolved {
    pub(crate) fn reader(&self) -> &Reader {
        &self.reader
    }

    pub(crate) fn membership(&self) -> &Membership {
        &self.membership
    }

    pub(crate) fn staff(&self) -> Option<&Staff> {
        self.staff.as_ref()
    }
}

impl Login {
    /// Who that is and where, if the hub still answers for them.
    pub(crate) async fn resolve(
        &self,
        authenticated: &Authenticated,
        id: ReaderId,
        moment: &Moment,
    ) -> Result<Resolved, Refusal> {
        let claimed = authenticated.claimed();
        if !self.0.accounts.is_live(&id).await? {
            return Err(Refusal::new(code::LOG_READER_SUSPENDED, "the reader is suspended")
                .at_member(claimed.member()));
        }
        let is_staff = is_staff_connector(claimed.connector())
            && Claimed::is_by_two_factors(claimed.evidence(), claimed.acr());
        let staff = if is_staff { self.0.accounts.staff(&id, moment.now).await? } else { None };
        let membership = Membership {
            member: claimed.member().clone(),
            connector: claimed.connector().clone(),
            key: claimed.key().clone(),
            class: claimed.class().clone(),
            category: claimed.category().map(ToOwned::to_owned),
            affiliation: claimed.affiliation().clone(),
            standing: claimed.standing(),
            valid_until: claimed.valid_until(),
            evidence: claimed.evidence(),
        };
        let reader = Reader {
            id,
            profile: claimed.profile().clone(),
            memberships: vec![membership.clone()],
        };
        Ok(Resolved { reader, membership, staff })
    }
}
