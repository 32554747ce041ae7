use super::*;
use crate::testing::campus::{self, Asked};
use crate::testing::hub::{Outcome, PASSWORD, hub};
use crate::testing::requests::{ill, member, opac, prompting};
use model::{LoginRequest, Next, Prompt, code};
use store::Space;

fn at_cc() -> LoginRequest {
    LoginRequest { member: Some(member("cc")), ..ill() }
}

#[tokio::test]
async fn a_campus_logs_its_reader_in_across_sites() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let asked = Asked::of(browser.start(&at_cc()).await);
    let answer = campus::answer(&hub, "reader", Some(&asked.request));
    let url = browser.deliver(&answer, &asked.relay_state).await.redirect();
    assert!(url.contains("member=cc") && url.contains("reader=f-"), "{url}");
    // The same person has the same id next time, another person another.
    let reader = |url: &str| url.split("reader=").nth(1).expect("a reader").to_owned();
    for (name, is_same) in [("reader", true), ("other", false)] {
        let mut browser = hub.browser();
        let asked = Asked::of(browser.start(&at_cc()).await);
        let answer = campus::answer(&hub, name, Some(&asked.request));
        let again = browser.deliver(&answer, &asked.relay_state).await.redirect();
        assert_eq!(reader(&again) == reader(&url), is_same);
    }
}

#[tokio::test]
async fn an_answer_is_accepted_once() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let asked = Asked::of(browser.start(&at_cc()).await);
    let answer = campus::answer(&hub, "reader", Some(&asked.request));
    let before = browser.cookies.clone();
    browser.deliver(&answer, &asked.relay_state).await.redirect();
    // Double submit: the state is gone from the browser.
    let again = browser.deliver(&answer, &asked.relay_state).await;
    assert_eq!(again.code(), code::LOG_STATE_MISSING);
    // A browser that kept it gains nothing.
    browser.cookies = before;
    let again = browser.deliver(&answer, &asked.relay_state).await;
    assert_eq!(again.code(), code::LOG_LEG_USED);
    let fresh = campus::answer(&hub, "reader", Some(&asked.request));
    let again = browser.deliver(&fresh, &asked.relay_state).await;
    assert_eq!(again.code(), code::LOG_LEG_USED);
}

#[tokio::test]
async fn an_assertion_is_accepted_once_over_all_logins() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let asked = Asked::of(browser.start(&at_cc()).await);
    let answer = campus::answer(&hub, "reader", Some(&asked.request));
    let key = format!("{}\n{}", answer.issuer, answer.assertion_id);
    let now = hub.moment().now;
    // Another node has just admitted the very assertion.
    hub.shared.put_once(Space::Assertion, &key, now.plus_s(600), now).await.expect("a store");
    let replayed = browser.deliver(&answer, &asked.relay_state).await;
    assert_eq!(replayed.code(), code::SAML_REPLAY);
}

#[tokio::test]
async fn one_login_has_one_answer_over_all_its_legs() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    let first = browser.start(&ill()).await.discovery();
    let one = browser.get(&format!("/login?h={first}&member=aa")).await.form();
    let two = browser.get(&format!("/login?h={first}&member=bb")).await.form();
    hub.account("bb", "reader-b").await;
    let kept = browser.cookies.clone();
    browser.password(&one, "reader-a", PASSWORD).await.redirect();
    browser.cookies = kept;
    let second = browser.password(&two, "reader-b", PASSWORD).await.refused();
    assert_eq!(second.refusal.code(), code::LOG_LOGIN_ENDED);
    // A way on: the page can name the service.
    assert_eq!(second.refusal.detail().service, Some(ill().service));
}

#[tokio::test]
async fn a_wrong_password_does_not_use_up_the_form() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    let handle = browser.start(&ill()).await.discovery();
    let handle = browser.get(&format!("/login?h={handle}&member=aa")).await.form();
    for _ in 0..3 {
        let Next::Ask(form) = browser.password(&handle, "reader-a", "wrong one").await.reply().next
        else {
            panic!("the form again")
        };
        assert_eq!(form.problem, Some(code::ACC_WRONG_PASSWORD));
        assert!(form.hidden.contains(&("handle".to_owned(), handle.clone())));
    }
    browser.password(&handle, "reader-a", PASSWORD).await.redirect();
}

#[tokio::test]
async fn what_belongs_to_no_login_is_refused() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let codes = [
        browser.post("/login", &[]).await.code(),
        browser.post("/login", &[("handle", "abc")]).await.code(),
        browser.post("/saml/sp/acs", &[("SAMLResponse", "AAAA")]).await.code(),
        browser.post("/saml/sp/acs", &[]).await.code(),
    ];
    assert_eq!(
        codes,
        [
            code::WEB_BAD_PARAMETERS,
            code::LOG_NO_COOKIE,
            code::WEB_BAD_PARAMETERS,
            code::WEB_BAD_PARAMETERS
        ]
    );
}

#[tokio::test]
async fn a_state_is_finished_by_the_kind_that_was_asked() {
    let hub = campus::hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    let asked = Asked::of(browser.start(&at_cc()).await);
    // The password form of another library, with the campus's handle.
    let posted = browser.password(&asked.relay_state, "reader-a", PASSWORD).await;
    assert_eq!(posted.code(), code::LOG_WRONG_CONNECTOR);
    // The choice of library was not answered by any.
    let chosen = browser.start(&ill()).await.discovery();
    let posted = browser.password(&chosen, "reader-a", PASSWORD).await;
    assert_eq!(posted.code(), code::LOG_STATE_MISSING);
}

#[tokio::test]
async fn a_member_that_was_closed_meanwhile_is_not_believed() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let asked = Asked::of(browser.start(&at_cc()).await);
    let answer = campus::answer(&hub, "reader", Some(&asked.request));
    let closed = campus::member_toml("").replace("\"live\"", "\"suspended\"");
    hub.change(&[("members/cc.toml", &closed)]).await;
    let refused = browser.deliver(&answer, &asked.relay_state).await;
    assert_eq!(refused.code(), code::LOG_MEMBER_CLOSED);
}

#[tokio::test]
async fn a_fresh_session_id_at_every_login_and_the_old_session_ends() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let asked = Asked::of(browser.start(&at_cc()).await);
    let answer = campus::answer(&hub, "reader", Some(&asked.request));
    browser.deliver(&answer, &asked.relay_state).await.redirect();
    let old = browser.cookies[crate::cookies::SESSION].0.clone();
    let forced = LoginRequest { member: Some(member("cc")), ..prompting(Prompt::Login) };
    let forced = LoginRequest { service: opac().service, ..forced };
    let asked = Asked::of(browser.start(&forced).await);
    let answer = campus::answer(&hub, "reader", Some(&asked.request));
    browser.deliver(&answer, &asked.relay_state).await.redirect();
    let new = browser.cookies[crate::cookies::SESSION].0.clone();
    assert_ne!(old, new);
    let now = hub.moment().now;
    let find = |sid: &str| model::Sid::parse(sid).expect("a sid");
    assert!(hub.shared.find(&find(&old), now).await.expect("a store").is_none());
    // The services entered before go with the reader.
    let services = hub.shared.services(&find(&new)).await.expect("a store");
    let ids: Vec<&str> = services.iter().map(|s| s.service.as_str()).collect();
    assert_eq!(ids, ["ill", "opac"]);
}

#[tokio::test]
async fn services_of_another_person_do_not_go_along() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    hub.account("bb", "reader-b").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    let choosing = LoginRequest { service: opac().service, ..prompting(Prompt::SelectAccount) };
    browser.log_in(&choosing, "bb", "reader-b").await.redirect();
    let sid = model::Sid::parse(&browser.cookies[crate::cookies::SESSION].0).expect("a sid");
    let services = hub.shared.services(&sid).await.expect("a store");
    assert_eq!(services.len(), 1);
}

#[tokio::test]
async fn a_login_from_the_members_own_session_that_is_too_old_is_asked_for_again_by_force() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let young = LoginRequest { max_age_s: Some(1_000), ..at_cc() };
    let asked = Asked::of(browser.start(&young).await);
    assert!(!asked.xml.contains("ForceAuthn=\"true\""));
    let mut answer = campus::answer(&hub, "reader", Some(&asked.request));
    answer.authn_instant = hub.moment().now.plus_s(-2_000);
    let asked = Asked::of(browser.deliver(&answer, &asked.relay_state).await);
    assert!(asked.xml.contains("ForceAuthn=\"true\""));
    let answer = campus::answer(&hub, "reader", Some(&asked.request));
    browser.deliver(&answer, &asked.relay_state).await.redirect();
}

#[tokio::test]
async fn a_forced_login_that_was_not_forced_is_refused() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let forced = LoginRequest { member: Some(member("cc")), ..prompting(Prompt::Login) };
    let asked = Asked::of(browser.start(&forced).await);
    let mut answer = campus::answer(&hub, "reader", Some(&asked.request));
    answer.authn_instant = hub.moment().now.plus_s(-2_000);
    assert!(matches!(browser.deliver(&answer, &asked.relay_state).await, Outcome::Refused(_)));
}

#[tokio::test]
async fn a_suspended_reader_gets_no_session() {
    let hub = campus::hub().await;
    let mut browser = hub.browser();
    let asked = Asked::of(browser.start(&at_cc()).await);
    let answer = campus::answer(&hub, "reader", Some(&asked.request));
    let url = browser.deliver(&answer, &asked.relay_state).await.redirect();
    let reader = url.split("reader=").nth(1).and_then(|r| r.split('&').next()).expect("a reader");
    let reader = model::ReaderId::parse(reader).expect("an id");
    hub.durable.suspend_reader(&reader, hub.moment().now).await.expect("a store");
    let mut browser = hub.browser();
    let asked = Asked::of(browser.start(&at_cc()).await);
    let answer = campus::answer(&hub, "reader", Some(&asked.request));
    let refused = browser.deliver(&answer, &asked.relay_state).await.refused();
    assert_eq!(refused.refusal.code(), code::LOG_READER_SUSPENDED);
    assert!(!browser.cookies.contains_key(crate::cookies::SESSION));
}

#[tokio::test]
async fn metadata_of_the_hub_is_answered_by_its_connector() {
    let hub = campus::hub().await;
    let Next::Done(answer) = hub.browser().get("/saml/sp/metadata").await.reply().next else {
        panic!("an answer")
    };
    assert_eq!(answer.status, 200);
}

/// Connectors check this themselves where their protocol can; the rule holds for all.
#[tokio::test]
async fn a_session_older_than_the_forced_asking_is_refused_whatever_the_connector_said() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    hub.clock.pass_s(300);
    let moment = hub.moment();
    let code = model::LoginCode::draw(&moment.entropy);
    let edge = Edge { inbound: browser.inbound(), moment, code };
    let turn = Turn::of(&hub.login, &edge);
    let found = hub.login.browser_session(&edge.inbound, &edge.moment).await.expect("a store");
    let session = found.expect("a session");
    let leg = |force| Leg {
        member: member("aa"),
        connector: ConnectorId::parse("central").expect("an id"),
        state: Vec::new(),
        force,
        begun: turn.now(),
    };
    let flight = crate::flight::Flight::new(ill(), code, &edge.moment);
    let passage = Passage::new(flight, None);
    let forced = needs_another_leg(&session, &passage, &leg(true), &turn);
    assert_eq!(forced.map_err(|r| r.code()), Err(code::POL_LOGIN_TOO_OLD));
    let plain = needs_another_leg(&session, &passage, &leg(false), &turn);
    assert_eq!(plain.map_err(|r| r.code()), Ok(false));
}

#[tokio::test]
async fn the_form_of_a_login_is_not_taken_from_another_site() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    let handle = browser.start(&ill()).await.discovery();
    let handle = browser.get(&format!("/login?h={handle}&member=aa")).await.form();
    let form = [("handle", handle.as_str()), ("username", "reader-a"), ("password", PASSWORD)];
    for site in ["cross-site", "same-site"] {
        let refused = browser.post_from("/login", &form, site).await;
        assert_eq!(refused.code(), code::WEB_CROSS_SITE, "{site}");
    }
    assert!(!browser.cookies.contains_key(crate::cookies::SESSION));
    browser.post_from("/login", &form, "none").await.redirect();
}
