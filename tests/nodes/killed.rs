//! `kill -9` at any moment: a finished login stays finished, a used code stays used, and
//! the audit log is whole (P23).

use super::process::{Node, command, ends_well, installation};
use super::redis::Redis;
use crate::harness::Browser;
use crate::harness::browser::Net;
use crate::harness::oidc::{MachineAnswer, VERIFIER, authorize, basic, machine};
use crate::harness::world::{HUB, ILL_CALLBACK, ILL_SECRET, PASSWORD, sign_in};
use axum::Router;
use axum::body::Body;
use http::Request;
use std::time::Duration;

fn browser_at(nodes: &[&Node]) -> Browser {
    let mut net = Net::default();
    for node in nodes {
        net.at(HUB, node.router.clone());
    }
    Browser::new(net)
}

async fn redeem(router: &Router, code: &str) -> MachineAnswer {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", ILL_CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post("/oauth2/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", basic("ill", ILL_SECRET))
        .body(Body::from(body))
        .expect("a request");
    machine(router, request).await
}

async fn userinfo(router: &Router, token: &str) -> u16 {
    let request =
        Request::get("/oauth2/userinfo").header("authorization", format!("Bearer {token}"));
    machine(router, request.body(Body::empty()).expect("a request")).await.status.as_u16()
}

/// What one reader got before the node died; each part only where the answer was seen.
#[derive(Default)]
struct Got {
    browser: Option<Browser>,
    unused: Option<String>,
    used: Option<String>,
    token: Option<String>,
}

/// Logs in and redeems, until the node dies under it.
async fn walk(mut browser: Browser, router: Router) -> Got {
    let mut got = Got::default();
    let page = browser.get(&authorize(&[("member", "union")])).await;
    if !page.body.contains("type=\"password\"") {
        return got;
    }
    let arrived = sign_in(&mut browser, &page, "reader-a", PASSWORD).await;
    let Some(code) = arrived.query("code").filter(|_| arrived.outside) else { return got };
    got.browser = Some(browser.clone());
    got.unused = Some(code.clone());
    // From here on the code may be used, though no answer says so.
    let tokens = {
        got.unused = None;
        redeem(&router, &code).await
    };
    if let Some(token) = tokens.json["access_token"].as_str() {
        got.used = Some(code);
        got.token = Some(token.to_owned());
        let again = browser.get(&authorize(&[])).await;
        got.unused = again.query("code").filter(|_| again.outside);
    }
    got
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_finished_stays_finished_and_what_was_used_stays_used() {
    let folder = installation(None).await;
    let mut node = Node::start(&folder).await;
    let (mut logins, mut uses) = (0, 0);
    for round in 0..5_u64 {
        let first = walk(browser_at(&[&node]), node.router.clone()).await;
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..6 {
            running.spawn(walk(browser_at(&[&node]), node.router.clone()));
        }
        // Another moment each round, amid six logins.
        tokio::time::sleep(Duration::from_millis(60 + 110 * round)).await;
        node.kill().await;
        let mut all = running.join_all().await;
        all.push(first);
        node = Node::start(&folder).await;
        for got in all {
            let Some(mut browser) = got.browser else { continue };
            logins += 1;
            browser.net = browser_at(&[&node]).net;
            let again = browser.get(&authorize(&[])).await;
            assert!(again.outside, "a finished login is gone: {}", again.body);
            if let Some(code) = got.unused {
                let redeemed = redeem(&node.router, &code).await;
                assert!(redeemed.json["access_token"].is_string(), "a code is gone: {redeemed:?}");
            }
            if let (Some(code), Some(token)) = (got.used, got.token) {
                uses += 1;
                assert_eq!(userinfo(&node.router, &token).await, 200, "a token is gone");
                let redeemed = redeem(&node.router, &code).await;
                assert_eq!(redeemed.json["error"], "invalid_grant", "a used code works again");
            }
        }
    }
    assert!(logins >= 5 && uses >= 5, "{logins} logins and {uses} uses show nothing");
    ends_well(command(&folder).args(["audit", "verify"])).await;
    node.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_nodes_one_may_die_and_no_login_notices() {
    let Some(redis) = Redis::start().await else { return };
    let folder = installation(Some(&redis.url())).await;
    let (one, other) = (Node::start(&folder).await, Node::start(&folder).await);
    let mut browser = browser_at(&[&one, &other]);
    browser.seed = 5;
    // Asked at both, answered by the one that is left.
    let page = browser.get(&authorize(&[("member", "union")])).await;
    let mut replay = browser.clone();
    one.kill().await;
    browser.net = browser_at(&[&other]).net;
    let arrived = sign_in(&mut browser, &page, "reader-a", PASSWORD).await;
    let code = arrived.query("code").unwrap_or_else(|| panic!("{}", arrived.body));
    let tokens = redeem(&other.router, &code).await;
    let token = tokens.json["access_token"].as_str().expect("a token").to_owned();

    // A new node in its place knows everything; then the other goes.
    let fresh = Node::start(&folder).await;
    other.kill().await;
    assert_eq!(userinfo(&fresh.router, &token).await, 200);
    browser.net = browser_at(&[&fresh]).net;
    assert!(browser.get(&authorize(&[])).await.outside, "the session died with its node");
    replay.net = browser_at(&[&fresh]).net;
    let again = sign_in(&mut replay, &page, "reader-a", PASSWORD).await;
    assert!(
        !again.outside && again.body.contains("LOG-00"),
        "a form was taken twice: {}",
        again.body
    );
    assert_eq!(redeem(&fresh.router, &code).await.json["error"], "invalid_grant");
    assert_eq!(userinfo(&fresh.router, &token).await, 401);
    fresh.kill().await;
}
