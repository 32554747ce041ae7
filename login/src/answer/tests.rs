use super::*;
use crate::flight::Flight;
use crate::testing::hub::{Hub, hub};
use crate::testing::requests::{ill, member};
use crate::{Continued, Edge, Source};
use model::{LoginCode, LoginRequest};

async fn ready(hub: &Hub, edge: &Edge) -> Ready {
    let source = Source::Browser(&edge.inbound);
    let service = ill().service;
    match hub.login.continue_with(source, &service, &edge.moment, edge.code).await {
        Ok(Continued::Ready(ready)) => ready,
        other => panic!("not ready: {other:?}"),
    }
}

async fn logged_in(hub: &Hub) -> Edge {
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    let moment = hub.moment();
    let code = LoginCode::draw(&moment.entropy);
    Edge { inbound: browser.inbound(), moment, code }
}

/// Rule 6 holds at the answer itself, whichever way led to it.
#[tokio::test]
async fn another_members_reader_is_never_answered_by_a_virtual_identity_provider() {
    let hub = hub().await;
    let edge = logged_in(&hub).await;
    let turn = Turn::of(&hub.login, &edge);
    let ready = ready(&hub, &edge).await;
    for (only, answered) in [("bb", false), ("aa", true)] {
        let request = LoginRequest { only_member: Some(member(only)), ..ill() };
        let flight = Flight::new(request, edge.code, &edge.moment);
        let outcome = hub.login.answer(&turn, &mut Passage::new(flight, None), &ready).await;
        assert_eq!(outcome.is_ok(), answered, "{only}");
    }
}

#[tokio::test]
async fn a_login_that_travelled_is_answered_once() {
    let hub = hub().await;
    let edge = logged_in(&hub).await;
    let turn = Turn::of(&hub.login, &edge);
    let ready = ready(&hub, &edge).await;
    let flight = Flight::new(ill(), edge.code, &edge.moment);
    let handle = model::Handle::parse("h").ok();
    let mut answered = 0;
    for _ in 0..3 {
        let mut passage = Passage::new(flight.clone(), handle.clone());
        answered += usize::from(hub.login.answer(&turn, &mut passage, &ready).await.is_ok());
    }
    assert_eq!(answered, 1);
}
