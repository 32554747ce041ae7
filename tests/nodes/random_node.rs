//! Every request of every login goes to a random one of the two.

use super::Pair;
use crate::harness::Browser;
use crate::harness::oidc::{authorize, code_of, redeem, userinfo};
use crate::harness::saml::{Ask, accept, acme_answer, asked_of_acme, post_to_acs, signed};
use crate::harness::world::{HUB, PASSWORD, acme_key, sign_in};

/// A login at one of the three libraries, and the code that it brought.
async fn log_in(pair: &Pair, browser: &mut Browser, n: u32) -> String {
    match n % 3 {
        0 => {
            let form = browser.get(&authorize(&[("member", "union")])).await;
            code_of(&sign_in(browser, &form, "reader-a", PASSWORD).await)
        }
        1 => {
            let discovery = browser.get(&authorize(&[])).await;
            let form = browser.click(&discovery, &discovery.link("member=nju")).await;
            code_of(&sign_in(browser, &form, "reader-jia", PASSWORD).await)
        }
        _ => {
            let asked = asked_of_acme(&browser.get(&authorize(&[("member", "acme")])).await);
            let xml = signed(&acme_answer(&pair.clock, Some(&asked.id)), acme_key());
            code_of(&post_to_acs(browser, &xml, Some(&asked.relay_state)).await)
        }
    }
}

#[tokio::test]
async fn a_login_is_carried_on_by_any_node_and_ends_once() {
    let Some(pair) = Pair::start().await else { return };
    for seed in 0..12 {
        let mut browser = pair.browser(seed);
        let code = log_in(&pair, &mut browser, seed).await;
        let here = &pair.nodes[usize::from(seed % 4 > 1)];
        let there = &pair.nodes[usize::from(seed % 4 <= 1)];
        let tokens = redeem(here, &code).await;
        let access = tokens.json["access_token"].as_str().unwrap_or_else(|| panic!("{tokens:?}"));
        assert_eq!(userinfo(there, access).await.status, 200, "seed {seed}");
        // Single sign-on, in the other protocol, at whichever node.
        let id = format!("_request-{seed}");
        let arrived = browser.get(&Ask { id: &id, ..Ask::default() }.address(&pair.clock)).await;
        let _ = accept(&mut browser, &pair.clock, &arrived, &id).await;
        // The code again, at the node that did not see it: refused, and its token ends at both.
        let again = redeem(there, &code).await;
        assert_eq!(again.json["error"], "invalid_grant", "seed {seed}");
        for node in &pair.nodes {
            assert_eq!(userinfo(node, access).await.status, 401, "seed {seed}");
        }
    }
}

#[tokio::test]
async fn a_logout_at_one_node_ends_the_session_at_the_other() {
    let Some(pair) = Pair::start().await else { return };
    let mut browser = pair.browser(7);
    let code = log_in(&pair, &mut browser, 0).await;
    let tokens = redeem(&pair.nodes[0], &code).await;
    let access = tokens.json["access_token"].as_str().expect("a token");
    let stolen = browser.clone();
    let mut here = pair.at(&browser, 0);
    let page = here.get(&format!("{HUB}/logout")).await;
    let mut forms = crate::harness::html::forms(&page.body).into_iter();
    let button = forms.find(|f| f.method.eq_ignore_ascii_case("post")).expect("a button");
    assert!(here.submit(&page, &button).await.status.is_success());
    assert_eq!(userinfo(&pair.nodes[1], access).await.status, 401);
    let seen = pair.at(&stolen, 1).get(&authorize(&[])).await;
    assert!(!seen.outside, "the session lives on at the other node");
}

#[tokio::test]
async fn guesses_are_counted_over_both_nodes() {
    let Some(pair) = Pair::start().await else { return };
    let mut locked = false;
    for n in 0..40_u8 {
        let mut browser = pair.browser(u32::from(n));
        browser.address = std::net::SocketAddr::from(([198, 51, 100, n], 40_000));
        let page = browser.get(&authorize(&[("member", "union")])).await;
        let said = sign_in(&mut browser, &page, "reader-a", "wrong-password-guess").await.body;
        if said.contains("ACC-002") {
            locked = true;
            break;
        }
    }
    assert!(locked, "40 guesses went through two nodes");
    for node in 0..2 {
        let mut browser = pair.at(&pair.browser(0), node);
        browser.address = std::net::SocketAddr::from(([198, 51, 100, 200], 40_000));
        let page = browser.get(&authorize(&[("member", "union")])).await;
        let right = sign_in(&mut browser, &page, "reader-a", PASSWORD).await;
        assert!(!right.outside, "node {node} does not know of the guesses");
    }
}
