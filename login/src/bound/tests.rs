use super::*;
use crate::testing::campus::{self, Asked, answer};
use crate::testing::hub::{Hub, Outcome};
use crate::testing::requests::{ill, member};
use model::LoginRequest;
use saml::{AttrValues, AttributeOut, name_format};

const BY_NAME: &str = r#"reassignable = true
bound_to = "name"
attributes = { local_id = "pairwise-id", name = { from = "displayName", required = true } }"#;
const BY_END: &str = r#"reassignable = true
bound_to = "valid_until"
attributes = { local_id = "pairwise-id", valid_until = { from = "end", required = true } }"#;

/// One login at the campus of reader `s1`, in a browser of its own.
async fn login(hub: &Hub, name: &str, value: &str) -> Outcome {
    let mut browser = hub.browser();
    let request = LoginRequest { member: Some(member("cc")), ..ill() };
    let asked = Asked::of(browser.start(&request).await);
    let mut out = answer(hub, "s1", Some(&asked.request));
    out.attributes.push(AttributeOut {
        name: name.to_owned(),
        name_format: name_format::BASIC.to_owned(),
        friendly_name: None,
        values: AttrValues::Text(vec![value.to_owned()]),
    });
    browser.deliver(&out, &asked.relay_state).await
}

async fn named(hub: &Hub, name: &str) -> Outcome {
    login(hub, "displayName", name).await
}

/// The reader that the service was told of.
fn reader(outcome: Outcome) -> String {
    let url = outcome.redirect();
    let after = url.split_once("reader=").expect("a reader").1;
    after.split('&').next().expect("its end").to_owned()
}

async fn settle(hub: &Hub, holder: Holder) -> Settled {
    let (cc, campus) = (member("cc"), ConnectorId::parse("campus").expect("an id"));
    let at = KeyAt { member: &cc, connector: &campus, key: "s1@cc.test" };
    let stores = (&hub.durable, &hub.shared);
    settle_key(stores, &hub.keys, at, holder, &hub.moment()).await.expect("a store")
}

#[tokio::test]
async fn another_persons_name_under_a_key_opens_nothing_until_it_is_settled() {
    let hub = campus::hub_registering(BY_NAME).await;
    let first = reader(named(&hub, "Reader A").await);
    assert_eq!(reader(named(&hub, " reader  a").await), first, "nobody else");
    assert_eq!(settle(&hub, Holder::Next).await, Settled::Nobody);
    assert_eq!(named(&hub, "Reader B").await.code(), code::LOG_KEY_PASSED_ON);
    assert_eq!(named(&hub, "Reader B").await.code(), code::LOG_KEY_PASSED_ON);
    assert_eq!(reader(named(&hub, "Reader A").await), first, "who has it still comes in");
    // The library says that it is another person now.
    assert_eq!(settle(&hub, Holder::Next).await, Settled::Done { ended: 3 });
    let next = reader(named(&hub, "Reader B").await);
    assert_ne!(next, first, "and not the first one's account");
    assert_eq!(named(&hub, "Reader A").await.code(), code::LOG_KEY_PASSED_ON);
    // And a third time, that it is the same one under another name.
    assert_eq!(settle(&hub, Holder::Same).await, Settled::Done { ended: 0 });
    assert_eq!(reader(named(&hub, "Reader A").await), next);
}

#[tokio::test]
async fn a_key_that_passed_on_stays_the_next_persons_whatever_the_file_says_later() {
    let hub = campus::hub_registering(BY_NAME).await;
    let first = reader(named(&hub, "Reader A").await);
    named(&hub, "Reader B").await.code();
    settle(&hub, Holder::Next).await;
    let next = reader(named(&hub, "Reader B").await);
    hub.change(&[("members/cc.toml", &campus::member_toml("unsolicited = [\"ill\"]"))]).await;
    assert_eq!(reader(named(&hub, "Reader B").await), next);
    assert_ne!(next, first);
}

#[tokio::test]
async fn an_end_that_moves_while_it_runs_is_a_renewal_and_after_it_a_question() {
    let hub = campus::hub_registering(BY_END).await;
    let now = hub.moment().now;
    let until = |days: i64| now.plus_s(days * 86_400).rfc3339();
    let first = reader(login(&hub, "end", &until(10)).await);
    assert_eq!(reader(login(&hub, "end", &until(20)).await), first, "renewed");
    hub.clock.pass_s(15 * 86_400);
    assert_eq!(reader(login(&hub, "end", &until(400)).await), first, "renewed in time");
    hub.clock.pass_s(400 * 86_400);
    let late = login(&hub, "end", &until(800)).await;
    assert_eq!(late.code(), code::LOG_KEY_PASSED_ON);
    assert_eq!(settle(&hub, Holder::Same).await, Settled::Done { ended: 0 });
    assert_eq!(reader(login(&hub, "end", &until(800)).await), first);
}

#[test]
fn nothing_is_compared_with_what_it_was_not_bound_to() {
    let now = Timestamp::from_unix_s(1000);
    assert_eq!(judge(b"name:1", b"name:1", now), Judged::Same);
    assert_eq!(judge(b"name:1", b"name:2", now), Judged::Another);
    assert_eq!(judge(b"name:1", b"mail:1", now), Judged::Renewed);
    assert_eq!(judge(b"valid_until:1000000", b"valid_until:5", now), Judged::Renewed);
    assert_eq!(judge(b"valid_until:999999", b"valid_until:5", now), Judged::Another);
    assert_eq!(judge(b"valid_until:x", b"valid_until:5", now), Judged::Another);
}
