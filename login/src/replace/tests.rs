use super::*;
use crate::cookies::SESSION;
use crate::testing::campus::{self, Asked, answer};
use crate::testing::hub::{Browser, Hub, PUBLIC};
use crate::testing::requests::{ill, member, opac, prompting};
use model::{ConfirmKind, LoginRequest, PageModel, Prompt};

/// Asks `cc` whatever session runs, as any page elsewhere can make the browser do.
fn choosing() -> LoginRequest {
    LoginRequest { member: Some(member("cc")), ..prompting(Prompt::SelectAccount) }
}

fn session(browser: &Browser<'_>) -> Option<Sid> {
    browser.cookies.get(SESSION).map(|(value, _)| Sid::parse(value).expect("a sid"))
}

async fn runs(hub: &Hub, sid: &Sid) -> bool {
    hub.shared.find(sid, hub.moment().now).await.expect("a store").is_some()
}

async fn audited(hub: &Hub) -> u64 {
    hub.durable.verify_audit().await.expect("a store").entries
}

/// Reader A's session runs, and `cc` has vouched for another person; gives the same-site step.
async fn proved_as_another(hub: &Hub, browser: &mut Browser<'_>) -> String {
    hub.account("aa", "reader-a").await;
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    let asked = Asked::of(browser.start(&choosing()).await);
    deliver(hub, browser, &asked).await
}

async fn deliver(hub: &Hub, browser: &mut Browser<'_>, asked: &Asked) -> String {
    let out = answer(hub, "other", Some(&asked.request));
    let url = browser.deliver(&out, &asked.relay_state).await.redirect();
    url.strip_prefix(PUBLIC).unwrap_or_else(|| panic!("went on to {url}")).to_owned()
}

/// The button on the page, if it is the question.
async fn question(browser: &mut Browser<'_>, path: &str) -> Vec<(String, String)> {
    match browser.get(path).await.reply().next {
        Next::Page(PageModel::Confirm { kind, action, hidden, .. }) => {
            assert_eq!((kind, action), (ConfirmKind::ReplaceSession, "/login/confirm"));
            hidden
        }
        other => panic!("no question: {other:?}"),
    }
}

#[tokio::test]
async fn a_library_that_names_another_person_ends_no_session_without_a_press() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let path = proved_as_another(&hub, &mut browser).await;
    let own = session(&browser).expect("a session");
    let hidden = question(&mut browser, &path).await;
    assert_eq!(session(&browser), Some(own.clone()));
    assert!(runs(&hub, &own).await);
    // A page elsewhere cannot press it.
    let form: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let elsewhere = browser.post_from("/login/confirm", &form, "cross-site").await;
    assert_eq!(elsewhere.code(), code::WEB_CROSS_SITE);
    // Whoever does not press stays who they are.
    let url = browser.start(&ill()).await.redirect();
    assert!(url.contains("member=aa"), "{url}");
}

#[tokio::test]
async fn the_press_ends_the_old_session_and_answers_as_the_new_person() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let path = proved_as_another(&hub, &mut browser).await;
    let old = session(&browser).expect("a session");
    let hidden = question(&mut browser, &path).await;
    let form: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let kept = browser.cookies.clone();
    let before = audited(&hub).await;
    let url = browser.post("/login/confirm", &form).await.redirect();
    assert!(
        url.starts_with("https://svc.test/ill?reader=f-") && url.contains("member=cc"),
        "{url}"
    );
    let new = session(&browser).expect("a session");
    assert!(new != old && !runs(&hub, &old).await && runs(&hub, &new).await);
    assert_eq!(audited(&hub).await - before, 2, "the answer, and the end of the old session");
    // Once, also from a browser that kept what it had.
    browser.cookies = kept;
    let again = browser.post("/login/confirm", &form).await;
    assert_eq!(again.code(), code::LOG_LOGIN_ENDED);
}

/// The login began where no session ran; the answer waited until one did.
#[tokio::test]
async fn a_session_opened_meanwhile_is_not_ended_either() {
    let hub = campus::hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    let asked = Asked::of(browser.start(&choosing()).await);
    browser.log_in(&opac(), "aa", "reader-a").await.redirect();
    let own = session(&browser).expect("a session");
    let path = deliver(&hub, &mut browser, &asked).await;
    question(&mut browser, &path).await;
    assert_eq!(session(&browser), Some(own));
}

#[tokio::test]
async fn nobody_is_asked_where_nothing_runs_any_more() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let path = proved_as_another(&hub, &mut browser).await;
    let old = session(&browser).expect("a session");
    hub.shared.end(&old).await.expect("a store");
    let url = browser.get(&path).await.redirect();
    assert!(url.contains("member=cc"), "{url}");
}

#[tokio::test]
async fn the_same_reader_is_not_asked() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    for _ in 0..2 {
        let asked = Asked::of(browser.start(&choosing()).await);
        let out = answer(&hub, "reader", Some(&asked.request));
        let url = browser.deliver(&out, &asked.relay_state).await.redirect();
        assert!(url.starts_with("https://svc.test/ill?"), "{url}");
    }
}

/// Nobody else knows the handle in our own form: the typed password is the press.
#[tokio::test]
async fn a_password_typed_here_replaces_and_the_audit_log_has_it() {
    let hub = campus::hub().await;
    hub.account("aa", "reader-a").await;
    hub.account("bb", "reader-b").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    let old = session(&browser).expect("a session");
    let choosing = prompting(Prompt::SelectAccount);
    let before = audited(&hub).await;
    let url = browser.log_in(&choosing, "bb", "reader-b").await.redirect();
    assert!(url.contains("member=bb"), "{url}");
    assert!(!runs(&hub, &old).await);
    assert_eq!(audited(&hub).await - before, 2, "the answer, and the end of the old session");
}

/// One request of ours has one answer, also while its session waits.
#[tokio::test]
async fn the_waiting_login_takes_no_second_answer() {
    let hub = campus::hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    let asked = Asked::of(browser.start(&choosing()).await);
    let path = deliver(&hub, &mut browser, &asked).await;
    let handle = path.strip_prefix("/login?h=").expect("a handle");
    let second = answer(&hub, "third", Some(&asked.request));
    assert_eq!(browser.deliver(&second, handle).await.code(), code::LOG_STATE_FORGED);
}

#[tokio::test]
async fn a_reader_suspended_meanwhile_does_not_take_over() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let asked = Asked::of(browser.start(&choosing()).await);
    let out = answer(&hub, "other", Some(&asked.request));
    let url = browser.deliver(&out, &asked.relay_state).await.redirect();
    let reader = url.split("reader=").nth(1).and_then(|r| r.split('&').next()).expect("one");
    let reader = ReaderId::parse(reader).expect("an id");
    let mut browser = hub.browser();
    let path = proved_as_another(&hub, &mut browser).await;
    let own = session(&browser).expect("a session");
    hub.durable.suspend_reader(&reader, hub.moment().now).await.expect("a store");
    let hidden = question(&mut browser, &path).await;
    let form: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let pressed = browser.post("/login/confirm", &form).await;
    assert_eq!(pressed.code(), code::LOG_READER_SUSPENDED);
    assert!(runs(&hub, &own).await, "the old session stays");
}

#[tokio::test]
async fn who_logs_out_leaves_no_mark() {
    let hub = campus::hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    assert!(browser.cookies.contains_key(cookies::MARK));
    let out = hub.login.sign_out(&browser.inbound(), &hub.moment(), crate::SignOut::Browser).await;
    let removed = out.expect("signed out").cookies;
    assert!(removed.iter().any(|c| c.name == cookies::MARK && c.max_age_s == Some(0)));
}

/// A browser may lose one cookie and keep the other, and an older release set no mark.
#[tokio::test]
async fn a_session_whose_mark_is_lost_is_not_replaced_unasked_either() {
    let hub = campus::hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    browser.cookies.remove(cookies::MARK).expect("a mark");
    let own = session(&browser).expect("a session");
    let asked = Asked::of(browser.start(&choosing()).await);
    let path = deliver(&hub, &mut browser, &asked).await;
    question(&mut browser, &path).await;
    assert!(runs(&hub, &own).await);
    assert_eq!(session(&browser), Some(own));
}
