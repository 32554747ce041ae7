use super::*;
use crate::testing::campus::{self, Asked};
use crate::testing::hub::{Browser, Hub, hub};
use crate::testing::requests::{ill, member, opac};
use model::LoginRequest;

async fn session(hub: &Hub, browser: &Browser<'_>) -> Option<Sid> {
    let found = hub.login.browser_session(&browser.inbound(), &hub.moment()).await;
    found.expect("a store").map(|session| session.sid().clone())
}

#[tokio::test]
async fn it_reports_service_by_service_and_ends_the_session() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    browser.start(&opac()).await.redirect();
    let sid = session(&hub, &browser).await.expect("a session");
    // A protocol that this build does not know: said, not hidden.
    let unknown = store::SessionService {
        service: model::ServiceId::parse("old").expect("an id"),
        protocol: "gone".into(),
        at: hub.moment().now,
        detail: String::new(),
    };
    hub.shared.add_service(&sid, &unknown).await.expect("a store");
    let out = hub.login.sign_out(&browser.inbound(), &hub.moment(), SignOut::Browser).await;
    let out = out.expect("a store");
    let lines: Vec<_> = out.lines.iter().map(|l| (l.service.as_str(), l.state)).collect();
    let expected = [
        ("ill", LogoutState::Ended),
        ("old", LogoutState::CannotBeTold),
        ("opac", LogoutState::Ended),
    ];
    assert_eq!(lines, expected);
    assert_eq!(out.member, None, "the hub checked the password: nothing runs on at the library");
    assert!(out.cookies.iter().any(|c| c.name == SESSION && c.max_age_s == Some(0)));
    assert!(session(&hub, &browser).await.is_none());
    let again = hub.login.sign_out(&browser.inbound(), &hub.moment(), SignOut::Browser).await;
    assert!(again.expect("a store").lines.is_empty());
}

#[tokio::test]
async fn a_named_session_ends_and_the_browsers_own_runs_on() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let (mut one, mut two) = (hub.browser(), hub.browser());
    one.log_in(&ill(), "aa", "reader-a").await.redirect();
    two.log_in(&ill(), "aa", "reader-a").await.redirect();
    let named = session(&hub, &one).await.expect("a session");
    let out = hub.login.sign_out(&two.inbound(), &hub.moment(), SignOut::Session(named)).await;
    let out = out.expect("a store");
    assert_eq!(out.lines.len(), 1);
    assert!(out.cookies.is_empty());
    assert!(session(&hub, &one).await.is_none());
    assert!(session(&hub, &two).await.is_some());
}

#[tokio::test]
async fn it_names_the_library_whose_own_session_may_still_run() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let at_cc = LoginRequest { member: Some(member("cc")), ..ill() };
    let asked = Asked::of(browser.start(&at_cc).await);
    let answer = campus::answer(&hub, "reader", Some(&asked.request));
    browser.deliver(&answer, &asked.relay_state).await.redirect();
    let out = hub.login.sign_out(&browser.inbound(), &hub.moment(), SignOut::Browser).await;
    assert_eq!(out.expect("a store").member, Some(member("cc")));
}

#[tokio::test]
async fn a_member_ends_the_session_that_it_names_and_no_other() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let at_cc = LoginRequest { member: Some(member("cc")), ..ill() };
    let asked = Asked::of(browser.start(&at_cc).await);
    let answer = campus::answer(&hub, "reader", Some(&asked.request));
    browser.deliver(&answer, &asked.relay_state).await.redirect();
    let sid = session(&hub, &browser).await.expect("a session");
    let record = hub.shared.find(&sid, hub.moment().now).await.expect("a store").expect("one");
    let upstream = record.upstream.expect("the member's names");
    let name = upstream.name_id.expect("a name");
    let edge =
        crate::Edge { inbound: hub.browser().inbound(), moment: hub.moment(), code: record.code };
    let turn = Turn::of(&hub.login, &edge);
    let connector = upstream.connector;
    let named =
        |index: &str| LogoutName { name_id: name.clone(), session_indexes: vec![index.to_owned()] };
    let by = |who: &'static str, what: LogoutName| {
        let (login, turn, connector) = (&hub.login, &turn, &connector);
        async move { login.signed_out_by_member(turn, &member(who), connector, &what).await }
    };
    by("cc", named("_another")).await.expect("a store");
    by("aa", named("_s1")).await.expect("a store");
    assert!(session(&hub, &browser).await.is_some());
    by("cc", named("_s1")).await.expect("a store");
    assert!(session(&hub, &browser).await.is_none());
}

#[tokio::test]
async fn a_member_that_names_the_reader_alone_ends_all_of_that_readers_sessions() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let at_cc = LoginRequest { member: Some(member("cc")), ..ill() };
    let asked = Asked::of(browser.start(&at_cc).await);
    let answer = campus::answer(&hub, "reader", Some(&asked.request));
    browser.deliver(&answer, &asked.relay_state).await.redirect();
    let sid = session(&hub, &browser).await.expect("a session");
    let record = hub.shared.find(&sid, hub.moment().now).await.expect("a store").expect("one");
    let upstream = record.upstream.expect("the member's names");
    let edge = crate::Edge { inbound: browser.inbound(), moment: hub.moment(), code: record.code };
    let turn = Turn::of(&hub.login, &edge);
    let name_id = upstream.name_id.expect("a name");
    let name = LogoutName { name_id, session_indexes: Vec::new() };
    let cc = member("cc");
    let ended = hub.login.signed_out_by_member(&turn, &cc, &upstream.connector, &name).await;
    ended.expect("a store");
    assert!(session(&hub, &browser).await.is_none());
}
