//! Marking a library that works, so that its readers turn away: not from one place, not by
//! wrong passwords, and never so that a login is closed.

use crate::harness::oidc::{authorize, code_of};
use crate::harness::saml::{
    AskedOfAcme, acme_answer, answer_as_acme, asked_of_acme, post_to_acs, signed,
};
use crate::harness::world::{HUB, PASSWORD, World, sign_in, stranger_key};
use crate::harness::{Browser, Seen};
use std::net::SocketAddr;

fn at(world: &World, address: [u8; 4]) -> Browser {
    let mut browser = world.browser();
    browser.address = SocketAddr::from((address, 40_000));
    browser
}

async fn asked(browser: &mut Browser) -> AskedOfAcme {
    asked_of_acme(&browser.get(&authorize(&[("member", "acme")])).await)
}

async fn told(world: &World) -> Vec<&'static str> {
    let seen = world.browser().get(&format!("{HUB}/status")).await;
    let names =
        [("acme", "示例学院图书馆"), ("nju", "南京大学图书馆"), ("union", "联合体读者服务中心")];
    names.into_iter().filter(|(_, name)| seen.body.contains(name)).map(|(id, _)| id).collect()
}

/// What an attacker can send without any key of the library.
async fn forged(browser: &mut Browser, world: &World) -> Seen {
    let asked = asked(browser).await;
    let xml = signed(&acme_answer(&world.clock, Some(&asked.id)), stranger_key());
    post_to_acs(browser, &xml, Some(&asked.relay_state)).await
}

#[tokio::test]
async fn a_flood_of_wrong_passwords_marks_no_library() {
    let world = World::new().await;
    for last in 1..12 {
        let mut browser = at(&world, [198, 18, last, 1]);
        let form = browser.get(&authorize(&[("member", "union")])).await;
        let refused = sign_in(&mut browser, &form, "reader-a", "wrong password 1").await;
        assert!(!refused.outside, "{}", refused.url);
    }
    assert_eq!(told(&world).await, Vec::<&str>::new());
}

#[tokio::test]
async fn a_flood_of_forged_answers_from_one_place_marks_no_library() {
    let world = World::new().await;
    for n in 0..12 {
        // A new browser each time, and each time it claims to be somebody behind a proxy.
        let last = u8::try_from(n).expect("small");
        let mut browser = at(&world, [203, 0, 113, 66 + last]);
        browser.forwarded_for =
            ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"].get(n % 4).copied();
        assert!(forged(&mut browser, &world).await.body.contains("SAML-003"));
    }
    assert_eq!(told(&world).await, Vec::<&str>::new());
}

#[tokio::test]
async fn a_readers_broken_browser_marks_no_library() {
    let world = World::new().await;
    // It answers another tab's login, an answer twice, one without its cookies, one cut short.
    for last in 1..6 {
        let mut browser = at(&world, [198, 18, last, 1]);
        let first = asked(&mut browser).await;
        let second = asked(&mut browser).await;
        let xml =
            signed(&acme_answer(&world.clock, Some(&first.id)), crate::harness::world::acme_key());
        let other_tab = post_to_acs(&mut browser, &xml, Some(&second.relay_state)).await;
        assert!(other_tab.body.contains("SAML-011"), "{}", other_tab.body);
        let mut stranger = at(&world, [198, 18, 100 + last, 1]);
        let lost = post_to_acs(&mut stranger, &xml, Some(&first.relay_state)).await;
        assert!(lost.body.contains("LOG-006"), "{}", lost.body);
    }
    let mut broken = at(&world, [203, 0, 113, 9]);
    for _ in 0..5 {
        let asked = asked(&mut broken).await;
        let cut = post_to_acs(&mut broken, "<samlp:Response", Some(&asked.relay_state)).await;
        assert!(cut.body.contains("SAML-001"), "{}", cut.body);
    }
    assert_eq!(told(&world).await, Vec::<&str>::new());
}

#[tokio::test]
async fn answers_that_nobody_asked_for_mark_no_library() {
    let world = World::new().await;
    for last in 1..6 {
        let mut browser = at(&world, [198, 18, last, 1]);
        let xml = signed(&acme_answer(&world.clock, None), stranger_key());
        let seen = post_to_acs(&mut browser, &xml, Some("ill")).await;
        assert!(seen.status.is_client_error(), "{}", seen.status);
    }
    assert_eq!(told(&world).await, Vec::<&str>::new());
}

#[tokio::test]
async fn forged_answers_from_many_places_close_no_login_and_one_good_login_takes_the_mark_back() {
    let world = World::new().await;
    for last in 1..9 {
        forged(&mut at(&world, [198, 18, last, 1]), &world).await;
    }
    assert_eq!(told(&world).await, ["acme"], "a botnet can raise a hint");
    // A library's own staff, and another library's readers, do not take it back.
    let mut reader = at(&world, [203, 0, 113, 1]);
    let form = reader.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut reader, &form, "reader-a", PASSWORD).await);
    assert_eq!(told(&world).await, ["acme"]);
    let mut reader = at(&world, [203, 0, 113, 2]);
    let asked = asked(&mut reader).await;
    code_of(&answer_as_acme(&mut reader, &world.clock, &asked).await);
    assert_eq!(told(&world).await, Vec::<&str>::new());
}
