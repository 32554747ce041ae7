//! Keys that change while readers log in: nobody notices (P10, P11).

use crate::harness::hub::TestHub;
use crate::harness::oidc::{authorize, code_of, redeem};
use crate::harness::saml::{Ask, response_xml};
use crate::harness::world::{HUB, PASSWORD, SP_ACS, SP_ENTITY, World, idp_metadata, sign_in};
use crate::harness::{Browser, Seen, TestClock};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use metadata::{BroughtKey, CertNames, KeyFacts, KeyPurpose, UseFrom};
use model::Clock as _;
use saml::{Expected, parse_metadata, verify_response};
use serde_json::Value;
use std::sync::Arc;

const DAY_S: i64 = 86_400;
const ES256: KeyPurpose = KeyPurpose::OidcEs256;

/// What `keys rotate` does.
async fn rotate(hub: &TestHub, purpose: KeyPurpose, from: UseFrom) -> KeyFacts {
    let at = &hub.installation;
    let names = CertNames::of(&at.config.public_url);
    at.keys.rotate(purpose, from, &names, &at.moment()).await.expect("rotated")
}

/// What a node does every quarter of a second.
async fn look(hub: &TestHub) {
    let now = hub.installation.moment().now;
    hub.installation.keys.refresh(now).await.expect("refreshed");
}

async fn retire(hub: &TestHub, purpose: KeyPurpose) -> Result<KeyFacts, metadata::KeyError> {
    let now = hub.installation.moment().now;
    hub.installation.keys.retire(purpose, 1, false, now).await
}

/// A whole login at the library `nju`: the ID token.
async fn id_token(world: &World) -> String {
    let mut browser = world.browser();
    let form = browser.get(&authorize(&[("member", "nju")])).await;
    let arrived = sign_in(&mut browser, &form, "reader-jia", PASSWORD).await;
    redeemed(&world.hub, &arrived).await
}

async fn redeemed(hub: &TestHub, arrived: &Seen) -> String {
    let tokens = redeem(hub, &code_of(arrived)).await;
    tokens.json["id_token"].as_str().expect("an ID token").to_owned()
}

fn kid(token: &str) -> String {
    decode_header(token).expect("a header").kid.expect("kid")
}

async fn jwks(browser: &mut Browser) -> JwkSet {
    let page = browser.get(&format!("{HUB}/oauth2/jwks")).await;
    serde_json::from_str(&page.body).expect("a key set")
}

fn kids(keys: &JwkSet) -> Vec<String> {
    keys.keys.iter().filter_map(|key| key.common.key_id.clone()).collect()
}

fn verifies(keys: &JwkSet, token: &str) -> bool {
    let Some(key) = keys.find(&kid(token)) else { return false };
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&["ill"]);
    rules.set_issuer(&[HUB]);
    rules.validate_exp = false;
    decode::<Value>(token, &DecodingKey::from_jwk(key).expect("a key"), &rules).is_ok()
}

async fn metadata_of(browser: &mut Browser, role: &str) -> String {
    browser.get(&format!("{HUB}/saml/{role}/metadata")).await.body
}

fn signing_keys(metadata: &str) -> usize {
    metadata.matches("<md:KeyDescriptor use=\"signing\">").count()
}

/// A login at the SAML service `journals` by the request `id`, in a browser without a session.
async fn at_journals(world: &World, id: &'static str) -> (Seen, &'static str) {
    let mut browser = world.browser();
    let ask = Ask { id, ..Ask::default() };
    let ask = format!("{}&member=nju", ask.address(&world.clock));
    let form = browser.get(&ask).await;
    (sign_in(&mut browser, &form, "reader-jia", PASSWORD).await, id)
}

/// Whether a service that holds this copy of the hub's metadata believes the answer.
fn believes(metadata: &str, (seen, id): &(Seen, &str), clock: &TestClock) -> bool {
    let entities = parse_metadata(metadata.as_bytes()).expect("metadata");
    let idp = entities.into_iter().find_map(|e| e.idp).expect("an identity provider");
    let expected = Expected {
        idp: &idp,
        audience: SP_ENTITY,
        recipient: SP_ACS,
        in_response_to: Some(id),
        now: clock.now(),
        skew_s: 60,
        force_authn_since: None,
    };
    verify_response(&response_xml(seen), &expected).is_ok()
}

#[tokio::test]
async fn a_login_goes_on_while_the_keys_of_both_sides_are_rotated() {
    let world = World::new().await;
    let old = kid(&id_token(&world).await);
    for from in [UseFrom::Usual, UseFrom::Now] {
        let mut browser = world.browser();
        let form = browser.get(&authorize(&[("member", "nju")])).await;
        for purpose in [KeyPurpose::Saml, KeyPurpose::SamlEncryption, ES256, KeyPurpose::OidcRs256]
        {
            rotate(&world.hub, purpose, from).await;
        }
        rotate(&world.nju, KeyPurpose::Saml, UseFrom::Usual).await;
        world.clock.forward_s(3);
        look(&world.hub).await;
        look(&world.nju).await;
        let arrived = sign_in(&mut browser, &form, "reader-jia", PASSWORD).await;
        let token = redeemed(&world.hub, &arrived).await;
        let keys = jwks(&mut browser).await;
        assert!(verifies(&keys, &token), "{from:?}");
        assert_eq!(kid(&token) == old, from == UseFrom::Usual, "{from:?}");
        assert_eq!(keys.keys.len(), 4, "two of each algorithm");
        if from == UseFrom::Usual {
            // The library's next key is taken back, as an operator may.
            let now = world.clock.now();
            let keys = &world.nju.installation.keys;
            keys.retire(KeyPurpose::Saml, 2, false, now).await.expect("taken back");
        }
    }
}

#[tokio::test]
async fn a_token_of_the_old_key_verifies_until_it_is_retired_and_the_new_key_signs_in_between() {
    let world = World::new().await;
    let mut browser = world.browser();
    let before = id_token(&world).await;
    let old = kid(&before);
    let next = rotate(&world.hub, ES256, UseFrom::Usual).await;
    let new = next.kid.expect("kid");
    let published = jwks(&mut browser).await;
    assert_eq!(kids(&published)[..2], [old.clone(), new.clone()], "a day ahead");

    world.clock.forward_s(DAY_S - 1);
    look(&world.hub).await;
    assert_eq!(kid(&id_token(&world).await), old, "not before its time");
    world.clock.forward_s(1);
    look(&world.hub).await;
    let after = id_token(&world).await;
    assert_eq!(kid(&after), new);
    assert!(verifies(&published, &after), "whoever looked during that day knows it");
    let keys = jwks(&mut browser).await;
    assert_eq!(kids(&keys)[..2], [new.clone(), old.clone()], "the one in use first");
    assert!(verifies(&keys, &before) && verifies(&keys, &after));
    assert!(is_known(&world, &before).await, "the hub knows its own word, too");

    world.clock.forward_s(DAY_S - 1);
    retire(&world.hub, ES256).await.expect_err("tokens of the old key may still be shown");
    world.clock.forward_s(1);
    retire(&world.hub, ES256).await.expect("retired");
    let keys = jwks(&mut browser).await;
    assert!(!kids(&keys).contains(&old) && kids(&keys).contains(&new));
    assert!(!verifies(&keys, &before) && verifies(&keys, &after));
    assert!(!is_known(&world, &before).await, "a key that was given up proves nothing");
}

/// Whether the hub takes an ID token as a hint (OpenID Connect Core 3.1.2.1).
async fn is_known(world: &World, token: &str) -> bool {
    let ask = authorize(&[("id_token_hint", token), ("prompt", "none")]);
    let seen = world.browser().get(&ask).await;
    match seen.query("error").as_deref() {
        Some("login_required") => true,
        Some("invalid_request") => false,
        _ => panic!("at {}", seen.url),
    }
}

#[tokio::test]
async fn a_saml_service_that_looks_once_a_week_never_meets_an_unknown_key() {
    let world = World::new().await;
    let mut browser = world.browser();
    let first = metadata_of(&mut browser, "idp").await;
    rotate(&world.hub, KeyPurpose::Saml, UseFrom::Usual).await;
    let (ahead, sp) =
        (metadata_of(&mut browser, "idp").await, metadata_of(&mut browser, "sp").await);
    assert_eq!([&first, &ahead, &sp].map(|m| signing_keys(m)), [1, 2, 2]);
    let answer = at_journals(&world, "_before").await;
    assert!(believes(&first, &answer, &world.clock), "the old key signs");
    assert!(believes(&ahead, &answer, &world.clock));

    world.clock.forward_s(7 * DAY_S);
    look(&world.hub).await;
    let answer = at_journals(&world, "_after").await;
    assert!(believes(&ahead, &answer, &world.clock), "fetched at any time of that week");
    assert!(!believes(&first, &answer, &world.clock), "the new key signs");
    let meanwhile = metadata_of(&mut browser, "idp").await;
    assert!(believes(&meanwhile, &answer, &world.clock));
    assert_eq!(signing_keys(&meanwhile), 2);

    retire(&world.hub, KeyPurpose::Saml).await.expect_err("messages of the old key are on the way");
    world.clock.forward_s(3600);
    retire(&world.hub, KeyPurpose::Saml).await.expect("retired");
    let last = metadata_of(&mut browser, "idp").await;
    assert_eq!(signing_keys(&last), 1);
    assert!(believes(&last, &at_journals(&world, "_last").await, &world.clock));
}

#[tokio::test]
async fn a_library_reads_what_was_encrypted_to_the_key_before() {
    let world = World::new().await;
    let mut browser = world.browser();
    // The library holds metadata with the old key and encrypts to it by itself.
    rotate(&world.hub, KeyPurpose::SamlEncryption, UseFrom::Usual).await;
    world.clock.forward_s(3);
    look(&world.hub).await;
    let sp = metadata_of(&mut browser, "sp").await;
    assert_eq!(sp.matches("<md:KeyDescriptor use=\"encryption\">").count(), 1);
    id_token(&world).await;
    world.clock.forward_s(7 * DAY_S);
    retire(&world.hub, KeyPurpose::SamlEncryption).await.expect("retired");
    let mut browser = world.browser();
    let form = browser.get(&authorize(&[("member", "nju")])).await;
    let refused = sign_in(&mut browser, &form, "reader-jia", PASSWORD).await;
    assert!(!refused.outside, "what it encrypts to the key that is gone cannot be read");
}

#[tokio::test]
async fn a_node_beside_takes_the_change_up_and_both_publish_what_either_signs() {
    let world = World::new().await;
    let folder = Arc::clone(&world.hub.folder);
    let beside = TestHub::open_in(HUB, &world.clock, folder, None).await;
    let old = kid(&id_token(&world).await);
    let next = rotate(&beside, ES256, UseFrom::Now).await;
    let new = next.kid.expect("kid");
    world.clock.forward_s(1);
    for hub in [&beside, &world.hub] {
        look(hub).await;
    }
    assert_eq!(kid(&id_token(&world).await), old, "until every node has had the time to look");
    world.clock.forward_s(1);
    // One node is faster than the other.
    look(&beside).await;
    let of = |hub: &TestHub| hub.installation.keys.current();
    assert_eq!(of(&beside).oidc("ES256").expect("a key").kid, new);
    assert_eq!(of(&world.hub).oidc("ES256").expect("a key").kid, old);
    for hub in [&beside, &world.hub] {
        let published: JwkSet = serde_json::from_value(of(hub).jwks().clone()).expect("keys");
        assert!(kids(&published).contains(&old) && kids(&published).contains(&new));
    }
}

/// A hub that takes another program's place keeps its certificate: services that know
/// nothing but that go on as before.
#[tokio::test]
async fn a_service_that_knows_an_older_systems_certificate_alone_believes_the_hub_that_took_it_over()
 {
    let world = World::new().await;
    let file = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../metadata/src/keys/tests/files");
        std::fs::read(format!("{folder}/{name}")).expect("a file")
    };
    let key = BroughtKey::read(KeyPurpose::Saml, &file("rsa-2048-pkcs1.pem")).expect("a key");
    let key = key.certified(&file("rsa-2048.cert.pem")).expect("its certificate");
    let at = &world.hub.installation;
    at.keys.import(&key, UseFrom::Now, &at.moment()).await.expect("imported");
    world.clock.forward_s(2);
    look(&world.hub).await;
    let current = at.keys.current();
    let held = [current.saml().certificate()];
    let copy = idp_metadata(&format!("{HUB}/saml/idp/metadata"), HUB, &held, "nju.test");
    assert_eq!(signing_keys(&copy), 1);
    let cert = String::from_utf8(file("rsa-2048.cert.pem")).expect("PEM");
    let body: String = cert.lines().filter(|line| !line.starts_with("---")).collect();
    assert!(copy.replace('\n', "").contains(&body), "the certificate that was brought");
    assert!(believes(&copy, &at_journals(&world, "_taken-over").await, &world.clock));
}
