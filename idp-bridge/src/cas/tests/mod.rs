mod answered;
mod campus;
mod probed;
mod signed_out;

use super::*;
use crate::checks::CHECKS;
use crate::testing::{HUB, NOON, Place, World, claimed, query_of, refused, world};
use campus::{Campus, Reply};
use model::{Evidence, Next};
use std::collections::BTreeSet;

/// A leg at zju, whose CAS server is `campus`, with further settings.
fn place_at(world: &World, campus: &Campus, settings: &[(&str, serde_json::Value)]) -> Place {
    let mut place = world.place("zju", "campus");
    place.entry.settings.insert("server".to_owned(), campus.address().into());
    let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
    place.entry.settings.extend(settings);
    place
}

/// The address at which a reader comes back with this ticket.
fn back(begun: &Begun, ticket: &str) -> Inbound {
    let service = query_of(&begun.next).one("service").expect("once").expect("there").to_owned();
    let mut inbound = crate::testing::post(service.strip_prefix(HUB).expect("ours"), &[]);
    inbound.method = Method::Get;
    inbound.headers.clear();
    inbound.query = format!("ticket={ticket}");
    inbound
}

#[tokio::test]
async fn a_ticket_that_the_campus_takes_becomes_a_claim() {
    let (world, campus) = (world().await, Campus::start().await);
    let place = place_at(&world, &campus, &[]);
    let begun = world.begin(&world.cas, &place).await.expect("begun");
    let Next::Redirect(url) = &begun.next else { panic!("{:?}", begun.next) };
    let service = format!("{HUB}/in/zju/campus/{}", place.handle);
    let encoded = model::encode_component(&service);
    assert_eq!(*url, format!("{}/login?service={encoded}", campus.address()));
    campus.says(Reply::user("20190001", "<cas:attributes><cas:XM>读者甲</cas:XM><cas:role>student</cas:role><cas:role>staff@pku.edu.cn</cas:role></cas:attributes>"));
    let inbound = back(&begun, "ST-7-abc");
    assert_eq!(world.cas.identify(&inbound), Some(Clue::Handle(place.handle.clone())));
    let claim = claimed(world.finish(&world.cas, &place, &inbound, &begun.state).await);
    // The very bytes that were sent to the login page (CAS Protocol 2.5.1).
    let asked = format!("GET /cas/p3/serviceValidate?service={encoded}&ticket=ST-7-abc HTTP/1.1");
    assert_eq!(campus.asked(), [asked]);
    assert_eq!((claim.member().as_str(), claim.connector().as_str()), ("zju", "campus"));
    assert_eq!(claim.key().as_str(), "20190001");
    assert_eq!(claim.profile().name.as_deref(), Some("读者甲"));
    let affiliation: Vec<_> = claim.affiliation().iter().map(String::as_str).collect();
    assert_eq!(affiliation, ["student@zju.edu.cn"], "another's scope is dropped");
    assert_eq!(claim.evidence(), Evidence::Asserted);
    assert_eq!(claim.acr(), "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified");
    assert_eq!(claim.auth_time(), NOON.plus_s(5), "the moment of the answer");
    assert_eq!(claim.authorities(), [campus.address()]);
    assert_eq!(claim.account(), None);
    assert!(!claim.is_unsolicited());
    let upstream = claim.upstream().expect("names for logout");
    assert_eq!(upstream.name_id.as_deref(), Some("ST-7-abc"));
    let [once] = claim.once() else { panic!("{:?}", claim.once()) };
    assert!(once.key.ends_with("\nST-7-abc") && once.refused == code::CAS_REPLAY);
    assert!(once.expires >= NOON.plus_s(3600), "remembered longer than any ticket lives");
}

#[tokio::test]
async fn version_prefix_and_addresses_are_the_members() {
    let (world, campus) = (world().await, Campus::start().await);
    campus.says(Reply::user("a", ""));
    for (settings, asked) in [
        (vec![("version", 2.into())], "/cas/serviceValidate?"),
        (vec![("server", campus.origin().into())], "/p3/serviceValidate?"),
        (
            vec![("server", format!("{}/authserver/", campus.origin()).into())],
            "/authserver/p3/serviceValidate?",
        ),
        (
            vec![("validate", format!("{}/api/v1/cas/p3/v", campus.origin()).into())],
            "/api/v1/cas/p3/v?",
        ),
    ] {
        let place = place_at(&world, &campus, &settings);
        let begun = world.begin(&world.cas, &place).await.expect("begun");
        claimed(world.finish(&world.cas, &place, &back(&begun, "ST-1"), &begun.state).await);
        let last = campus.asked().pop().expect("asked");
        assert!(last.starts_with(&format!("GET {asked}")), "{last}");
    }
    let place = place_at(&world, &campus, &[("login", "https://sso.zju.test/ui?from=lib".into())]);
    let begun = world.begin(&world.cas, &place).await.expect("begun");
    let Next::Redirect(url) = &begun.next else { panic!("{:?}", begun.next) };
    assert!(
        url.starts_with("https://sso.zju.test/ui?from=lib&service=https%3A%2F%2Fhub.test%2Fin"),
        "{url}"
    );
}

#[tokio::test]
async fn a_callback_registered_letter_for_letter_carries_no_handle() {
    let (world, campus) = (world().await, Campus::start().await);
    campus.says(Reply::user("a", ""));
    let place = place_at(&world, &campus, &[("callback", "exact".into())]);
    let begun = world.begin(&world.cas, &place).await.expect("begun");
    let params = query_of(&begun.next);
    assert_eq!(params.one("service"), Ok(Some("https://hub.test/in/zju/campus")));
    let inbound = back(&begun, "ST-1");
    let clue = Clue::Browser(place.member.id.clone(), place.connector.clone());
    assert_eq!(world.cas.identify(&inbound), Some(clue));
    claimed(world.finish(&world.cas, &place, &inbound, &begun.state).await);
    // Without a ticket it is another kind's.
    assert_eq!(
        world.cas.identify(&Inbound { query: "code=1&state=2".to_owned(), ..inbound.clone() }),
        None
    );
    assert_eq!(
        world.cas.identify(&Inbound { query: "ticket=a&ticket=b".to_owned(), ..inbound }),
        None
    );
}

#[tokio::test]
async fn force_age_and_silence_go_along_at_both_ends() {
    let (world, campus) = (world().await, Campus::start().await);
    campus.says(Reply::user("a", ""));
    for (force, max_age_s, renews) in
        [(false, None, false), (true, None, true), (false, Some(600), true)]
    {
        let place = Place { force, max_age_s, ..place_at(&world, &campus, &[]) };
        let begun = world.begin(&world.cas, &place).await.expect("begun");
        let params = query_of(&begun.next);
        assert_eq!(params.one("renew"), Ok(renews.then_some("true")));
        assert_eq!(params.one("gateway"), Ok(None));
        claimed(world.finish(&world.cas, &place, &back(&begun, "ST-1"), &begun.state).await);
        assert_eq!(campus.asked().pop().expect("asked").contains("&renew=true "), renews);
    }
    let place = Place { passive: true, ..place_at(&world, &campus, &[]) };
    let begun = world.begin(&world.cas, &place).await.expect("begun");
    assert_eq!(query_of(&begun.next).one("gateway"), Ok(Some("true")));
    let inbound = Inbound { query: String::new(), ..back(&begun, "ST-1") };
    let refusal = refused(world.finish(&world.cas, &place, &inbound, &begun.state).await);
    assert_eq!(refusal.code(), code::LOG_LOGIN_REQUIRED, "no session at the library");
    let place = Place { force: true, ..place };
    let refusal = world.begin(&world.cas, &place).await.expect_err("refused");
    assert_eq!(refusal.code(), code::LOG_LOGIN_REQUIRED);
}

#[tokio::test]
async fn settings_that_cannot_be_used_send_nobody_anywhere() {
    let (world, campus) = (world().await, Campus::start().await);
    let place = place_at(&world, &campus, &[("server", "http://cas.zju.test/cas".into())]);
    let refusal = world.begin(&world.cas, &place).await.expect_err("refused");
    assert_eq!(refusal.code(), code::LOG_NO_CONNECTOR);
    assert_eq!(refusal.detail().member.as_ref().map(model::MemberId::as_str), Some("zju"));
}
