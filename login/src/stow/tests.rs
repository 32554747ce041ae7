use super::*;
use crate::cookies::STATE_PREFIX;
use crate::testing::hub::{Browser, Hub, PASSWORD, hub, start_path};
use crate::testing::requests::ill;
use model::{LoginRequest, ReplyTo};

/// A reply of random-looking text, which no compression makes short.
fn with_reply(hub: &Hub, length: usize) -> LoginRequest {
    let mut reply = String::new();
    while reply.len() < length {
        reply.push_str(&hub.entropy.token());
    }
    reply.truncate(length);
    LoginRequest { reply: ReplyTo(reply), ..ill() }
}

fn largest_state(browser: &Browser<'_>) -> usize {
    let states = browser.cookies.iter().filter(|(name, _)| name.starts_with(STATE_PREFIX));
    states.map(|(name, (value, _))| name.len() + value.len()).max().unwrap_or_default()
}

#[tokio::test]
async fn a_usual_state_takes_a_third_of_its_room() {
    let hub = hub().await;
    let mut browser = hub.browser();
    let handle = browser.start(&with_reply(&hub, 200)).await.discovery();
    browser.get(&format!("/login?h={handle}&member=aa")).await.form();
    assert!(largest_state(&browser) < 1_300, "{}", largest_state(&browser));
}

#[tokio::test]
async fn a_long_reply_is_parked_and_found_again() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    for length in [1_000, 2_000, 4_096, 6_000] {
        let mut browser = hub.browser();
        let request = with_reply(&hub, length);
        let handle = browser.start(&request).await.discovery();
        assert!(largest_state(&browser) <= LARGEST_STATE);
        assert_eq!(largest_state(&browser) < 200, length >= 4_096, "parked");
        let handle = browser.get(&format!("/login?h={handle}&member=aa")).await.form();
        let url = browser.password(&handle, "reader-a", PASSWORD).await.redirect();
        assert!(url.ends_with(&request.reply.0));
    }
}

#[tokio::test]
async fn a_reply_too_long_for_that_is_refused() {
    let hub = hub().await;
    let refused = hub.browser().start(&with_reply(&hub, 10_500)).await;
    assert_eq!(refused.code(), code::LOG_REPLY_TOO_LARGE);
}

#[tokio::test]
async fn one_browser_parks_so_many_and_its_neighbours_at_the_address_go_on() {
    let hub = hub().await;
    let request = with_reply(&hub, 4_096);
    let mut browser = hub.browser();
    for _ in 0..30 {
        browser.start(&request).await.discovery();
    }
    assert_eq!(browser.start(&request).await.code(), code::LOG_TOO_MANY);
    browser.start(&ill()).await.discovery();
    for _ in 0..120 {
        hub.browser().start(&request).await.discovery();
    }
    hub.clock.pass_s(601);
    browser.start(&request).await.discovery();
}

#[tokio::test]
async fn a_parked_state_is_of_its_browser_too() {
    let hub = hub().await;
    let mut one = hub.browser();
    let handle = one.start(&with_reply(&hub, 4_096)).await.discovery();
    let mut other = hub.browser();
    other.start(&ill()).await.discovery();
    for name in one.state_names() {
        other.cookies.insert(name.to_owned(), one.cookies[name].clone());
    }
    let path = format!("/login?h={handle}&member=aa");
    assert_eq!(other.get(&path).await.code(), code::LOG_STATE_MISSING);
    one.get(&path).await.form();
}

#[tokio::test]
async fn ten_tabs_never_pass_the_limit_of_a_cookie_line() {
    let hub = hub().await;
    let mut browser = hub.browser();
    for _ in 0..10 {
        let path = start_path(&with_reply(&hub, 1_800));
        let handle = browser.get(&path).await.discovery();
        browser.get(&format!("/login?h={handle}&member=aa")).await.form();
        assert!(browser.state_names().len() <= 4);
    }
}

#[tokio::test]
async fn a_state_under_another_handle_does_not_open() {
    let hub = hub().await;
    let mut browser = hub.browser();
    browser.start(&ill()).await.discovery();
    let name = browser.state_names()[0].to_owned();
    let value = browser.cookies.remove(&name).expect("a state");
    let other = "A".repeat(22);
    browser.cookies.insert(format!("{STATE_PREFIX}{other}"), value);
    let refused = browser.get(&format!("/login?h={other}&member=aa")).await;
    assert_eq!(refused.code(), code::LOG_STATE_FORGED);
}

#[tokio::test]
async fn rubbish_in_cookies_is_refused_with_a_code() {
    let hub = hub().await;
    for value in ["", "x", "1.2.3", "0.K7F2-9QXD.sAAAA", "ff.K7F2-9QXD.p", "....", "%00"] {
        let mut browser = hub.browser();
        browser.start(&ill()).await.discovery();
        let handle = "A".repeat(22);
        let cookie = (value.to_owned(), model::SameSite::None);
        browser.cookies.insert(format!("{STATE_PREFIX}{handle}"), cookie);
        let refused = browser.get(&format!("/login?h={handle}")).await;
        assert!(refused.code().as_str().starts_with("LOG-00"), "{value}");
    }
}
