//! The same thing at both nodes at the same moment: exactly one wins.

use super::Pair;
use crate::harness::oidc::{VERIFIER, authorize, basic, code_of, machine, userinfo};
use crate::harness::saml::{acme_answer, asked_of_acme, post_to_acs, signed};
use crate::harness::world::{ILL_CALLBACK, ILL_SECRET, PASSWORD, acme_key, sign_in};
use crate::harness::{Browser, Seen};
use axum::body::Body;
use http::Request;
use std::sync::Arc;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// Lets `count` tasks go at the same moment, and gathers what became of them.
async fn all_at_once<T, F>(count: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(count));
    let mut running = JoinSet::new();
    for n in 0..count {
        let (barrier, work) = (Arc::clone(&barrier), task(n));
        running.spawn(async move {
            barrier.wait().await;
            work.await
        });
    }
    running.join_all().await
}

fn winners(seen: &[Seen]) -> usize {
    for page in seen.iter().filter(|page| !page.outside) {
        assert!(page.status.is_client_error(), "{}: {}", page.status, page.body);
    }
    seen.iter().filter(|page| page.outside && page.query("code").is_some()).count()
}

fn redemption(code: &str) -> Request<Body> {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", ILL_CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Request::post("/oauth2/token")
        .header("host", "hub.test")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", basic("ill", ILL_SECRET))
        .body(Body::from(body))
        .expect("a request")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_is_redeemed_by_one_of_twenty() {
    let Some(pair) = Pair::start().await else { return };
    let mut browser = pair.browser(1);
    let form = browser.get(&authorize(&[("member", "union")])).await;
    let mut code = code_of(&sign_in(&mut browser, &form, "reader-a", PASSWORD).await);
    for _ in 0..10 {
        let answers = all_at_once(20, |n| {
            let (router, request) = (pair.nodes[n % 2].router.clone(), redemption(&code));
            async move { machine(&router, request).await }
        })
        .await;
        let won: Vec<_> = answers.iter().filter_map(|a| a.json["access_token"].as_str()).collect();
        assert_eq!(won.len(), 1, "{answers:#?}");
        for lost in answers.iter().filter(|a| a.json["access_token"].is_null()) {
            assert_eq!((lost.status.as_u16(), &lost.json["error"]), (400, &"invalid_grant".into()));
        }
        // One of the twenty was a thief, and nobody knows which.
        assert_eq!(userinfo(&pair.nodes[0], won[0]).await.status, 401);
        // A service that asks again at once, time after time, is stopped.
        pair.clock.forward_s(11);
        code = code_of(&browser.get(&authorize(&[])).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_form_is_accepted_once_over_both_nodes() {
    let Some(pair) = Pair::start().await else { return };
    let mut browser = pair.browser(2);
    let page = browser.get(&authorize(&[("member", "union")])).await;
    let seen = all_at_once(6, |n| {
        let (mut copy, page): (Browser, Seen) = (pair.at(&browser, n), page.clone());
        async move { sign_in(&mut copy, &page, "reader-a", PASSWORD).await }
    })
    .await;
    assert_eq!(winners(&seen), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_answer_of_a_library_is_accepted_once_over_both_nodes() {
    let Some(pair) = Pair::start().await else { return };
    for round in 0..5 {
        let mut browser = pair.browser(3 + round);
        let asked = asked_of_acme(&browser.get(&authorize(&[("member", "acme")])).await);
        let xml = signed(&acme_answer(&pair.clock, Some(&asked.id)), acme_key());
        let seen = all_at_once(10, |n| {
            let (mut copy, xml) = (pair.at(&browser, n), xml.clone());
            let relay_state = asked.relay_state.clone();
            async move { post_to_acs(&mut copy, &xml, Some(&relay_state)).await }
        })
        .await;
        assert_eq!(winners(&seen), 1);
    }
}

/// Two legs of one login, each good for itself: the login's own id is used up once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_legs_of_one_login_answer_the_service_once() {
    let Some(pair) = Pair::start().await else { return };
    for round in 0..5 {
        let mut browser = pair.browser(8 + round);
        let discovery = browser.get(&authorize(&[])).await;
        let mut other = browser.clone();
        let one = browser.click(&discovery, &discovery.link("member=union")).await;
        let two = other.click(&discovery, &discovery.link("member=union")).await;
        assert_ne!(one.form("password").field("handle"), two.form("password").field("handle"));
        let legs = [(pair.at(&browser, 0), one), (pair.at(&other, 1), two)];
        let seen = all_at_once(2, |n| {
            let (mut copy, page) = legs[n].clone();
            async move { sign_in(&mut copy, &page, "reader-a", PASSWORD).await }
        })
        .await;
        assert_eq!(winners(&seen), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_assertion_that_nobody_asked_for_is_used_once_over_both_nodes() {
    let Some(pair) = Pair::start().await else { return };
    for round in 0..5 {
        let browser = pair.browser(13 + round);
        let xml = signed(&acme_answer(&pair.clock, None), acme_key());
        let seen = all_at_once(10, |n| {
            let (mut copy, xml) = (pair.at(&browser, n), xml.clone());
            async move { post_to_acs(&mut copy, &xml, Some("ill")).await }
        })
        .await;
        let won = seen.iter().filter(|page| page.outside).count();
        assert_eq!(won, 1, "{:?}", seen.iter().map(|s| (&s.url, s.status)).collect::<Vec<_>>());
        for lost in seen.iter().filter(|page| !page.outside) {
            assert!(lost.body.contains("SAML-017"), "{}", lost.body);
        }
    }
}
