use super::*;
use crate::testing::campus::{self, Asked};
use crate::testing::hub::{Browser, Hub, hub};
use crate::testing::requests::{ill, opac};
use crate::testing::{NOON, requests};
use model::LoginRequest;

#[test]
fn eight_hours_and_one_idle() {
    let life = Life::of(NOON, None, false);
    assert_eq!((life.expires, life.idle_s), (NOON.plus_s(8 * 3600), 3600));
}

#[test]
fn fifteen_minutes_idle_at_a_shared_computer() {
    assert_eq!(Life::of(NOON, None, true).idle_s, 900);
}

#[test]
fn never_longer_than_the_member_says_and_never_longer_than_ours() {
    let early = NOON.plus_s(600);
    assert_eq!(Life::of(NOON, Some(early), false).expires, early);
    let late = NOON.plus_s(48 * 3600);
    assert_eq!(Life::of(NOON, Some(late), false).expires, NOON.plus_s(8 * 3600));
}

async fn runs(hub: &Hub, browser: &mut Browser<'_>) -> bool {
    let _ = hub;
    let silent =
        LoginRequest { service: opac().service, ..requests::prompting(model::Prompt::Never) };
    !browser.start(&silent).await.redirect().contains("error")
}

#[tokio::test]
async fn a_session_that_is_used_lasts_and_one_that_is_not_ends() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    for _ in 0..9 {
        hub.clock.pass_s(50 * 60);
        assert!(runs(&hub, &mut browser).await);
    }
    // 7 h 30 min so far.
    hub.clock.pass_s(31 * 60);
    assert!(!runs(&hub, &mut browser).await, "eight hours");
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    hub.clock.pass_s(3601);
    assert!(!runs(&hub, &mut browser).await, "an hour idle");
}

#[tokio::test]
async fn a_shared_computer_forgets() {
    let hub = hub().await;
    hub.account("bb", "reader-b").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "bb", "reader-b").await.redirect();
    assert!(browser.cookies.contains_key(cookies::RECENT));
    // The reading room is another library's.
    browser.address = [192, 0, 2, 200].into();
    let choosing = requests::prompting(model::Prompt::SelectAccount);
    let reply = browser.log_in(&choosing, "bb", "reader-b").await.reply();
    let session = reply.cookies.iter().find(|c| c.name == cookies::SESSION).expect("a session");
    assert_eq!(session.max_age_s, None, "ends with the browser");
    assert!(!browser.cookies.contains_key(cookies::RECENT), "remembers nothing");
    hub.clock.pass_s(14 * 60);
    assert!(runs(&hub, &mut browser).await);
    hub.clock.pass_s(15 * 60 + 1);
    assert!(!runs(&hub, &mut browser).await);
}

#[tokio::test]
async fn a_shared_computer_shows_and_keeps_no_library() {
    let hub = hub().await;
    hub.account("bb", "reader-b").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "bb", "reader-b").await.redirect();
    assert_eq!(hub.login.recent(&browser.inbound()), [requests::member("bb")]);
    // Carried into a reading room, it shows to whoever sits there nothing of before.
    browser.address = [192, 0, 2, 200].into();
    assert!(browser.cookies.contains_key(cookies::RECENT));
    assert_eq!(hub.login.recent(&browser.inbound()), []);
    browser.address = [198, 51, 100, 7].into();
    assert_eq!(hub.login.recent(&browser.inbound()), [requests::member("bb")]);
}

#[tokio::test]
async fn a_browser_of_ones_own_remembers_library_and_session() {
    let hub = hub().await;
    hub.account("bb", "reader-b").await;
    let mut browser = hub.browser();
    let reply = browser.log_in(&ill(), "bb", "reader-b").await.reply();
    let session = reply.cookies.iter().find(|c| c.name == cookies::SESSION).expect("a session");
    assert_eq!(session.max_age_s, Some(8 * 3600));
    assert_eq!(browser.cookies[cookies::RECENT].0, "bb");
}

#[tokio::test]
async fn the_members_own_end_of_the_session_is_ours() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let at_cc = LoginRequest { member: Some(requests::member("cc")), ..ill() };
    let asked = Asked::of(browser.start(&at_cc).await);
    let mut answer = campus::answer(&hub, "reader", Some(&asked.request));
    answer.session_not_on_or_after = Some(hub.moment().now.plus_s(600));
    let reply = browser.deliver(&answer, &asked.relay_state).await.reply();
    let session = reply.cookies.iter().find(|c| c.name == cookies::SESSION).expect("a session");
    assert_eq!(session.max_age_s, Some(600));
    hub.clock.pass_s(599);
    assert!(runs(&hub, &mut browser).await);
    hub.clock.pass_s(1);
    assert!(!runs(&hub, &mut browser).await);
}
