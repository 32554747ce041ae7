//! The life of keys over a whole ring: what is published and what signs at each moment.

use crate::keys::{CertNames, KeyPurpose, KeyRing, KeyState, MasterKey, UseFrom, key_facts};
use crate::testing::{Folder, NOON, durable, entropy, hub, keys, moment};
use model::{Moment, Timestamp};
use std::sync::Arc;
use store::Durable;

const DAY_S: i64 = 86_400;
const ES256: KeyPurpose = KeyPurpose::OidcEs256;

fn names() -> CertNames {
    CertNames::of(&hub())
}

fn at(now: Timestamp, seed: u64) -> Moment {
    Moment { now, entropy: entropy(seed) }
}

fn kids(ring: &KeyRing) -> Vec<String> {
    let jwks = ring.current().jwks()["keys"].clone();
    let keys = jwks.as_array().expect("keys").clone();
    keys.iter().map(|key| key["kid"].as_str().expect("kid").to_owned()).collect()
}

fn signing(ring: &KeyRing) -> String {
    ring.current().oidc("ES256").expect("a key").kid.clone()
}

async fn ring() -> (Folder, Durable, KeyRing) {
    let folder = Folder::new();
    let durable = durable(&folder).await;
    let ring = keys(&folder, &durable).await;
    (folder, durable, ring)
}

#[tokio::test]
async fn a_new_key_is_published_before_it_signs_and_the_old_one_after() {
    let (_folder, _, ring) = ring().await;
    let (old, before) = (signing(&ring), kids(&ring));
    let next = ring.rotate(ES256, UseFrom::Usual, &names(), &moment(5)).await.expect("rotated");
    let new = next.kid.clone().expect("kid");
    assert_eq!((next.generation, next.state), (2, KeyState::Next));
    assert_eq!(next.use_from, NOON.plus_s(DAY_S));
    assert_eq!(kids(&ring), [&*old, &*new, &*before[1]], "published at once");
    assert_eq!(signing(&ring), old, "and signs nothing yet");
    ring.refresh(next.use_from.plus_s(-1)).await.expect("refreshed");
    assert_eq!(signing(&ring), old, "not a second too early");
    assert!(ring.refresh(next.use_from).await.expect("refreshed"));
    assert_eq!(signing(&ring), new);
    assert_eq!(kids(&ring), [&*new, &*old, &*before[1]], "the old one verifies still");
    let due = next.use_from.plus_s(DAY_S);
    let early = ring.retire(ES256, 1, false, due.plus_s(-1)).await.expect_err("too early");
    assert!(early.to_string().contains(&due.rfc3339()), "{early}");
    let gone = ring.retire(ES256, 1, false, due).await.expect("retired");
    assert_eq!(gone.state, KeyState::Withdrawn);
    assert_eq!(kids(&ring), [&*new, &*before[1]]);
}

#[tokio::test]
async fn the_metadata_carry_two_certificates_meanwhile_the_one_in_use_first() {
    let (_folder, _, ring) = ring().await;
    let old = ring.current().saml().certificate().to_vec();
    let facts =
        ring.rotate(KeyPurpose::Saml, UseFrom::Usual, &names(), &moment(5)).await.expect("rotated");
    assert_eq!(facts.use_from, NOON.plus_s(7 * DAY_S));
    let published = |ring: &KeyRing| -> Vec<Vec<u8>> {
        ring.current().saml_certificates().into_iter().map(<[u8]>::to_vec).collect()
    };
    let both = published(&ring);
    assert_eq!((both.len(), &both[0]), (2, &old));
    ring.refresh(facts.use_from).await.expect("refreshed");
    assert_eq!(published(&ring), [both[1].clone(), old]);
}

#[tokio::test]
async fn a_key_to_encrypt_to_is_published_alone_and_both_open() {
    let (_folder, _, ring) = ring().await;
    let purpose = KeyPurpose::SamlEncryption;
    let old = ring.current().saml_encryption_certificates()[0].to_vec();
    let next = ring.rotate(purpose, UseFrom::Usual, &names(), &moment(5)).await.expect("rotated");
    assert_eq!(ring.current().saml_encryption_certificates(), [old.as_slice()]);
    assert_eq!(ring.current().saml_decryption().len(), 2, "every node opens it before it is told");
    ring.refresh(next.use_from).await.expect("refreshed");
    let current = ring.current();
    assert_eq!(current.saml_encryption_certificates().len(), 1);
    assert_ne!(current.saml_encryption_certificates(), [old.as_slice()]);
    assert_eq!(current.saml_decryption()[1].certificate(), old);
    let early = ring.retire(purpose, 1, false, next.use_from.plus_s(6 * DAY_S)).await;
    assert!(early.is_err(), "members hold the old metadata for days");
}

#[tokio::test]
async fn one_rotation_at_a_time_and_in_an_emergency_at_once() {
    let (_folder, durable, ring) = ring().await;
    let old = signing(&ring);
    ring.rotate(ES256, UseFrom::Usual, &names(), &moment(5)).await.expect("rotated");
    let again = ring.rotate(ES256, UseFrom::Usual, &names(), &moment(6)).await.expect_err("twice");
    assert!(again.to_string().contains("--now"), "{again}");
    let now = ring.rotate(ES256, UseFrom::Now, &names(), &moment(7)).await.expect("at once");
    assert_eq!(now.generation, 2, "the one that is published already");
    assert_eq!(durable.keys().await.expect("rows").len(), 6);
    assert_eq!(signing(&ring), old, "until every node publishes it");
    assert!(now.use_from > NOON && now.use_from <= NOON.plus_s(5));
    ring.refresh(now.use_from).await.expect("refreshed");
    assert_ne!(signing(&ring), old);
    let third = ring.rotate(ES256, UseFrom::Now, &names(), &at(now.use_from, 8)).await;
    assert_eq!(third.expect("a third").generation, 3, "and none that is next is needed for it");
}

#[tokio::test]
async fn nothing_signs_before_every_node_publishes_it() {
    let (_folder, _, ring) = ring().await;
    for from in [UseFrom::AfterS(0), UseFrom::AfterS(-DAY_S), UseFrom::Now] {
        let generations = ring.list(NOON).await.expect("listed").len();
        let facts = ring.rotate(ES256, from, &names(), &moment(5)).await.expect("rotated");
        assert!(facts.use_from > NOON, "{from:?}");
        ring.retire(ES256, facts.generation, false, NOON).await.expect("taken back");
        assert_eq!(ring.list(NOON).await.expect("listed").len(), generations + 1);
    }
}

#[tokio::test]
async fn the_key_in_use_is_retired_by_force_and_never_the_last() {
    let (_folder, durable, ring) = ring().await;
    for force in [false, true] {
        let refused = ring.retire(ES256, 1, force, NOON).await.expect_err("the last");
        assert!(refused.to_string().contains("rotate"), "{refused}");
    }
    let next = ring.rotate(ES256, UseFrom::Now, &names(), &moment(5)).await.expect("rotated");
    assert!(ring.retire(ES256, 1, true, NOON).await.is_err(), "the next is not in use yet");
    let now = next.use_from;
    assert!(ring.retire(ES256, 2, false, now).await.is_err(), "in use");
    assert!(ring.retire(ES256, 1, false, now).await.is_err(), "its tokens live");
    ring.retire(ES256, 1, true, now).await.expect("by force");
    assert_eq!(kids(&ring).len(), 2, "it is published no more");
    let again = ring.retire(ES256, 1, false, now).await.expect_err("twice");
    assert!(again.to_string().contains("was withdrawn"), "{again}");
    assert!(ring.retire(ES256, 9, true, now).await.is_err(), "unknown");
    let rows = durable.keys().await.expect("rows");
    let gone = rows.iter().find(|row| row.withdrawn.is_some()).expect("a row");
    assert!(gone.sealed.is_empty(), "its private part is forgotten");
}

#[tokio::test]
async fn the_root_is_never_changed() {
    let (_folder, _, ring) = ring().await;
    let before = ring.derive("x");
    assert!(ring.rotate(KeyPurpose::Root, UseFrom::Now, &names(), &moment(5)).await.is_err());
    assert!(ring.retire(KeyPurpose::Root, 1, true, NOON).await.is_err());
    ring.rotate(ES256, UseFrom::Now, &names(), &moment(5)).await.expect("rotated");
    assert_eq!(ring.derive("x"), before);
}

#[tokio::test]
async fn another_node_takes_it_up_and_signs_with_nothing_that_the_first_does_not_publish() {
    let (folder, durable, one) = ring().await;
    let other = keys(&folder, &durable).await;
    let facts = one.rotate(ES256, UseFrom::Now, &names(), &moment(5)).await.expect("rotated");
    assert!(other.refresh(facts.use_from).await.expect("refreshed"), "the faster node");
    let published = kids(&one);
    assert!(published.contains(&signing(&other)), "the slower one publishes it already");
    assert!(!other.refresh(facts.use_from).await.expect("refreshed"), "nothing new");
    assert_eq!(kids(&other).len(), published.len());
}

#[tokio::test]
async fn a_key_that_does_not_open_leaves_those_in_force() {
    let (folder, durable, ring) = ring().await;
    let stranger = folder.path().join("other.key");
    let stranger = MasterKey::load_or_create(&stranger, &entropy(9)).expect("a key");
    let mut row = durable.keys().await.expect("rows").remove(0);
    row.generation = 2;
    row.id = "another".to_owned();
    row.purpose = ES256.as_str().to_owned();
    row.sealed = stranger.seal("key/oidc-es256/2/another", b"x", &entropy(3)).expect("sealed");
    durable.insert_key(&row).await.expect("kept");
    let before = kids(&ring);
    let refused = ring.refresh(NOON).await.expect_err("does not open").to_string();
    assert!(refused.contains("does not open") && refused.contains("oidc-es256/2"), "{refused}");
    assert_eq!(kids(&ring), before);
}

#[tokio::test]
async fn the_list_tells_what_another_master_key_does_not_open() {
    let (folder, durable, ring) = ring().await;
    ring.rotate(ES256, UseFrom::Usual, &names(), &moment(5)).await.expect("rotated");
    let good = ring.list(NOON).await.expect("listed");
    assert!(good.iter().all(|key| key.opens), "{good:?}");
    let shown: Vec<_> = good
        .iter()
        .map(|key| (key.purpose.as_str(), key.generation, key.state.as_str(), key.sort.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            ("root", 1, "in use", None),
            ("saml", 1, "in use", Some("rsa-2048")),
            ("saml-encryption", 1, "in use", Some("rsa-2048")),
            ("oidc-es256", 1, "in use", Some("p-256")),
            ("oidc-es256", 2, "next", Some("p-256")),
            ("oidc-rs256", 1, "in use", Some("rsa-2048")),
        ]
    );
    let certificate = good[1].certificate.clone().expect("a certificate");
    assert_eq!(certificate.fingerprint.len(), 95);
    assert_eq!(certificate.not_after.rfc3339(), "2036-11-20T00:00:00Z");
    let stranger = folder.path().join("other.key");
    let stranger = MasterKey::load_or_create(&stranger, &entropy(9)).expect("a key");
    let rows = durable.keys().await.expect("rows");
    for master in [None, Some(&stranger)] {
        let told = key_facts(&rows, master, NOON);
        assert_eq!(told.len(), good.len());
        assert!(told.iter().all(|key| !key.opens && key.kid.is_none()), "{told:?}");
    }
}

#[tokio::test]
async fn the_watch_takes_up_what_comes_into_use() {
    struct Fixed(Timestamp);
    impl model::Clock for Fixed {
        fn now(&self) -> Timestamp {
            self.0
        }
    }
    let (_folder, _, ring) = ring().await;
    let ring = Arc::new(ring);
    let facts = ring.rotate(ES256, UseFrom::Usual, &names(), &moment(5)).await.expect("rotated");
    let clock = Arc::new(Fixed(facts.use_from));
    let every = std::time::Duration::from_millis(1);
    let watch = tokio::spawn(Arc::clone(&ring).watch(clock, every));
    let taken_up = async {
        while Some(signing(&ring)) != facts.kid {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), taken_up).await.expect("taken up");
    watch.abort();
}
