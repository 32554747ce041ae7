use super::{allowed_target, is_privileged};
use crate::testing::campus::{self, Asked, answer};
use crate::testing::hub::{Browser, Hub, PASSWORD, PUBLIC};
use crate::testing::requests::{ill, member};
use crate::turn::Turn;
use model::{ConfirmKind, ConnectorEntry, LoginRequest, Next, PageModel, ServiceId, code};

/// The campus posts an unsolicited answer; gives the path of the same-site step.
async fn arrive(hub: &Hub, browser: &mut Browser<'_>, reader: &str) -> String {
    let url = browser.deliver(&answer(hub, reader, None), "ill").await.redirect();
    url.strip_prefix(PUBLIC).expect("our own address").to_owned()
}

fn session(browser: &Browser<'_>) -> Option<String> {
    browser.cookies.get(crate::cookies::SESSION).map(|(value, _)| value.clone())
}

#[tokio::test]
async fn it_is_taken_up_where_no_session_runs_and_leads_to_the_service() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let path = arrive(&hub, &mut browser, "reader").await;
    assert!(session(&browser).is_none(), "nothing runs before it is taken up");
    let url = browser.get(&path).await.redirect();
    assert_eq!(url, "https://svc.test/ill/start");
    assert!(session(&browser).is_some());
    // Once: the state is gone, and so is what it led to.
    assert_eq!(browser.get(&path).await.code(), code::LOG_STATE_MISSING);
    assert!(browser.start(&ill()).await.redirect().contains("member=cc"));
}

#[tokio::test]
async fn it_is_taken_up_once() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let path = arrive(&hub, &mut browser, "reader").await;
    let kept = browser.cookies.clone();
    browser.get(&path).await.redirect();
    browser.cookies = kept;
    assert_eq!(browser.get(&path).await.code(), code::LOG_LOGIN_ENDED);
}

#[tokio::test]
async fn an_answer_arrives_once() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let out = answer(&hub, "reader", None);
    browser.deliver(&out, "ill").await.redirect();
    assert_eq!(browser.deliver(&out, "ill").await.code(), code::SAML_REPLAY);
}

/// Not even who knows the id of a waiting session can use it.
#[tokio::test]
async fn a_waiting_session_is_nobodys() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let path = arrive(&hub, &mut browser, "reader").await;
    browser.get(&path).await.redirect();
    let own = model::Sid::parse(&session(&browser).expect("a session")).expect("a sid");
    let now = hub.moment().now;
    let record = hub.shared.find(&own, now).await.expect("a store").expect("a session");
    let sid = model::Sid::parse(&"w".repeat(43)).expect("a sid");
    let waiting = store::SessionRecord { sid: sid.clone(), pending: true, ..record };
    hub.login.keep_session(waiting).await.expect("a store");
    let cookie = (sid.as_str().to_owned(), model::SameSite::Lax);
    browser.cookies.insert(crate::cookies::SESSION.to_owned(), cookie);
    browser.start(&ill()).await.discovery();
}

/// The connector looks at the target; so does this room.
#[tokio::test]
async fn a_target_that_its_entry_does_not_name_is_refused_here_too() {
    let hub = campus::hub().await;
    let browser = hub.browser();
    let out = answer(&hub, "reader", None);
    let claimed = campus::claim(&hub, &out).await;
    let edge = crate::Edge {
        inbound: browser.inbound(),
        moment: hub.moment(),
        code: model::LoginCode::draw(&hub.entropy),
    };
    let turn = Turn::of(&hub.login, &edge);
    let cc = turn.snapshot.member(&member("cc")).expect("a member");
    let entry = cc.connectors.first().expect("a connector");
    assert!(allowed_target(&turn, &claimed, entry).is_ok());
    let shut = ConnectorEntry { unsolicited: Vec::new(), ..entry.clone() };
    let refused = allowed_target(&turn, &claimed, &shut).err();
    assert_eq!(refused.map(|r| r.code()), Some(code::LOG_UNSOLICITED_REFUSED));
}

#[tokio::test]
async fn another_persons_session_is_replaced_only_by_the_press_of_a_button() {
    let hub = campus::hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    let before = session(&browser);
    let path = arrive(&hub, &mut browser, "reader").await;
    let Next::Page(PageModel::Confirm { kind, action, hidden, .. }) =
        browser.get(&path).await.reply().next
    else {
        panic!("a question")
    };
    assert_eq!((kind, action), (ConfirmKind::ReplaceSession, "/login/confirm"));
    assert_eq!(session(&browser), before);
    let form: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    // A page elsewhere cannot press it.
    let pressed = browser.post_from("/login/confirm", &form, "same-site").await;
    assert_eq!(pressed.code(), code::WEB_CROSS_SITE);
    assert_eq!(session(&browser), before);
    let url = browser.post("/login/confirm", &form).await.redirect();
    assert_eq!(url, "https://svc.test/ill/start");
    assert_ne!(session(&browser), before);
    let old = model::Sid::parse(&before.expect("a session")).expect("a sid");
    assert!(hub.shared.find(&old, hub.moment().now).await.expect("a store").is_none());
}

#[tokio::test]
async fn the_same_readers_session_is_replaced_without_a_question() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let path = arrive(&hub, &mut browser, "reader").await;
    browser.get(&path).await.redirect();
    let before = session(&browser);
    let path = arrive(&hub, &mut browser, "reader").await;
    browser.get(&path).await.redirect();
    assert_ne!(session(&browser), before);
}

#[tokio::test]
async fn it_never_continues_a_login_in_flight() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let at_cc = LoginRequest { member: Some(member("cc")), ..ill() };
    let asked = Asked::of(browser.start(&at_cc).await);
    // An unsolicited answer under the handle of the login that waits.
    let posted = browser.deliver(&answer(&hub, "reader", None), &asked.relay_state).await;
    assert_eq!(posted.code(), code::SAML_IN_RESPONSE_TO);
    // The answer to a login in flight, without its handle.
    let solicited = answer(&hub, "reader", Some(&asked.request));
    let posted = browser.deliver(&solicited, "ill").await;
    assert_eq!(posted.code(), code::SAML_IN_RESPONSE_TO);
    // One that names the service arrives beside the login, which goes on untouched.
    arrive(&hub, &mut browser, "reader").await;
    let solicited = answer(&hub, "reader", Some(&asked.request));
    browser.deliver(&solicited, &asked.relay_state).await.redirect();
}

#[tokio::test]
async fn only_registered_targets_are_started() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    for target in ["opac", "https://evil.test/", "", "account"] {
        let posted = browser.deliver(&answer(&hub, "reader", None), target).await;
        assert_eq!(posted.code(), code::LOG_UNSOLICITED_REFUSED, "{target}");
    }
    let closed = campus::hub_registering("").await;
    let posted = closed.browser().deliver(&answer(&closed, "reader", None), "ill").await;
    assert_eq!(posted.code(), code::LOG_UNSOLICITED_REFUSED);
}

#[test]
fn pages_that_change_rights_are_never_targets() {
    let is = |id: &str| is_privileged(&ServiceId::parse(id).expect("an id"));
    assert!(is("account") && is("desk") && is("console"));
    assert!(!is("portal") && !is("ill"));
}

#[tokio::test]
async fn a_state_of_one_sort_does_not_serve_for_the_other() {
    let hub = campus::hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    let waiting = browser.start(&ill()).await.discovery();
    let pressed = browser.post("/login/confirm", &[("handle", &waiting)]).await;
    assert_eq!(pressed.code(), code::LOG_STATE_FORGED);
    let path = arrive(&hub, &mut browser, "reader").await;
    let handle = path.strip_prefix("/login?h=").expect("a handle");
    let posted = browser.password(handle, "reader-a", PASSWORD).await;
    assert_eq!(posted.code(), code::LOG_STATE_FORGED);
}

#[tokio::test]
async fn a_waiting_session_waits_ten_minutes() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let path = arrive(&hub, &mut browser, "reader").await;
    hub.clock.pass_s(601);
    assert_eq!(browser.get(&path).await.code(), code::LOG_STATE_EXPIRED);
}

#[tokio::test]
async fn a_reader_suspended_meanwhile_does_not_take_it_up() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let path = arrive(&hub, &mut browser, "reader").await;
    browser.get(&path).await.redirect();
    let reader = browser.start(&ill()).await.redirect();
    let reader = reader.split("reader=").nth(1).and_then(|r| r.split('&').next()).expect("one");
    let reader = model::ReaderId::parse(reader).expect("an id");
    let mut other = hub.browser();
    let path = arrive(&hub, &mut other, "reader").await;
    hub.durable.suspend_reader(&reader, hub.moment().now).await.expect("a store");
    assert_eq!(other.get(&path).await.code(), code::LOG_READER_SUSPENDED);
}
