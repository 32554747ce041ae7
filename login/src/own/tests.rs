use crate::testing::hub::{Hub, hub};
use crate::testing::requests::ill;
use model::{ConnectorId, STAFF_CONNECTOR, Sid};
use store::SessionRecord;

async fn running(hub: &Hub) -> SessionRecord {
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    let found = hub.login.browser_session(&browser.inbound(), &hub.moment()).await;
    found.expect("a store").expect("a session").record().clone()
}

async fn runs(hub: &Hub, sid: &Sid) -> bool {
    hub.login.running(sid, &hub.moment()).await.expect("a store").is_some()
}

/// Whoever may write to the shared store knows no key of the hub.
#[tokio::test]
async fn a_session_that_somebody_else_laid_down_is_none() {
    let hub = hub().await;
    let own = running(&hub).await;
    let sid = Sid::parse(&"w".repeat(43)).expect("a sid");
    let copied = SessionRecord { sid: sid.clone(), ..own.clone() };
    let mut staff = own.clone();
    staff.acr = "https://refeds.org/profile/mfa".to_owned();
    staff.membership.connector = ConnectorId::parse(STAFF_CONNECTOR).expect("an id");
    let longer = SessionRecord { expires: own.expires.plus_s(1), ..own.clone() };
    let unproved = SessionRecord { proof: String::new(), ..own.clone() };
    for planted in [copied, staff, longer, unproved] {
        hub.shared.end(&planted.sid).await.expect("a store");
        hub.shared.create(&planted).await.expect("a store");
        assert!(!runs(&hub, &planted.sid).await, "{planted:?}");
    }
    hub.shared.end(&own.sid).await.expect("a store");
    hub.shared.create(&own).await.expect("a store");
    assert!(runs(&hub, &own.sid).await, "as the hub wrote it");
}

#[tokio::test]
async fn a_session_stays_the_hubs_own_while_it_is_used() {
    let hub = hub().await;
    let own = running(&hub).await;
    for _ in 0..3 {
        hub.clock.pass_s(1800);
        assert!(runs(&hub, &own.sid).await, "noted as used");
    }
}
