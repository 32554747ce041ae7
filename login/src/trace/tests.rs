use super::*;
use crate::testing::hub::{Hub, PASSWORD, hub};
use crate::testing::requests::{ill, member, opac};
use StepKind::{Admitted, Answered, Asked, Chosen, Decided, Sent};
use model::code;

async fn trace(hub: &Hub, code: LoginCode) -> Option<TraceRecord> {
    hub.login.find_trace(code).await.expect("a store")
}

async fn session_code(hub: &Hub, inbound: &model::Inbound) -> LoginCode {
    let found = hub.login.browser_session(inbound, &hub.moment()).await;
    found.expect("a store").expect("a session").code()
}

#[tokio::test]
async fn a_login_leaves_its_steps_redacted() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    let code = session_code(&hub, &browser.inbound()).await;
    let found = trace(&hub, code).await.expect("a trace");
    let kinds: Vec<StepKind> = found.steps.iter().map(|step| step.kind).collect();
    assert_eq!(kinds, [Asked, Chosen, Sent, Admitted, Decided, Answered]);
    assert_eq!((found.member, found.refused), (Some(member("aa")), None));
    let text = serde_json::to_string(&found.steps).expect("JSON");
    assert!(!text.contains("reader-a") && !text.contains(PASSWORD), "{text}");
}

#[tokio::test]
async fn a_refusal_is_traced_under_the_code_on_the_page() {
    let hub = hub().await;
    let mut browser = hub.browser();
    let handle = browser.start(&ill()).await.discovery();
    let refused = browser.get(&format!("/login?h={handle}&member=zz")).await.refused();
    let found = trace(&hub, refused.login_code).await.expect("a trace");
    assert_eq!(found.refused.as_deref(), Some("LOG-012"));
    // Also where the login itself could not be found.
    let stray = hub.browser().get(&format!("/login?h={handle}")).await.refused();
    let found = trace(&hub, stray.login_code).await.expect("a trace");
    assert_eq!(found.refused.as_deref(), Some("LOG-006"));
}

#[tokio::test]
async fn one_address_cannot_push_real_logins_out_of_the_ring() {
    let hub = hub().await;
    let mut last = None;
    for _ in 0..=MOST_ANONYMOUS {
        last = Some(hub.browser().get("/login?h=abc").await.refused().login_code);
    }
    assert!(trace(&hub, last.expect("some")).await.is_none());
    let mut elsewhere = hub.browser();
    elsewhere.address = [203, 0, 113, 5].into();
    let code = elsewhere.get("/login?h=abc").await.refused().login_code;
    assert!(trace(&hub, code).await.is_some());
    let counted = hub.login.anonymous_refusals();
    assert_eq!(counted[code::LOG_NO_COOKIE.as_str()], MOST_ANONYMOUS + 2);
}

#[tokio::test]
async fn acts_of_known_readers_are_audited_and_anonymous_failures_are_not() {
    let hub = hub().await;
    let reader = hub.account("aa", "reader-a").await;
    let entries = async || hub.durable.verify_audit().await.expect("a store").entries;
    let mut browser = hub.browser();
    let before = entries().await;
    browser.get("/login?h=abc").await.refused();
    let handle = browser.start(&ill()).await.discovery();
    let handle = browser.get(&format!("/login?h={handle}&member=aa")).await.form();
    browser.password(&handle, "reader-a", "wrong one").await.form();
    assert_eq!(entries().await, before);
    browser.password(&handle, "reader-a", PASSWORD).await.redirect();
    assert_eq!(entries().await, before + 1);
    browser.start(&opac()).await.redirect();
    assert_eq!(entries().await, before + 2);
    hub.durable.suspend_reader(&reader, hub.moment().now).await.expect("a store");
    browser.start(&opac()).await.refused();
    assert_eq!(entries().await, before + 3);
    let inbound = browser.inbound();
    hub.login.sign_out(&inbound, &hub.moment(), crate::SignOut::Browser).await.expect("a store");
    assert_eq!(entries().await, before + 4);
    assert!(hub.durable.verify_audit().await.expect("a store").broken.is_empty());
}

#[tokio::test]
async fn a_claim_refused_at_the_door_is_audited() {
    let hub = crate::testing::campus::hub().await;
    let mut browser = hub.browser();
    let out = crate::testing::campus::answer(&hub, "reader", None);
    browser.deliver(&out, "ill").await.redirect();
    let before = hub.durable.verify_audit().await.expect("a store").entries;
    browser.deliver(&out, "ill").await.refused();
    let after = hub.durable.verify_audit().await.expect("a store").entries;
    assert_eq!(after, before + 1);
}

#[tokio::test]
async fn a_refusal_before_any_login_is_counted_and_none_is_counted_twice() {
    let hub = hub().await;
    let stray = hub.browser().get("/login?h=abc").await.refused();
    let before = hub.login.ends();
    hub.login.note_unnoted(&stray, None);
    assert_eq!(hub.login.ends(), before, "it was noted where it was made");
    let unknown = Refusal::new(code::OIDC_UNKNOWN_CLIENT, "client_id \"nobody\"");
    let refused = Refused::from((unknown, stray.login_code));
    for _ in 0..1000 {
        hub.login.note_unnoted(&refused, Some(hub.moment().now));
    }
    assert_eq!(hub.login.ends()[&("none", Some("OIDC-001"))], 1000);
    let lost = Refused::from((Refusal::new(code::WEB_NOT_FOUND, ""), stray.login_code));
    hub.login.note_unnoted(&lost, None);
    assert!(!hub.login.ends().contains_key(&("none", Some("WEB-001"))));
}
