//! `/status`: what anybody may know of whether logins work, and the same marks where a
//! library is chosen.

use crate::harness::oidc::{authorize, code_of};
use crate::harness::saml::{acme_answer, answer_as_acme, asked_of_acme, post_to_acs, signed};
use crate::harness::world::{HUB, PASSWORD, World, sign_in, stranger_key};
use crate::harness::{Browser, Seen};
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use std::net::SocketAddr;
use tower::ServiceExt as _;

/// A login at `acme` from an address, whose answer is signed with a key that is not registered:
/// what every reader of a library meets that changed its key and told nobody.
async fn fails(world: &World, address: [u8; 4]) {
    let mut browser = at(world, address);
    let asked = asked_of_acme(&browser.get(&authorize(&[("member", "acme")])).await);
    let xml = signed(&acme_answer(&world.clock, Some(&asked.id)), stranger_key());
    let seen = post_to_acs(&mut browser, &xml, Some(&asked.relay_state)).await;
    assert!(seen.body.contains("SAML-003"), "{}", seen.body);
}

fn at(world: &World, address: [u8; 4]) -> Browser {
    let mut browser = world.browser();
    browser.address = SocketAddr::from((address, 40_000));
    browser
}

async fn status(world: &World) -> Seen {
    let seen = world.browser().get(&format!("{HUB}/status")).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    seen
}

const ACME: &str = "示例学院图书馆";

#[tokio::test]
async fn a_library_that_changed_its_key_is_told_at_status_and_where_it_is_chosen() {
    let world = World::new().await;
    let seen = status(&world).await;
    assert!(seen.body.contains("统一登录运行正常"), "{}", seen.body);
    assert!(!seen.body.contains(ACME), "{}", seen.body);
    assert!(seen.headers.get_all("set-cookie").iter().next().is_none(), "it keeps nothing");

    // 18:31 for readers. One reader tries again and again, then two others elsewhere.
    for address in [[203, 0, 113, 7], [203, 0, 113, 7], [203, 0, 113, 8], [198, 51, 100, 20]] {
        fails(&world, address).await;
        world.clock.forward_s(60);
        assert!(!status(&world).await.body.contains(ACME));
    }
    fails(&world, [192, 0, 2, 50]).await;
    let seen = status(&world).await;
    assert!(seen.body.contains(ACME) && seen.body.contains("18:31 起"), "{}", seen.body);
    for hidden in
        ["203.0.113", "198.51.100", "192.0.2", "SAML-", env!("CARGO_PKG_VERSION"), "reader-"]
    {
        assert!(!seen.body.contains(hidden), "`{hidden}` is told:\n{}", seen.body);
    }
    let mut english = world.browser();
    english.language = "en";
    let seen = english.get(&format!("{HUB}/status")).await;
    assert!(seen.body.contains("Acme College Library"), "{}", seen.body);
    assert!(seen.body.contains("Logins have failed since 18:31"), "{}", seen.body);

    // Where it is chosen: told, and still open.
    let mut browser = world.browser();
    let page = browser.get(&authorize(&[])).await;
    assert!(page.body.contains("18:31 起有登录失败"), "{}", page.body);
    let found = browser.get(&format!("{HUB}/discover/search?q=acme")).await;
    assert!(found.body.contains("登录异常"), "{}", found.body);
    let asked = asked_of_acme(&browser.click(&page, &page.link("member=acme")).await);

    // The library mends it: one good login, and nothing is told any more.
    code_of(&answer_as_acme(&mut browser, &world.clock, &asked).await);
    assert!(!status(&world).await.body.contains(ACME));
}

#[tokio::test]
async fn status_tells_a_hub_whose_store_is_gone_and_is_there_all_the_while() {
    let world = World::new().await;
    assert!(status(&world).await.body.contains("统一登录运行正常"));
    let file = world.hub.folder.path().join("data/durable.db");
    let store = rusqlite::Connection::open(file).expect("the durable store");
    store.execute_batch("ALTER TABLE registry RENAME TO gone").expect("renamed");
    // For five seconds it says what it knew: however many ask, the stores are asked once.
    assert!(status(&world).await.body.contains("统一登录运行正常"));
    world.clock.forward_s(5);
    let seen = status(&world).await;
    assert!(seen.body.contains("统一登录目前不正常"), "{}", seen.body);
    store.execute_batch("ALTER TABLE gone RENAME TO registry").expect("renamed");
    world.clock.forward_s(5);
    assert!(status(&world).await.body.contains("统一登录运行正常"));
    // It hinders no login.
    let mut browser = world.browser();
    let form = browser.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut browser, &form, "reader-a", PASSWORD).await);
}

#[tokio::test]
async fn status_answers_head_without_a_body_and_other_methods_not_at_all() {
    let world = World::new().await;
    for (method, expected) in [("HEAD", 200), ("POST", 405), ("DELETE", 405)] {
        let request = Request::builder().method(method).uri("/status").header("host", "hub.test");
        let request = request.body(Body::empty()).expect("a request");
        let response = world.hub.router.clone().oneshot(request).await.expect("infallible");
        assert_eq!(response.status(), expected, "{method}");
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        assert_eq!(body.is_empty(), method == "HEAD", "{method}");
    }
}
