use crate::testing::hub::{Outcome, hub, hub_with, start_path};
use crate::testing::requests::{ill, member, opac, prompting};
use crate::testing::{campus, hub::PUBLIC};
use model::{LoginRequest, Next, Prompt, SameSite, code};

#[tokio::test]
async fn one_login_opens_every_service() {
    let hub = hub().await;
    let id = hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    let url = browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    assert_eq!(url, format!("https://svc.test/ill?reader={id}&member=aa&reply=r1"));
    let url = browser.start(&opac()).await.redirect();
    assert_eq!(url, format!("https://svc.test/opac?reader={id}&member=aa&reply=r1"));
}

#[tokio::test]
async fn starting_a_login_writes_nothing() {
    let hub = hub().await;
    let before = std::fs::read_dir(hub.folder.join("data")).expect("a folder");
    let sizes = |dir: std::fs::ReadDir| -> Vec<_> {
        let mut all: Vec<_> = dir
            .map(|entry| entry.expect("an entry"))
            .map(|entry| (entry.file_name(), entry.metadata().expect("metadata").len()))
            .collect();
        all.sort();
        all
    };
    let before = sizes(before);
    for _ in 0..20 {
        let handle = hub.browser().start(&ill()).await.discovery();
        assert_eq!(handle.len(), 22);
    }
    let after = sizes(std::fs::read_dir(hub.folder.join("data")).expect("a folder"));
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_post_is_sealed_and_taken_up_by_a_get_which_carries_the_session() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    // The service posts across sites: the Lax session cookie does not come along.
    let url = browser.post_from(&start_path(&opac()), &[], "cross-site").await.redirect();
    let path = url.strip_prefix(PUBLIC).expect("our own address").to_owned();
    assert!(path.starts_with("/login?h="), "{path}");
    assert!(browser.get(&path).await.redirect().starts_with("https://svc.test/opac?"));
    // It was used up by its answer, and its state is gone from the browser.
    assert!(browser.state_names().is_empty());
    assert_eq!(browser.get(&path).await.code(), code::LOG_STATE_MISSING);
}

#[tokio::test]
async fn prompt_none_is_answered_at_once_with_the_protocols_error() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    let silent = prompting(Prompt::Never);
    let url = browser.start(&silent).await.redirect();
    assert_eq!(url, "https://svc.test/error?code=LOG-020");
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    assert!(browser.start(&silent).await.redirect().starts_with("https://svc.test/ill?"));
}

#[tokio::test]
async fn a_refusal_shows_our_page_first_with_the_error_on_its_button() {
    let hub = hub().await;
    let closed = LoginRequest { protocol: "probe".into(), member: Some(member("bb")), ..ill() };
    hub.change(&[("members/bb.toml", CLOSED)]).await;
    let refused = hub.browser().start(&closed).await.refused();
    assert_eq!(refused.refusal.code(), code::LOG_MEMBER_CLOSED);
    assert_eq!(refused.refusal.detail().member, Some(member("bb")));
    assert_eq!(refused.status, 403);
    let Some(Next::Redirect(back)) = refused.back.as_deref() else { panic!("a way back") };
    assert_eq!(back, "https://svc.test/error?code=LOG-013");
}

const CLOSED: &str = "id = \"bb\"\nname = { zh = \"乙\", en = \"B\" }\nclass = \"B\"\n\
    status = \"suspended\"\n[[connector]]\nkind = \"central\"\n";

#[tokio::test]
async fn a_suspended_or_unknown_service_starts_nothing() {
    let hub = hub().await;
    let unknown = LoginRequest { service: model::ServiceId::parse("nn").expect("an id"), ..ill() };
    assert_eq!(hub.browser().start(&unknown).await.code(), code::LOG_UNKNOWN_SERVICE);
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    hub.change(&[("services/opac.toml", SUSPENDED)]).await;
    assert_eq!(browser.start(&opac()).await.code(), code::LOG_SERVICE_SUSPENDED);
    let posted = browser.post_from(&start_path(&opac()), &[], "cross-site").await;
    assert_eq!(posted.code(), code::LOG_SERVICE_SUSPENDED);
}

const SUSPENDED: &str = "id = \"opac\"\nname = { zh = \"目录\", en = \"Catalogue\" }\n\
    status = \"suspended\"\n[oidc]\nclient_id = \"opac\"\nredirect_uris = [\"https://svc.test/o\"]\n";

#[tokio::test]
async fn a_named_member_skips_discovery_and_a_session_elsewhere_is_good_enough() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    let named = LoginRequest { member: Some(member("bb")), ..ill() };
    browser.start(&named).await.form();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    assert!(browser.start(&named).await.redirect().contains("member=aa"));
    // One that is not known is no reason to turn the reader away.
    let nobody = LoginRequest { member: Some(member("zz")), ..ill() };
    hub.browser().start(&nobody).await.discovery();
}

#[tokio::test]
async fn a_virtual_identity_provider_answers_from_its_own_member_only() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    hub.account("bb", "reader-b").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    let only = LoginRequest { only_member: Some(member("bb")), ..ill() };
    let handle = browser.start(&only).await.form();
    let silent = LoginRequest { prompt: Prompt::Never, ..only.clone() };
    assert!(browser.start(&silent).await.redirect().ends_with("LOG-020"));
    // Another library cannot be chosen for it.
    let other = browser.get(&format!("/login?h={handle}&member=aa")).await;
    assert_eq!(other.code(), code::LOG_WRONG_MEMBER);
    let url = browser.password(&handle, "reader-b", crate::testing::hub::PASSWORD).await.redirect();
    assert!(url.contains("member=bb"), "{url}");
}

#[tokio::test]
async fn the_only_usable_library_is_asked_without_a_choice() {
    let hub = hub().await;
    hub.change(&[("members/bb.toml", CLOSED)]).await;
    hub.browser().start(&ill()).await.form();
}

#[tokio::test]
async fn force_and_choice_do_not_answer_from_the_session() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    browser.start(&prompting(Prompt::Login)).await.discovery();
    browser.start(&prompting(Prompt::SelectAccount)).await.discovery();
}

#[tokio::test]
async fn max_age_is_kept_to() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    let young = LoginRequest { max_age_s: Some(600), ..opac() };
    hub.clock.pass_s(600);
    browser.start(&young).await.redirect();
    hub.clock.pass_s(1);
    browser.start(&young).await.discovery();
    assert!(browser.start(&opac()).await.redirect().starts_with("https://svc.test/opac"));
}

#[tokio::test]
async fn a_forced_login_asks_the_campus_by_force() {
    let hub = campus::hub().await;
    let forced = LoginRequest { member: Some(member("cc")), ..prompting(Prompt::Login) };
    let asked = campus::Asked::of(hub.browser().start(&forced).await);
    assert!(asked.xml.contains("ForceAuthn=\"true\""), "{}", asked.xml);
    let plain = LoginRequest { prompt: Prompt::AsNeeded, ..forced };
    let asked = campus::Asked::of(hub.browser().start(&plain).await);
    assert!(!asked.xml.contains("ForceAuthn=\"true\""), "{}", asked.xml);
}

#[tokio::test]
async fn the_back_button_leads_to_another_library_and_separate_tabs_do_not_collide() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    hub.account("bb", "reader-b").await;
    let mut browser = hub.browser();
    let first = browser.start(&ill()).await.discovery();
    let other_tab = browser.start(&opac()).await.discovery();
    let wrong = browser.get(&format!("/login?h={first}&member=bb")).await.form();
    // Back, and another one from the same page.
    let right = browser.get(&format!("/login?h={first}&member=aa")).await.form();
    assert_ne!(wrong, right);
    // A form leads back to the choice as well.
    assert_eq!(browser.get(&format!("/login?h={right}")).await.discovery(), right);
    let url = browser.password(&right, "reader-a", crate::testing::hub::PASSWORD).await.redirect();
    assert!(url.starts_with("https://svc.test/ill?"), "{url}");
    // The other tab goes on, now by the session.
    let url = browser.get(&format!("/login?h={other_tab}")).await.redirect();
    assert!(url.starts_with("https://svc.test/opac?"), "{url}");
}

#[tokio::test]
async fn a_login_without_cookies_says_what_was_lost() {
    let hub = hub().await;
    let handle = hub.browser().start(&ill()).await.discovery();
    let path = format!("/login?h={handle}&member=aa");
    assert_eq!(hub.browser().get(&path).await.code(), code::LOG_NO_COOKIE);
    let mut other = hub.browser();
    other.start(&opac()).await.discovery();
    assert_eq!(other.get(&path).await.code(), code::LOG_STATE_MISSING);
    for path in ["/login", "/login?h=", "/login?h=%FF", "/login?h=a&h=b", "/login?h=!!"] {
        assert!(matches!(hub.browser().get(path).await, Outcome::Refused(_)), "{path}");
    }
}

#[tokio::test]
async fn a_state_that_was_carried_to_another_browser_is_refused() {
    let hub = hub().await;
    let mut victim = hub.browser();
    victim.start(&opac()).await.discovery();
    let mut attacker = hub.browser();
    let handle = attacker.start(&ill()).await.discovery();
    for name in attacker.state_names() {
        let value = attacker.cookies[name].clone();
        victim.cookies.insert(name.to_owned(), value);
    }
    let path = format!("/login?h={handle}&member=aa");
    assert_eq!(victim.get(&path).await.code(), code::LOG_STATE_MISSING);
    attacker.get(&path).await.form();
}

#[tokio::test]
async fn an_old_state_has_expired() {
    let hub = hub().await;
    let mut browser = hub.browser();
    let handle = browser.start(&ill()).await.discovery();
    hub.clock.pass_s(601);
    let late = browser.get(&format!("/login?h={handle}&member=aa")).await;
    assert_eq!(late.code(), code::LOG_STATE_EXPIRED);
}

#[tokio::test]
async fn unknown_libraries_and_codes_are_named() {
    let hub = hub().await;
    let mut browser = hub.browser();
    let handle = browser.start(&ill()).await.discovery();
    let unknown = browser.get(&format!("/login?h={handle}&member=zz")).await;
    assert_eq!(unknown.code(), code::LOG_UNKNOWN_MEMBER);
    browser.get(&format!("/login?h={handle}&tenant=aa")).await.form();
}

#[tokio::test]
async fn the_cookies_of_a_login_cross_sites_and_the_sessions_does_not() {
    let hub = hub().await;
    hub.account("aa", "reader-a").await;
    let mut browser = hub.browser();
    browser.start(&ill()).await.discovery();
    assert!(browser.cookies.values().all(|(_, same_site)| *same_site == SameSite::None));
    browser.log_in(&ill(), "aa", "reader-a").await.redirect();
    assert_eq!(browser.cookies[crate::cookies::SESSION].1, SameSite::Lax);
}

/// A new hub tells its operator what to do; an empty choice would not.
#[tokio::test]
async fn where_no_library_can_be_chosen_the_operator_is_told() {
    let applied = |id: &str| {
        format!("id = '{id}'\nname = {{ zh = '馆' }}\nclass = 'A'\nstatus = 'applied'\n")
    };
    let (aa, bb) = (applied("aa"), applied("bb"));
    let hub = hub_with(&[("members/aa.toml", &aa), ("members/bb.toml", &bb)]).await;
    let outcome = hub.browser().start(&ill()).await;
    let refused = outcome.refused();
    assert_eq!(refused.refusal.code(), code::REG_EMPTY);
    assert!(refused.refusal.detail().reasons.iter().any(|r| r.en.contains("readerpass apply")));
}
