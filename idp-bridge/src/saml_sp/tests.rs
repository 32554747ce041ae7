use super::*;
use crate::checks::CHECKS;
use crate::testing::{
    ACS as ACS_URL, HUB, NJU_IDP, NJU_KEY, NOON, PKU_IDP, PKU_KEY, Place, SP, World, answer,
    attribute, claimed, name_id, post, posted, posted_xml, query_of, refused, request_id, world,
};
use model::{Evidence, Next, Standing};
use saml::{ResponseOut, SigningKey, name_id_format, parse_authn_request};
use std::collections::BTreeSet;

mod begun;
mod encrypted;
mod spoiled;
mod unsolicited;

/// One login at nju, answered as `spoil` makes it.
async fn answered(
    world: &World,
    place: &Place,
    spoil: impl FnOnce(&mut ResponseOut),
) -> Result<Finished, Refusal> {
    let begun = world.begin(&world.saml, place).await.expect("begun");
    let mut out = answer(Some(&request_id(&begun)));
    spoil(&mut out);
    let inbound = posted(&out, &NJU_KEY, place.handle.as_str());
    world.finish(&world.saml, place, &inbound, &begun.state).await
}

#[tokio::test]
async fn a_good_answer_becomes_a_claim_that_takes_the_login_from_the_proof() {
    let world = world().await;
    let place = world.place("nju", "campus");
    let claim = claimed(
        answered(&world, &place, |out| {
            out.assertion_id = "_a1".to_owned();
            out.session_not_on_or_after = Some(NOON.plus_s(3600));
            out.authenticating_authorities = vec!["https://deeper.test".to_owned()];
        })
        .await,
    );
    assert_eq!((claim.member().as_str(), claim.connector().as_str()), ("nju", "campus"));
    assert_eq!(claim.key().as_str(), "q7kx2@nju.edu.cn");
    assert_eq!(claim.profile().name.as_deref(), Some("读者甲"));
    assert_eq!(claim.profile().mail.as_deref(), Some("reader@example.org"));
    let affiliation: Vec<_> = claim.affiliation().iter().map(String::as_str).collect();
    assert_eq!(affiliation, ["member@nju.edu.cn", "student@nju.edu.cn"]);
    assert_eq!((claim.evidence(), claim.standing()), (Evidence::Asserted, Standing::Good));
    assert_eq!(claim.class().as_str(), "A");
    assert_eq!(claim.acr(), "urn:oasis:names:tc:SAML:2.0:ac:classes:Password");
    assert_eq!(claim.auth_time(), NOON.plus_s(3));
    assert_eq!(claim.authorities(), [NJU_IDP, "https://deeper.test"]);
    assert_eq!(claim.session_not_on_or_after(), Some(NOON.plus_s(3600)));
    assert_eq!(claim.account(), None);
    assert!(!claim.is_unsolicited());
    let upstream = claim.upstream().expect("names for logout");
    assert_eq!(upstream.session_index.as_deref(), Some("_s1"));
    assert!(upstream.name_id.as_deref().is_some_and(|n| n.contains("_t1")));
    let [once] = claim.once() else { panic!("{:?}", claim.once()) };
    assert_eq!(once.key, format!("{NJU_IDP}\n_a1"));
    assert!(once.expires >= NOON.plus_s(4 + 300), "remembered as long as it is good");
}

#[tokio::test]
async fn a_clock_that_runs_ahead_makes_no_login_of_the_future() {
    let world = world().await;
    let place = world.place("nju", "campus");
    let claim = claimed(answered(&world, &place, |o| o.authn_instant = NOON.plus_s(30)).await);
    assert_eq!(claim.auth_time(), NOON.plus_s(5), "the moment of the answer");
}

#[tokio::test]
async fn the_handle_alone_names_a_login_and_the_issuer_an_unsolicited_start() {
    let world = world().await;
    let place = world.place("nju", "campus");
    let out = answer(None);
    let by = &world.saml;
    let handle = place.handle.as_str();
    assert_eq!(
        by.identify(&posted(&out, &NJU_KEY, handle)),
        Some(Clue::Handle(place.handle.clone()))
    );
    let issuer = Some(Clue::Issuer(NJU_IDP.to_owned()));
    assert_eq!(by.identify(&posted(&out, &NJU_KEY, "ill")), issuer);
    assert_eq!(by.identify(&posted(&out, &NJU_KEY, "")), issuer);
    assert_eq!(by.identify(&posted_xml("<x/>", "ill")), None);
    assert_eq!(by.identify(&post(ACS, &[("RelayState", handle), ("RelayState", handle)])), None);
}

#[tokio::test]
async fn our_metadata_name_us_and_our_certificate() {
    let world = world().await;
    let mut inbound = post(METADATA, &[]);
    inbound.method = Method::Get;
    assert_eq!(world.saml.identify(&inbound), Some(Clue::Hub));
    let page = world.saml.hub_entry(&world.snapshot, &inbound, &world.moment).await;
    let page = page.expect("a page");
    let entities = saml::parse_metadata(&page.body).expect("metadata");
    let sp = entities[0].sp.as_ref().expect("a service provider");
    assert_eq!(sp.entity_id.as_str(), SP);
    assert_eq!(sp.acs[0].location, ACS_URL);
    assert_eq!(sp.signing_certs, [world.keys.current().saml().certificate()]);
    let to = sp.encryption.recipient(None).expect("safe").expect("asked for");
    assert_eq!(to.certificate(), world.keys.current().saml_decryption()[0].certificate());
    inbound.path = "/saml/sp/other".to_owned();
    assert!(world.saml.hub_entry(&world.snapshot, &inbound, &world.moment).await.is_err());
}

#[tokio::test]
async fn a_probe_tells_of_metadata_that_end() {
    let world = world().await;
    let place = world.place("nju", "campus");
    let probe = world.saml.probe(&world.at(&place, &world.moment)).await;
    assert_eq!(probe, Probe { is_ready: true, findings: vec![] });
    let nobody = Place { connector: model::ConnectorId::parse("other").expect("an id"), ..place };
    let probe = world.saml.probe(&world.at(&nobody, &world.moment)).await;
    assert!(!probe.is_ready && probe.findings.len() == 1);
}
