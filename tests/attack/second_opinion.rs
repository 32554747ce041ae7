//! Two verifiers read one answer differently, or there is but one: nobody is believed.

use crate::harness::Seen;
use crate::harness::oidc::{authorize, code_of};
use crate::harness::saml::{acme_answer, answer_as_acme, asked_of_acme, post_to_acs, signed};
use crate::harness::world::{World, acme_key};
use saml::{Accepted, Objection, Opinion, SecondOpinion};
use second_opinion::{Attribute, NameId, Reading, compare};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Reads as we do, but for what it is told to change.
struct Liar {
    asked: AtomicU32,
    change: fn(&mut Reading),
}

impl Liar {
    fn who(change: fn(&mut Reading)) -> Arc<Self> {
        Arc::new(Self { asked: AtomicU32::new(0), change })
    }
}

impl SecondOpinion for Liar {
    fn compare<'a>(&'a self, accepted: Accepted<'a>) -> Opinion<'a> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut reading = faithful(&accepted);
        (self.change)(&mut reading);
        let outcome = compare(accepted.read, accepted.audience, &reading);
        Box::pin(async move { outcome.map_err(Objection::Differs) })
    }
}

fn faithful(accepted: &Accepted<'_>) -> Reading {
    let read = accepted.read;
    Reading {
        id: read.id.clone(),
        issuer: read.issuer.as_str().to_owned(),
        name_id: read
            .name_id
            .as_ref()
            .map(|n| NameId { format: n.format.clone(), value: n.value.clone() }),
        audiences: vec![vec![accepted.audience.to_owned()]],
        attributes: read
            .attributes
            .iter()
            .map(|a| Attribute {
                name: a.name.clone(),
                friendly_name: a.friendly_name.clone(),
                name_format: a.name_format.clone(),
                values: a.values.clone(),
            })
            .collect(),
    }
}

struct Nobody;

impl SecondOpinion for Nobody {
    fn compare<'a>(&'a self, _: Accepted<'a>) -> Opinion<'a> {
        Box::pin(async { Err(Objection::Unavailable("it ended".to_owned())) })
    }
}

/// A hub that asks this one gets the good answer of `acme`.
async fn with(second: Arc<dyn SecondOpinion>) -> (World, Seen) {
    let mut world = World::new().await;
    world.hub.asks(second);
    let mut browser = world.browser();
    let asked = asked_of_acme(&browser.get(&authorize(&[("member", "acme")])).await);
    let seen = answer_as_acme(&mut browser, &world.clock, &asked).await;
    let session = browser.cookie("hub.test", "__Host-rp_sid");
    assert_eq!(session.is_some(), seen.outside, "a session without a login");
    (world, seen)
}

/// How often an answer was disputed: act, outcome and member, as the audit log has them.
fn disputes(world: &World) -> i64 {
    let file = world.hub.folder.path().join("data/durable.db");
    let db = rusqlite::Connection::open(file).expect("the log");
    let count = "SELECT count(*) FROM audit_entry WHERE act = 'login.disputed' \
                 AND outcome = 'SAML-025' AND member = 'acme'";
    db.query_row(count, [], |row| row.get(0)).expect("a count")
}

fn refused(seen: &Seen, code: &str) {
    assert!(!seen.outside, "it was accepted: {}", seen.url);
    assert!(seen.body.contains(code), "wanted {code}:\n{}", seen.body);
    assert!(seen.login_code().is_some(), "no login code:\n{}", seen.body);
}

#[tokio::test]
async fn an_answer_that_is_read_alike_is_believed_or_the_others_prove_nothing() {
    let faithful = Liar::who(|_| ());
    let (world, seen) = with(faithful.clone()).await;
    code_of(&seen);
    assert_eq!(faithful.asked.load(Ordering::SeqCst), 1);
    assert_eq!(disputes(&world), 0);
}

#[tokio::test]
async fn an_answer_that_is_read_differently_is_refused_and_audited() {
    let lies: [fn(&mut Reading); 6] = [
        |r| r.issuer = "https://other.test/idp".to_owned(),
        |r| r.id = "_another".to_owned(),
        |r| r.name_id.as_mut().expect("one").value = "_another".to_owned(),
        |r| r.audiences = vec![vec!["https://other.test/".to_owned()]],
        |r| r.attributes[0].values = vec!["reader0002@acme.test".to_owned()],
        |r| drop(r.attributes.pop()),
    ];
    for lie in lies {
        let (world, seen) = with(Liar::who(lie)).await;
        refused(&seen, "SAML-025");
        assert_eq!(seen.status, 403, "{}", seen.body);
        assert_eq!(disputes(&world), 1);
    }
}

#[tokio::test]
async fn without_a_second_opinion_nothing_is_believed() {
    let (world, seen) = with(Arc::new(Nobody)).await;
    refused(&seen, "SAML-027");
    assert_eq!(seen.status, 503, "{}", seen.body);
    assert_eq!(disputes(&world), 0, "nobody disputed anything");
}

#[tokio::test]
async fn what_our_own_verifier_refuses_no_other_is_asked_about() {
    let faithful = Liar::who(|_| ());
    let mut world = World::new().await;
    world.hub.asks(faithful.clone());
    let mut browser = world.browser();
    let asked = asked_of_acme(&browser.get(&authorize(&[("member", "acme")])).await);
    let xml = signed(&acme_answer(&world.clock, Some(&asked.id)), acme_key());
    let xml = xml.replace("reader0001@acme.test", "reader0002@acme.test");
    refused(&post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await, "SAML-003");
    assert_eq!(faithful.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_unsolicited_answer_that_is_disputed_is_audited_too() {
    let mut world = World::new().await;
    world.hub.asks(Liar::who(|r| r.id.push('x')));
    let xml = signed(&acme_answer(&world.clock, None), acme_key());
    let seen = post_to_acs(&mut world.browser(), &xml, Some("ill")).await;
    refused(&seen, "SAML-025");
    assert_eq!(disputes(&world), 1);
}
