//! What a service would be told: for the portal to show, never an answer.

use crate::decide::{live_member, live_service};
use crate::{Login, Session};
use model::{Code, EntitlementId, Moment, Service, Text};
use policy::{Accounted, Obligation, Outcome, fill};

/// How a service stands open to a reader.
#[derive(Debug, Clone)]
pub enum Preview {
    /// It may be entered.
    Allowed {
        /// The rights that it would be told.
        entitlements: Vec<EntitlementId>,
        /// Every value and right, accounted for.
        accounted: Vec<Accounted>,
    },
    /// It may be entered after a fresh login.
    Needs(Obligation),
    /// It may not be entered.
    Refused {
        /// The code of the refusal.
        code: Code,
        /// Why, for people.
        reasons: Vec<Text>,
    },
}

impl Login {
    /// What policy says now. No value of it can be answered to a service: [`crate::Ready`]
    /// is not made here.
    pub fn preview(&self, session: &Session, service: &Service, moment: &Moment) -> Preview {
        let snapshot = self.0.registry.current();
        let found = live_service(&snapshot, &service.id)
            .and_then(|service| Ok((service, live_member(&snapshot, session)?)));
        let (service, member) = match found {
            Ok(found) => found,
            Err(refusal) => return refused(&refusal),
        };
        let verdict = self.verdict(&snapshot, session, member, service, moment.now);
        match fill(&verdict, session.reader(), session.membership(), member, service) {
            Outcome::Release(release) => Preview::Allowed {
                entitlements: release.entitlements().cloned().collect(),
                accounted: release.reasons(),
            },
            Outcome::Needs(obligation) => Preview::Needs(obligation),
            Outcome::Refused(refusal) => refused(&refusal),
        }
    }
}

fn refused(refusal: &model::Refusal) -> Preview {
    Preview::Refused { code: refusal.code(), reasons: refusal.detail().reasons.clone() }
}
