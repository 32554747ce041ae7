//! What would be decided of a reader who need not exist. It is never an answer: no session,
//! no proof of a login.

use metadata::Snapshot;
use model::{
    Class, ConnectorId, Evidence, LocalKey, Member, Membership, Profile, Reader, ReaderId, Service,
    ServiceStatus, Standing, Text, Timestamp, code,
};
use policy::{Accounted, Context, Facts, Obligation, Outcome, fill};

/// How long the card lasts of a reader of whom no more is known.
const YEAR_S: i64 = 365 * 86_400;

/// The reader that is supposed.
#[derive(Debug, Clone)]
pub(crate) struct Supposed {
    pub(crate) class: Class,
    pub(crate) standing: Standing,
    pub(crate) category: Option<String>,
    pub(crate) valid_until: Option<Timestamp>,
}

/// What would be decided, with reasons.
#[derive(Debug)]
pub(crate) struct Explained {
    pub(crate) is_open: bool,
    /// Greatest age of a login in seconds, where the service has one.
    pub(crate) fresh_s: Option<u32>,
    pub(crate) reasons: Vec<Text>,
    /// Every value and right of the service, accounted for.
    pub(crate) rows: Vec<Accounted>,
}

/// What `service` would be told of such a reader of `member`; `None` where the hub cannot
/// even suppose one, which no registry leads to.
pub(crate) fn explain(
    snapshot: &Snapshot,
    member: &Member,
    service: &Service,
    supposed: &Supposed,
    now: Timestamp,
) -> Option<Explained> {
    let closed = |code: model::Code| {
        let reasons = vec![code.info().sentence()];
        Some(Explained { is_open: false, fresh_s: None, reasons, rows: Vec::new() })
    };
    if service.status == ServiceStatus::Suspended {
        return closed(code::LOG_SERVICE_SUSPENDED);
    }
    if !member.status.admits_logins() {
        return closed(code::LOG_MEMBER_CLOSED);
    }
    let reader = reader(member, supposed, now)?;
    let membership = reader.memberships.first()?;
    let context = Context { now, auth_time: now, shared_computer: false };
    let policy = snapshot.policy();
    let verdict = policy.weigh(&Facts::of(policy, membership, member, service, &context));
    let Obligation::FreshLogin { max_age_s } =
        verdict.obligation().unwrap_or(Obligation::FreshLogin { max_age_s: 0 });
    let fresh_s = (max_age_s > 0).then_some(max_age_s);
    let reasons = verdict.reasons().iter().map(|reason| reason.text.clone()).collect();
    Some(match fill(&verdict, &reader, membership, member, service) {
        Outcome::Release(release) => {
            Explained { is_open: true, fresh_s, reasons, rows: release.reasons() }
        }
        Outcome::Needs(_) => Explained { is_open: true, fresh_s, reasons, rows: Vec::new() },
        Outcome::Refused(_) => Explained { is_open: false, fresh_s, reasons, rows: Vec::new() },
    })
}

/// Every service with what it would say to such a reader.
pub(crate) fn services_of<'s>(
    snapshot: &'s Snapshot,
    member: &'s Member,
    supposed: &'s Supposed,
    now: Timestamp,
) -> impl Iterator<Item = (&'s Service, Explained)> {
    snapshot.services().filter_map(move |s| Some((s, explain(snapshot, member, s, supposed, now)?)))
}

/// With a placeholder for every value: whether a real reader has one, only a login shows.
fn reader(member: &Member, supposed: &Supposed, now: Timestamp) -> Option<Reader> {
    let given = || Some("-".to_owned());
    let connector = member.connectors.first().and_then(model::ConnectorEntry::id);
    let membership = Membership {
        member: member.id.clone(),
        connector: connector.or_else(|| ConnectorId::parse("none").ok())?,
        key: LocalKey::new("sample")?,
        class: supposed.class.clone(),
        category: supposed.category.clone(),
        affiliation: std::collections::BTreeSet::new(),
        standing: supposed.standing,
        valid_until: supposed.valid_until.or(Some(now.plus_s(YEAR_S))),
        evidence: Evidence::Asserted,
    };
    let profile = Profile {
        name: given(),
        mail: given(),
        phone: given(),
        department: given(),
        card_number: given(),
    };
    Some(Reader { id: ReaderId::parse("sample").ok()?, profile, memberships: vec![membership] })
}
