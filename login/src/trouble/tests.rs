use super::{LIBRARY_FAULTS, is_fault};
use crate::testing::campus::{Asked, answer, hub, member_toml};
use crate::testing::hub::{Browser, Hub};
use crate::testing::requests::{ill, member};
use model::{ALL_CODES, Blame, Code, Timestamp, code};
use std::sync::Arc;

/// Codes that blame a library and are no sign that others cannot log in there.
const OTHERS: [Code; 16] = [
    code::CAS_NOT_FRESH,
    code::CAS_PROXIED,
    // The registry says so, and so does discovery.
    code::LOG_MEMBER_CLOSED,
    code::LOG_NO_CONNECTOR,
    // Whose answer it is cannot be told, or it answers nobody here.
    code::LOG_WRONG_CONNECTOR,
    code::LOG_UNSOLICITED_REFUSED,
    code::SAML_UNKNOWN_ISSUER,
    // A browser comes back, or has two tabs.
    code::SAML_IN_RESPONSE_TO,
    code::SAML_REPLAY,
    // What the reader did there: logged out, or cancelled.
    code::SAML_SESSION_ENDED,
    code::SAML_STATUS,
    // Only where a login afresh was asked for.
    code::SAML_NOT_FRESH,
    // A reader comes back to an old page, or copied the address of another hub's.
    code::LNK_NOT_FOR_US,
    code::LNK_TIME,
    // One reader of it, by a filter that finds two.
    code::CON_SEVERAL,
    // Too many at once, whoever they are.
    code::CON_BUSY,
];

#[test]
fn every_code_that_blames_a_library_is_judged_and_no_other_counts() {
    for known in ALL_CODES {
        let blames_library = known.info().blame == Blame::Member;
        let judged = usize::from(is_fault(*known)) + usize::from(OTHERS.contains(known));
        assert_eq!(judged, usize::from(blames_library), "{known}");
    }
    assert_eq!(LIBRARY_FAULTS.len() + OTHERS.len(), 50);
}

/// Addresses of readers; the first two are of one network.
const FROM: [[u8; 4]; 4] = [[203, 0, 113, 1], [203, 0, 113, 200], [198, 18, 0, 2], [192, 0, 2, 9]];

async fn asked(hub: &Hub, from: [u8; 4]) -> (Browser<'_>, Asked) {
    let mut browser = hub.browser();
    browser.address = from.into();
    let handle = browser.start(&ill()).await.discovery();
    let asked = Asked::of(browser.get(&format!("/login?h={handle}&member=cc")).await);
    (browser, asked)
}

/// A login at `cc` whose answer is meant for another hub.
async fn fails(hub: &Hub, from: [u8; 4]) {
    let (mut browser, asked) = asked(hub, from).await;
    let mut out = answer(hub, "reader", Some(&asked.request));
    out.audience = "https://other.test/saml/sp/metadata".to_owned();
    assert_eq!(browser.deliver(&out, &asked.relay_state).await.code(), code::SAML_AUDIENCE);
}

async fn goes_well(hub: &Hub) {
    let (mut browser, asked) = asked(hub, [192, 0, 2, 77]).await;
    let out = answer(hub, "reader", Some(&asked.request));
    browser.deliver(&out, &asked.relay_state).await.redirect();
}

async fn since(hub: &Hub) -> Option<Timestamp> {
    hub.login.troubled(hub.moment().now).await.since(&member("cc"))
}

#[tokio::test]
async fn three_networks_mark_a_library_since_the_first_and_one_good_login_takes_it_back() {
    let hub = hub().await;
    let first = hub.moment().now;
    for from in FROM {
        assert_eq!(since(&hub).await, None);
        fails(&hub, from).await;
        hub.clock.pass_s(60);
    }
    assert_eq!(since(&hub).await, Some(first));
    assert!(hub.login.troubled(hub.moment().now).await.since(&member("aa")).is_none());
    goes_well(&hub).await;
    assert_eq!(since(&hub).await, None);
    // What failed before the good login counts no more.
    fails(&hub, FROM[0]).await;
    fails(&hub, FROM[2]).await;
    goes_well(&hub).await;
    fails(&hub, FROM[3]).await;
    assert_eq!(since(&hub).await, None);
}

#[tokio::test]
async fn a_mark_is_forgotten_when_nobody_fails_any_more() {
    let hub = hub().await;
    for from in FROM {
        fails(&hub, from).await;
    }
    hub.clock.pass_s(i64::from(store::TROUBLE_S) - 1);
    assert!(since(&hub).await.is_some());
    hub.clock.pass_s(6);
    assert_eq!(since(&hub).await, None);
}

#[tokio::test]
async fn a_flood_from_one_address_and_answers_of_browsers_gone_astray_mark_nothing() {
    let hub = hub().await;
    for _ in 0..8 {
        fails(&hub, FROM[0]).await;
    }
    // Elsewhere: an answer without the login that it belongs to, and to another request.
    for last in 1..6 {
        let (mut browser, asked) = asked(&hub, [198, 18, last, 1]).await;
        let out = answer(&hub, "reader", Some("_another-tab"));
        let refused = browser.deliver(&out, &asked.relay_state).await.code();
        assert_eq!(refused, code::SAML_IN_RESPONSE_TO);
        let mut stranger = hub.browser();
        stranger.address = [198, 18, 100 + last, 1].into();
        let mut out = answer(&hub, "reader", Some(&asked.request));
        out.audience = "https://other.test/saml/sp/metadata".to_owned();
        stranger.deliver(&out, &asked.relay_state).await.refused();
    }
    assert_eq!(since(&hub).await, None);
}

#[tokio::test]
async fn wrong_passwords_mark_nothing_from_however_many_networks() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    for last in 1..8 {
        let mut browser = hub.browser();
        browser.address = [198, 18, last, 1].into();
        let handle = browser.start(&ill()).await.discovery();
        let handle = browser.get(&format!("/login?h={handle}&member=aa")).await.form();
        browser.password(&handle, "reader-a", "wrong").await;
    }
    let troubled = hub.login.troubled(hub.moment().now).await;
    assert_eq!(troubled.iter().count(), 0);
}

#[tokio::test]
async fn only_the_connector_that_is_offered_speaks_for_the_library() {
    let hub = hub().await;
    for from in FROM {
        fails(&hub, from).await;
    }
    // A second way in was put before the one that fails: what that one did says nothing.
    let toml = member_toml("")
        .replace("[[connector]]", "[[connector]]\nkind = \"central\"\n[[connector]]");
    let (mut browser, asked) = asked(&hub, FROM[0]).await;
    hub.change(&[("members/cc.toml", &toml)]).await;
    let out = answer(&hub, "reader", Some(&asked.request));
    browser.deliver(&out, &asked.relay_state).await.redirect();
    assert!(since(&hub).await.is_some(), "the one that is offered has not been seen to work");
}

#[tokio::test]
async fn the_stores_are_asked_once_in_five_seconds_and_what_is_over_is_no_fault() {
    let hub = hub().await;
    let now = hub.moment().now;
    let first = hub.login.condition(now).await;
    assert!(first.is_well && first.as_of == now);
    assert_eq!(hub.login.condition(now.plus_s(4)).await, first, "as it was known");
    assert_eq!(hub.login.condition(now.plus_s(5)).await.as_of, now.plus_s(5));
    let known = hub.login.troubled(now).await;
    assert!(Arc::ptr_eq(&known, &hub.login.troubled(now.plus_s(4)).await), "not read again");
}
