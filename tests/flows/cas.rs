//! Libraries by CAS, against the scripted server of the tests.

use crate::harness::Seen;
use crate::harness::cas::{Campus, Manner, bring, notify, service_of};
use crate::harness::oidc::{authorize, claims, code_of, redeem};
use crate::harness::world::World;
use serde_json::Value;

async fn claims_of(world: &World, arrived: &Seen) -> Value {
    let tokens = redeem(&world.hub, &code_of(arrived)).await;
    assert_eq!(tokens.status, 200, "{:?}", tokens.json);
    claims(tokens.json["id_token"].as_str().expect("an ID token"))
}

#[tokio::test]
async fn a_reader_of_a_cas_library_reaches_loan_and_then_everything_without_another_login() {
    let campus = Campus::start().await;
    let world = World::with_campus(&campus).await;
    let mut browser = world.browser();
    let discovery = browser.get(&authorize(&[])).await;
    let login = browser.click(&discovery, &discovery.link("member=ruc")).await;
    let service = service_of(&login);
    let ticket = campus.issue(&service, "2019甲");
    let arrived = bring(&mut browser, &login, &service, &ticket).await;
    let id = claims_of(&world, &arrived).await;
    assert_eq!((&id["name"], &id["member"]), (&"读者2019甲".into(), &"ruc".into()));
    let all = campus.asked();
    let asked = all.first().expect("asked");
    assert_eq!((all.len(), asked.path()), (1, "/cas/p3/serviceValidate"));
    assert!(asked.query_pairs().any(|(n, v)| n == "service" && v == service));
    // The second time nobody is asked.
    let again = browser.get(&authorize(&[])).await;
    code_of(&again);
    assert_eq!(campus.asked().len(), 1);
}

#[tokio::test]
async fn where_the_callback_is_registered_letter_for_letter_the_reader_says_who_they_are() {
    let campus = Campus::start().await;
    let world = World::with_campus(&campus).await;
    let mut browser = world.browser();
    let login = browser.get(&authorize(&[("member", "exact")])).await;
    let service = service_of(&login);
    assert_eq!(service, "https://hub.test/in/exact/campus");
    let ticket = campus.issue(&service, "jia");
    let page = bring(&mut browser, &login, &service, &ticket).await;
    for named in ["读者jia", "exact 图书馆", "馆际互借"] {
        assert!(page.body.contains(named), "{named}: {}", page.body);
    }
    assert!(browser.cookie("hub.test", "__Host-rp_sid").is_none(), "no session before the press");
    let form = page.form("handle");
    let arrived = browser.submit(&page, &form).await;
    assert_eq!(claims_of(&world, &arrived).await["name"], "读者jia");
    code_of(&browser.get(&authorize(&[])).await);
}

#[tokio::test]
async fn a_fresh_login_is_asked_for_at_both_ends() {
    let campus = Campus::start().await;
    let world = World::with_campus(&campus).await;
    let mut browser = world.browser();
    for further in [("prompt", "login"), ("max_age", "600")] {
        let login = browser.get(&authorize(&[("member", "ruc"), further])).await;
        assert_eq!(login.query("renew").as_deref(), Some("true"), "{further:?}");
        let service = service_of(&login);
        let ticket = campus.issue(&service, "jia");
        code_of(&bring(&mut browser, &login, &service, &ticket).await);
        let asked = campus.asked().pop().expect("asked");
        assert!(asked.query_pairs().any(|(n, v)| n == "renew" && v == "true"), "{asked}");
        world.clock.forward_s(3600 * 9);
    }
}

#[tokio::test]
async fn a_logout_at_the_campus_ends_the_session_that_its_ticket_opened() {
    let campus = Campus::start().await;
    let world = World::with_campus(&campus).await;
    let mut browser = world.browser();
    let login = browser.get(&authorize(&[("member", "ruc")])).await;
    let service = service_of(&login);
    let ticket = campus.issue(&service, "jia");
    code_of(&bring(&mut browser, &login, &service, &ticket).await);
    let told = notify(&browser, &service, &ticket).await;
    assert_eq!((told.status.as_u16(), told.body.as_str()), (200, ""));
    service_of(&browser.get(&authorize(&[("member", "ruc")])).await);
    // A second notice finds nothing, and is answered alike.
    assert_eq!(notify(&browser, &service, &ticket).await.status, 200);
}

#[tokio::test]
async fn a_campus_that_is_down_is_called_so_and_the_reader_can_start_again() {
    let campus = Campus::start().await;
    let world = World::with_campus(&campus).await;
    let mut browser = world.browser();
    campus.behaves(Manner { says: Some((503, String::new())), ..Manner::default() });
    let login = browser.get(&authorize(&[("member", "ruc")])).await;
    let service = service_of(&login);
    let ticket = campus.issue(&service, "jia");
    let page = bring(&mut browser, &login, &service, &ticket).await;
    assert!(page.body.contains("CAS-006") && !page.body.contains(&ticket), "{}", page.body);
    campus.behaves(Manner::default());
    // The ticket was not used up, and the login waits: the same answer may come again.
    code_of(&bring(&mut browser, &login, &service, &ticket).await);
}
