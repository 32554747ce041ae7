use super::*;
use crate::testing::hub::{Browser, Hub, Outcome, hub, hub_with};
use crate::testing::requests::{ill, opac, prompting};
use crate::testing::{NOON, inbound, noon};
use model::{LoginCode, LoginRequest, Prompt};

async fn logged_in(hub: &Hub) -> Browser<'_> {
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    browser
}

/// The service asks `times`, each time `pause_s` after its answer.
async fn ask(
    hub: &Hub,
    browser: &mut Browser<'_>,
    request: &LoginRequest,
    (times, pause_s): (usize, i64),
) {
    for _ in 0..times {
        hub.clock.pass_s(pause_s);
        let url = browser.start(request).await.redirect();
        assert!(url.starts_with("https://svc.test/") && !url.contains("error"), "{url}");
    }
}

#[tokio::test]
async fn a_first_login_sets_no_cookie_for_it_and_the_next_answer_does() {
    let hub = hub().await;
    let mut browser = logged_in(&hub).await;
    assert!(!browser.cookies.contains_key(TURNS));
    ask(&hub, &mut browser, &ill(), (1, 1)).await;
    assert!(browser.cookies.contains_key(TURNS));
}

#[tokio::test]
async fn a_service_that_asks_again_at_once_is_stopped_after_five_answers() {
    let hub = hub().await;
    let mut browser = logged_in(&hub).await;
    ask(&hub, &mut browser, &ill(), (5, 2)).await;
    let stopped = browser.start(&ill()).await.refused();
    assert_eq!(stopped.refusal.code(), code::LOG_LOOP);
    assert_eq!(stopped.refusal.detail().service, Some(ill().service));
    assert!(stopped.back.is_some(), "the way back carries the protocol's error");
    // Other services are answered all the while.
    ask(&hub, &mut browser, &opac(), (1, 0)).await;
    assert_eq!(browser.start(&ill()).await.code(), code::LOG_LOOP);
    // Later it may ask again.
    hub.clock.pass_s(11);
    ask(&hub, &mut browser, &ill(), (1, 0)).await;
}

#[tokio::test]
async fn the_button_goes_on_once() {
    let hub = hub().await;
    let mut browser = logged_in(&hub).await;
    ask(&hub, &mut browser, &ill(), (5, 1)).await;
    let onward = browser.start(&ill()).await.refused().onward.expect("a button");
    assert_eq!(onward.action, "/login/confirm");
    let form: Vec<(&str, &str)> =
        onward.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    // Looking at the page again presses nothing, nor does a page elsewhere.
    let handle = form[0].1;
    assert_eq!(browser.get(&format!("/login?h={handle}")).await.code(), code::LOG_LOOP);
    let elsewhere = browser.post_from("/login/confirm", &form, "same-site").await;
    assert_eq!(elsewhere.code(), code::WEB_CROSS_SITE);
    // However long the reader thinks it over.
    hub.clock.pass_s(40);
    let url = browser.post("/login/confirm", &form).await.redirect();
    assert!(url.starts_with("https://svc.test/ill?"), "{url}");
    let again = browser.post("/login/confirm", &form).await;
    assert_eq!(again.code(), code::LOG_STATE_MISSING, "the press was used");
    assert_eq!(browser.start(&ill()).await.code(), code::LOG_LOOP, "once");
}

#[tokio::test]
async fn a_service_that_asks_for_silence_gets_its_error_at_once() {
    let hub = hub().await;
    let mut browser = logged_in(&hub).await;
    let silent = prompting(Prompt::Never);
    ask(&hub, &mut browser, &silent, (5, 1)).await;
    assert_eq!(
        browser.start(&silent).await.redirect(),
        "https://svc.test/error?code=LOG-035",
        "nobody looks at a page"
    );
    assert!(browser.state_names().is_empty(), "nothing waits");
}

/// Every round is a login of its own, at a library that lets its reader in at once.
#[tokio::test]
async fn a_circle_over_fresh_logins_is_stopped_too() {
    let hub = hub().await;
    let mut browser = logged_in(&hub).await;
    let forced = prompting(Prompt::SelectAccount);
    for _ in 0..5 {
        browser.log_in(&forced, "aa", "reader-a").await.redirect();
    }
    assert_eq!(browser.start(&forced).await.code(), code::LOG_LOOP);
}

#[tokio::test]
async fn slow_repeats_and_many_services_are_honest_use() {
    let more: Vec<(String, String)> = (1..6)
        .map(|n| {
            let toml = format!(
                "id = \"svc-{n}\"\nname = {{ zh = \"示例\", en = \"Sample\" }}\n[oidc]\n\
                 client_id = \"svc-{n}\"\nredirect_uris = [\"https://svc.test/{n}\"]\n"
            );
            (format!("services/svc-{n}.toml"), toml)
        })
        .collect();
    let files: Vec<(&str, &str)> = more.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let hub = hub_with(&files).await;
    let mut browser = logged_in(&hub).await;
    ask(&hub, &mut browser, &ill(), (12, 11)).await;
    // Nor do they count together with quick ones.
    ask(&hub, &mut browser, &ill(), (4, 1)).await;
    for _ in 0..3 {
        for n in 1..6 {
            let service = ServiceId::parse(&format!("svc-{n}")).expect("an id");
            let request = LoginRequest { service, ..ill() };
            ask(&hub, &mut browser, &request, (1, 1)).await;
        }
    }
    let kept = &browser.cookies[TURNS].0;
    assert_eq!(kept.split('~').count(), MOST_SERVICES, "{kept}");
    assert!(TURNS.len() + kept.len() < 200, "{kept}");
}

/// Six tabs ask together and wait for one login: none of them was asked for after an answer.
#[tokio::test]
async fn tabs_that_were_opened_together_are_no_circle() {
    let asked = NOON;
    let flight = flight_at(asked);
    let mut value = String::new();
    for n in 1..10 {
        let sent = inbound(&[(TURNS, &value)]);
        assert!(!is_closed(&sent, &flight));
        value = count(&sent, &flight, asked.plus_s(n)).value;
    }
    assert!(value.contains(".1.ill"), "{value}");
}

fn flight_at(now: Timestamp) -> Flight {
    let moment = model::Moment { now, ..noon() };
    Flight::new(ill(), LoginCode::draw(&moment.entropy), &moment)
}

#[tokio::test]
async fn a_forged_cookie_does_no_harm() {
    let hub = hub().await;
    let mut browser = logged_in(&hub).await;
    let now = hub.moment().now.unix_ms();
    let many = vec![format!("{now:x}.9.ill"); 200].join("~");
    // Warned for nothing, and the button goes on.
    for forged in [format!("{now:x}.9.ill"), format!("{now:x}.5.ill~{now:x}.1.ill"), many] {
        browser.forge(TURNS, &forged);
        let onward = browser.start(&ill()).await.refused().onward.expect("a button");
        let form: Vec<(&str, &str)> =
            onward.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        browser.post("/login/confirm", &form).await.redirect();
        assert!(browser.cookies[TURNS].0.len() < 200);
    }
    // Malformed, of another day, or of none: as if it were not there.
    let odd = [
        "",
        "~~~",
        "x",
        "1.2",
        "..",
        "zz.9.ill",
        "7fffffffffffffff.9.ill",
        "1.9.ill",
        "-8000000000000000.9.ill",
        "%00.9.ill",
    ];
    for forged in odd.map(String::from).into_iter().chain([
        format!("{now:x}.10.ill"),
        format!("{now:x}.0.ill"),
        format!("{now:x}.-5.ill"),
        format!("{now:x}.9.ILL/../"),
        format!("{now:x}.9.opac"),
        format!("~~~{now:x}.9.ill"),
    ]) {
        browser.forge(TURNS, &forged);
        match browser.start(&ill()).await {
            Outcome::Reply(_) => {}
            Outcome::Refused(refused) => panic!("{forged}: {}", refused.refusal),
        }
    }
}

/// A login that is not stopped waits for no press.
#[tokio::test]
async fn only_a_login_that_was_stopped_can_be_pressed_on() {
    let hub = hub().await;
    let mut browser = hub.browser();
    let waiting = browser.start(&ill()).await.discovery();
    let pressed = browser.post("/login/confirm", &[("handle", &waiting)]).await;
    assert_eq!(pressed.code(), code::LOG_STATE_FORGED);
}
