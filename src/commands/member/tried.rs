//! What each service would be told of the sample.

use idp_bridge::{At, Rehearsal};
use model::{Code, Membership, Profile, Reader, ReaderId, Service, ServiceStatus, Text, Value};
use policy::{Accounted, Context, Facts, Obligation, Outcome};

/// A sample that was tried.
pub(super) struct Tried {
    pub(super) rehearsal: Rehearsal,
    /// Nothing where a login would be refused.
    pub(super) services: Vec<ServiceTold>,
    /// One service was asked about, which is then said in full.
    pub(super) is_full: bool,
}

/// One service.
pub(super) struct ServiceTold {
    pub(super) id: String,
    pub(super) told: Told,
}

/// What it would be told.
pub(super) enum Told {
    Allowed { values: Vec<(Accounted, Option<Value>)> },
    Needs(Obligation),
    Refused { code: Code, reasons: Vec<Text> },
}

impl Tried {
    pub(super) fn of(at: &At<'_>, rehearsal: Rehearsal, asked: Option<&Service>) -> Self {
        let is_open = |service: &&Service| service.status != ServiceStatus::Suspended;
        let services = match (&rehearsal.reader, asked) {
            (None, _) => Vec::new(),
            (Some((profile, membership)), Some(service)) => {
                vec![told(at, profile, membership, service)]
            }
            (Some((profile, membership)), None) => {
                let open = at.snapshot.services().filter(is_open);
                open.map(|service| told(at, profile, membership, service)).collect()
            }
        };
        Self { rehearsal, services, is_full: asked.is_some() }
    }

    /// A login would be accepted; at the service that was asked about, too.
    pub(super) fn is_good(&self) -> bool {
        let is_open = |at: &ServiceTold| !matches!(at.told, Told::Refused { .. });
        self.rehearsal.reader.is_some() && (!self.is_full || self.services.iter().all(is_open))
    }
}

/// The way of `explain`: policy as at a login of this very moment.
fn told(at: &At<'_>, profile: &Profile, membership: &Membership, service: &Service) -> ServiceTold {
    let now = at.moment.now;
    let context = Context { now, auth_time: now, shared_computer: false };
    let policy = at.snapshot.policy();
    let verdict = policy.weigh(&Facts::of(policy, membership, at.member, service, &context));
    let id = service.id.to_string();
    let Ok(reader) = ReaderId::parse("sample") else {
        return ServiceTold { id, told: Told::Allowed { values: Vec::new() } };
    };
    let reader =
        Reader { id: reader, profile: profile.clone(), memberships: vec![membership.clone()] };
    let told = match policy::fill(&verdict, &reader, membership, at.member, service) {
        Outcome::Release(release) => {
            let value =
                |row: &Accounted| row.what.parse().ok().and_then(|name| release.get(name)).cloned();
            let rows = release.reasons().into_iter();
            Told::Allowed { values: rows.map(|row| (row.clone(), value(&row))).collect() }
        }
        Outcome::Needs(obligation) => Told::Needs(obligation),
        Outcome::Refused(refusal) => {
            Told::Refused { code: refusal.code(), reasons: refusal.detail().reasons.clone() }
        }
    };
    ServiceTold { id, told }
}
