use super::*;
use crate::testing::hub::hub;
use crate::testing::requests::{ill, opac};
use crate::{Continued, Preview, Source};
use model::{
    Class, ConnectorId, Evidence, LocalKey, LoginRequest, Membership, Prompt, Standing, Text,
};
use policy::PolicySet;
use std::cell::Cell;

fn facts(category: &str, policy: &PolicySet) -> Facts {
    let member: Member = serde_json::from_value(serde_json::json!({
        "id": "aa", "name": { "zh": "甲" }, "class": "A", "status": "live",
    }))
    .expect("a member");
    let service = Service {
        id: ServiceId::parse(category).expect("an id"),
        name: Text::new("馆际互借", "ILL"),
        about: None,
        status: ServiceStatus::Live,
        launch_url: None,
        entitlements: Vec::new(),
        release: Vec::new(),
        oidc: None,
        saml: None,
        cas: None,
        forward_auth: None,
    };
    let membership = Membership {
        member: member.id.clone(),
        connector: ConnectorId::parse("central").expect("an id"),
        key: LocalKey::new("key").expect("a key"),
        class: Class::parse("A").expect("a class"),
        category: None,
        affiliation: std::collections::BTreeSet::new(),
        standing: Standing::Good,
        valid_until: None,
        evidence: Evidence::PasswordChecked,
    };
    let now = crate::testing::NOON;
    let context = Context { now, auth_time: now, shared_computer: false };
    Facts::of(policy, &membership, &member, &service, &context)
}

#[test]
fn the_same_facts_are_weighed_once_a_version() {
    let policy = PolicySet::open();
    let verdicts = Verdicts::default();
    let weighed = Cell::new(0);
    let weigh = |version, service: &str| {
        verdicts.weigh(version, facts(service, &policy), |facts| {
            weighed.set(weighed.get() + 1);
            policy.weigh(facts)
        });
    };
    weigh(1, "ill");
    weigh(1, "ill");
    assert_eq!(weighed.get(), 1);
    weigh(1, "opac");
    assert_eq!(weighed.get(), 2, "another service");
    weigh(2, "ill");
    assert_eq!(weighed.get(), 3, "another version");
    // A request that began under the old version neither reads nor fills the new cache.
    weigh(1, "ill");
    weigh(1, "ill");
    assert_eq!(weighed.get(), 5);
    weigh(2, "ill");
    assert_eq!(weighed.get(), 5);
}

#[test]
fn the_cache_is_bounded() {
    let policy = PolicySet::open();
    let verdicts = Verdicts::default();
    for n in 0..=MOST_VERDICTS {
        verdicts.weigh(1, facts(&format!("s{n}"), &policy), |facts| policy.weigh(facts));
    }
    assert!(verdicts.0.read().expect("unpoisoned").verdicts.len() <= MOST_VERDICTS);
}

/// Member, service and reader are looked at again at every answer, beside the cache.
#[tokio::test]
async fn what_was_cut_off_since_is_not_answered_any_more() {
    let hub = hub().await;
    let reader = hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    browser.start(&opac()).await.redirect();
    hub.durable.suspend_reader(&reader, hub.moment().now).await.expect("a store");
    assert_eq!(browser.start(&opac()).await.code(), code::LOG_READER_SUSPENDED);
    hub.durable.lift_suspension(&reader).await.expect("a store");
    browser.start(&opac()).await.redirect();

    let suspended = crate::testing::hub::AA.replace("\"live\"", "\"suspended\"");
    hub.change(&[("members/aa.toml", &suspended)]).await;
    assert_eq!(browser.start(&opac()).await.code(), code::LOG_MEMBER_CLOSED);
    let silent = crate::testing::requests::prompting(Prompt::Never);
    assert!(browser.start(&silent).await.redirect().ends_with("LOG-013"));

    let moved = crate::testing::hub::AA.replace("kind = ", "id = \"other\"\nkind = ");
    hub.change(&[("members/aa.toml", &moved)]).await;
    assert_eq!(browser.start(&opac()).await.code(), code::LOG_SESSION_GONE);
}

#[tokio::test]
async fn a_refused_right_says_whose_and_why() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    hub.change(&[("policy/closed.cedar", CLOSED)]).await;
    let mut browser = hub.browser();
    let refused = browser.log_in(&opac(), "aa", "reader-a").await.refused();
    assert_eq!(refused.refusal.meaning(), model::Meaning::Denied);
    assert_eq!(refused.refusal.detail().member, Some(crate::testing::requests::member("aa")));
    assert_eq!(refused.refusal.detail().service, Some(opac().service));
    // The login itself went well: the session runs, and other services are open or not by policy.
    let moment = hub.moment();
    let inbound = browser.inbound();
    let found = hub.login.browser_session(&inbound, &moment).await.expect("a store");
    assert!(found.is_some());
    let code = model::LoginCode::draw(&moment.entropy);
    let again =
        hub.login.continue_with(Source::Browser(&inbound), &opac().service, &moment, code).await;
    assert!(again.is_err());
    let service = ill().service;
    let open = hub.login.continue_with(Source::Browser(&inbound), &service, &moment, code);
    assert!(matches!(open.await, Ok(Continued::Ready(_))));
}

#[tokio::test]
async fn a_service_that_wants_a_young_login_sends_back_to_the_same_library() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    hub.change(&[("policy/young.cedar", YOUNG)]).await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    browser.start(&opac()).await.redirect();
    hub.clock.pass_s(601);
    let silent = LoginRequest { prompt: Prompt::Never, ..opac() };
    assert!(browser.start(&silent).await.redirect().ends_with("LOG-020"));
    let old = browser.cookies[crate::cookies::SESSION].0.clone();
    let session = hub.login.browser_session(&browser.inbound(), &hub.moment()).await;
    let session = session.expect("a store").expect("a session");
    let service = hub.registry.current().service(&opac().service).cloned().expect("a service");
    assert!(matches!(hub.login.preview(&session, &service, &hub.moment()), Preview::Needs(_)));
    let handle = browser.start(&opac()).await.form();
    let url = browser.password(&handle, "reader-a", crate::testing::hub::PASSWORD).await;
    assert!(url.redirect().starts_with("https://svc.test/opac"));
    assert_ne!(browser.cookies[crate::cookies::SESSION].0, old);
}

#[tokio::test]
async fn the_portal_sees_what_would_be_answered() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    let session = hub.login.browser_session(&browser.inbound(), &hub.moment()).await;
    let session = session.expect("a store").expect("a session");
    let service = hub.registry.current().service(&opac().service).cloned().expect("a service");
    let preview = || hub.login.preview(&session, &service, &hub.moment());
    assert!(matches!(preview(), Preview::Allowed { .. }));
    hub.change(&[("policy/closed.cedar", CLOSED)]).await;
    let Preview::Refused { code, reasons } = preview() else { panic!("refused") };
    assert!(code.as_str().starts_with("POL-") && !reasons.is_empty());
    let suspended = crate::testing::hub::AA.replace("\"live\"", "\"suspended\"");
    hub.change(&[("members/aa.toml", &suspended)]).await;
    let Preview::Refused { code, .. } = preview() else { panic!("refused") };
    assert_eq!(code, code::LOG_MEMBER_CLOSED);
}

const CLOSED: &str = r#"
@id("open") @reason_zh("开放") @reason_en("Open to all")
permit (principal, action == Action::"enter", resource);
@id("closed") @reason_zh("暂不开放") @reason_en("Closed for now")
forbid (principal, action == Action::"enter", resource == Service::"opac");
"#;

const YOUNG: &str = r#"
@id("open") @reason_zh("开放") @reason_en("Open to all")
permit (principal, action == Action::"enter", resource == Service::"ill");
@id("young") @reason_zh("需重新登录") @reason_en("After a fresh login") @max_age_s("600")
permit (principal, action == Action::"enter", resource == Service::"opac");
"#;
