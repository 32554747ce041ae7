//! Records the good flow, and walks it once for each change of each part.

use super::change::{Kind, apply};
use super::expected::{self, Ends};
use super::flow::{Flow, Person, Walk};
use super::outcome::Outcome;
use super::parts::Part;
use crate::harness::TestClock;
use crate::harness::outgoing::{Meddler, Outgoing, Passing};
use crate::harness::world::World;
use aws_lc_rs::digest::{SHA256, digest};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A good login must still succeed after so many bad ones: else these prove nothing.
const CONTROL: usize = 40;

/// What is changed where.
#[derive(Debug, Clone)]
pub struct Variant {
    pub step: usize,
    /// `POST hub.test/saml/sp/acs`
    pub at: String,
    /// `None`: the whole request.
    pub part: Option<Part>,
    pub kind: Kind,
}

impl Variant {
    pub fn part_name(&self) -> String {
        self.part.as_ref().map_or_else(|| "whole".to_owned(), Part::name)
    }

    fn name(&self) -> String {
        format!("{}. {}: {}: {:?}", self.step + 1, self.at, self.part_name(), self.kind)
    }
}

/// What came of many.
#[derive(Debug, Default)]
pub struct Report {
    tried: usize,
    logins: usize,
    faults: Vec<String>,
    used: BTreeSet<usize>,
}

impl Report {
    pub fn assert_safe(&self) {
        println!("{} corrupted, {} of them harmless", self.tried, self.logins);
        let faults = self.faults.join("\n");
        assert!(self.faults.is_empty(), "{} of {}\n{faults}", self.faults.len(), self.tried);
    }

    fn and(mut self, other: Self) -> Self {
        self.tried += other.tried;
        self.logins += other.logins;
        self.faults.extend(other.faults);
        self.used.extend(other.used);
        self
    }
}

/// One flow, recorded.
pub struct Corrupted {
    world: World,
    flow: Flow,
    own: Person,
    requests: Vec<Outgoing>,
    draws: AtomicUsize,
}

impl Corrupted {
    pub async fn record(flow: Flow) -> Self {
        let world = World::new().await;
        Person::enroll(&world).await;
        let own = Person { member: flow.member, number: 1 };
        let mut of = Self { world, flow, own, requests: Vec::new(), draws: AtomicUsize::new(0) };
        of.requests = of.recorded().await;
        of
    }

    /// The requests of a good login of our reader, which succeeds.
    async fn recorded(&self) -> Vec<Outgoing> {
        let kept: Arc<Mutex<Vec<Outgoing>>> = Arc::default();
        let keep = Arc::clone(&kept);
        let mut walk = self.walk(self.flow, self.own, move |request| {
            keep.lock().expect("one thread").push(request.clone());
            Passing::Goes
        });
        let outcome = walk.outcome().await;
        let good = Some((self.own.name(), true));
        assert_eq!(outcome.service, good, "{}: the good login fails: {outcome:?}", self.flow.name);
        assert_eq!(outcome.session, Some(self.own.name()));
        std::mem::take(&mut *kept.lock().expect("one thread"))
    }

    fn walk(
        &self,
        flow: Flow,
        person: Person,
        meddle: impl Fn(&mut Outgoing) -> Passing + Send + Sync + 'static,
    ) -> Walk<'_> {
        let mut browser = self.world.browser();
        browser.meddler = Some(Arc::new(meddle) as Meddler);
        let draw = self.draws.fetch_add(1, Ordering::SeqCst);
        let draw = u32::try_from(draw).expect("few");
        Walk { world: &self.world, browser, flow, person, draw }
    }

    fn variants(&self) -> Vec<Variant> {
        let mut all = Vec::new();
        for (step, request) in self.requests.iter().enumerate() {
            let at = request.label();
            for kind in Kind::OF_REQUESTS {
                all.push(Variant { step, at: at.clone(), part: None, kind });
            }
            for part in Part::every(request) {
                for kind in Kind::OF_PARTS {
                    all.push(Variant { step, at: at.clone(), part: Some(part.clone()), kind });
                }
            }
        }
        all
    }

    /// So many of them, drawn by their names.
    pub async fn try_some(&self, most: usize) -> Report {
        let mut variants = self.variants();
        variants.sort_by_key(|v| digest(&SHA256, v.name().as_bytes()).as_ref().to_vec());
        variants.truncate(most);
        self.try_these(&variants).await
    }

    async fn try_these(&self, variants: &[Variant]) -> Report {
        let mut report = Report::default();
        for (n, variant) in variants.iter().enumerate() {
            self.one(variant, &mut report).await;
            if n % CONTROL == CONTROL - 1 {
                self.later();
                self.recorded().await;
            }
        }
        self.recorded().await;
        report
    }

    /// Past the counters of guesses and the life of every login in flight.
    fn later(&self) {
        self.world.clock.forward_s(16 * 60);
    }

    async fn one(&self, variant: &Variant, report: &mut Report) {
        self.later();
        let other = self.other(variant).await;
        if variant.kind.borrows() && other.is_none() {
            return;
        }
        let changed = Arc::new(AtomicBool::new(false));
        let meddler = meddler(variant, other, &changed, &self.world.clock);
        let outcome = self.walk(self.flow, self.own, meddler).outcome().await;
        if !changed.load(Ordering::SeqCst) {
            return;
        }
        report.tried += 1;
        match judge(variant, &outcome, &self.own.name()) {
            Ok(None) => {}
            Ok(Some(row)) => {
                report.logins += 1;
                report.used.insert(row);
            }
            Err(why) => {
                let flow = self.flow.name;
                report.faults.push(format!("{flow}: {}: {why}: {outcome:?}", variant.name()));
            }
        }
    }

    /// The same request of the login that is to be borrowed from.
    async fn other(&self, variant: &Variant) -> Option<Outgoing> {
        let before = self.requests.get(..variant.step)?;
        let nth = before.iter().filter(|r| r.label() == variant.at).count();
        let second = Person { number: 2, ..self.own };
        match variant.kind {
            Kind::Earlier | Kind::Replayed => {
                let earlier = self.recorded().await;
                earlier.into_iter().filter(|r| r.label() == variant.at).nth(nth)
            }
            Kind::OtherLogin | Kind::Beside => self.held(self.flow, second, &variant.at, nth).await,
            Kind::OtherMember => {
                let flow = self.flow.elsewhere();
                let person = Person { member: flow.member, number: 2 };
                self.held(flow, person, &variant.at, nth).await
            }
            _ => None,
        }
    }

    /// A login up to a request, which it makes and does not send.
    async fn held(&self, flow: Flow, person: Person, at: &str, nth: usize) -> Option<Outgoing> {
        let kept: Arc<Mutex<Option<Outgoing>>> = Arc::default();
        let (keep, at, seen) = (Arc::clone(&kept), at.to_owned(), AtomicUsize::new(0));
        let mut walk = self.walk(flow, person, move |request| {
            if request.label() != at || seen.fetch_add(1, Ordering::SeqCst) != nth {
                return Passing::Goes;
            }
            *keep.lock().expect("one thread") = Some(request.clone());
            Passing::IsHeld
        });
        walk.outcome().await;
        std::mem::take(&mut *kept.lock().expect("one thread"))
    }
}

fn meddler(
    variant: &Variant,
    other: Option<Outgoing>,
    changed: &Arc<AtomicBool>,
    clock: &Arc<TestClock>,
) -> impl Fn(&mut Outgoing) -> Passing + Send + Sync + 'static {
    let (variant, changed, clock) = (variant.clone(), Arc::clone(changed), Arc::clone(clock));
    let sent = AtomicUsize::new(0);
    move |request| {
        if sent.fetch_add(1, Ordering::SeqCst) != variant.step {
            return Passing::Goes;
        }
        let is_changed = match &variant.part {
            Some(part) => apply(variant.kind, part, request, other.as_ref()),
            None => true,
        };
        changed.store(is_changed, Ordering::SeqCst);
        match variant.kind {
            Kind::Twice => Passing::GoesTwice,
            Kind::Late => {
                clock.forward_s(11 * 60);
                Passing::Goes
            }
            Kind::Replayed => {
                if let Some(other) = &other {
                    other.clone_into(request);
                }
                Passing::Goes
            }
            _ => Passing::Goes,
        }
    }
}

/// The row of the table that lets the outcome pass; none is needed where nobody is logged in
/// at the service.
fn judge(variant: &Variant, outcome: &Outcome, own: &str) -> Result<Option<usize>, &'static str> {
    if outcome.astray.is_some() {
        return Err("the reader is led astray");
    }
    if outcome.status >= 500 {
        return Err("the hub fails");
    }
    if outcome.session.as_deref().is_some_and(|who| who != own) {
        return Err("another reader's session");
    }
    let Some((who, fits)) = &outcome.service else { return Ok(None) };
    let ends = match (who == own, fits) {
        (true, true) => Ends::Login,
        (true, false) => Ends::TurnedDown,
        (false, false) => Ends::AnotherTurnedDown,
        (false, true) => return Err("the service is told of another reader"),
    };
    expected::find(variant, ends).map(Some).ok_or("a login that the table does not list")
}

/// Everything, and no row of the table for nothing.
pub fn all_of(flows: &[Flow]) {
    let threads: Vec<_> = flows
        .iter()
        .map(|flow| {
            let flow = *flow;
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime").block_on(async {
                    let of = Box::pin(Corrupted::record(flow)).await;
                    of.try_these(&of.variants()).await
                })
            })
        })
        .collect();
    let reports: Vec<_> = threads.into_iter().map(|t| t.join().expect("a report")).collect();
    let whole = reports.into_iter().fold(Report::default(), Report::and);
    whole.assert_safe();
    expected::assert_no_row_for_nothing(&whole.used);
}
