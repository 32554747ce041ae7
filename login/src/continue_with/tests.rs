use super::*;
use crate::testing::hub::{Hub, hub};
use crate::testing::requests::{ill, opac};
use model::{MemberId, code};

async fn granted(hub: &Hub) -> Grant {
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    let session = hub.login.browser_session(&browser.inbound(), &hub.moment()).await;
    session.expect("a store").expect("a session").grant()
}

async fn go_on(hub: &Hub, grant: &Grant) -> Result<Continued, Refusal> {
    let moment = hub.moment();
    let code = LoginCode::draw(&moment.entropy);
    hub.login.continue_with(Source::Grant(grant), &opac().service, &moment, code).await
}

#[tokio::test]
async fn a_grant_goes_on_while_all_it_rests_on_is_live() {
    let hub = hub().await;
    let reader = hub.account("aa", "reader-a").await;
    let grant = granted(&hub).await;
    let Ok(Continued::Ready(ready)) = go_on(&hub, &grant).await else { panic!("ready") };
    assert_eq!(ready.service().id, opac().service);
    assert_eq!(ready.release().service(), &opac().service);
    hub.durable.suspend_reader(&reader, hub.moment().now).await.expect("a store");
    let refused = go_on(&hub, &grant).await.expect_err("refused");
    assert_eq!(refused.code(), code::LOG_READER_SUSPENDED);
    hub.durable.lift_suspension(&reader).await.expect("a store");
    let suspended = crate::testing::hub::AA.replace("\"live\"", "\"suspended\"");
    hub.change(&[("members/aa.toml", &suspended)]).await;
    assert_eq!(go_on(&hub, &grant).await.expect_err("refused").code(), code::LOG_MEMBER_CLOSED);
}

#[tokio::test]
async fn a_grant_of_another_session_member_or_login_is_gone() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let grant = granted(&hub).await;
    let sid = model::Sid::parse(&"x".repeat(43)).expect("a sid");
    let others = [
        Grant { sid, ..grant.clone() },
        Grant { member: MemberId::parse("bb").expect("an id"), ..grant.clone() },
        Grant { auth_time: grant.auth_time.plus_s(-1), ..grant.clone() },
    ];
    for other in &others {
        assert!(matches!(go_on(&hub, other).await, Ok(Continued::Gone)));
    }
    hub.shared.end(&grant.sid).await.expect("a store");
    assert!(matches!(go_on(&hub, &grant).await, Ok(Continued::Gone)));
}

#[tokio::test]
async fn a_browser_without_a_session_is_gone() {
    let hub = hub().await;
    let moment = hub.moment();
    let code = LoginCode::draw(&moment.entropy);
    let inbound = hub.browser().inbound();
    let service = ill().service;
    let gone = hub.login.continue_with(Source::Browser(&inbound), &service, &moment, code);
    assert!(matches!(gone.await, Ok(Continued::Gone)));
}
