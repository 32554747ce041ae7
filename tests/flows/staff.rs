//! A librarian at the desk, an operator at the console: from the account to the answer.

use crate::harness::authenticator::Authenticator;
use crate::harness::oidc::authorize;
use crate::harness::staff::{
    App, acts, employ, enrol, enrol_passkey, look_up, passkey_options, past_password, press,
    type_code,
};
use crate::harness::world::{HUB, PASSWORD, World, sign_in};
use store::Role;

#[tokio::test]
async fn an_operator_sets_up_a_second_factor_and_reaches_the_console() {
    let world = World::new().await;
    employ(&world.hub, None, "operator-1", Some(Role::Operator)).await;
    let mut browser = world.browser();
    let (app, recovery, console) = enrol(&world, &mut browser, "/admin", "operator-1").await;
    assert_eq!((console.status.as_u16(), console.url.path()), (200, "/admin"), "{}", console.body);
    assert!(
        console.body.contains("运行总览") && console.body.contains("馆际互借"),
        "{}",
        console.body
    );
    assert_eq!(recovery.len(), 10);
    let members = browser.get(&format!("{HUB}/admin/members")).await;
    assert!(members.body.contains("南京大学图书馆"), "{}", members.body);
    assert!(members.body.contains("剩 "), "no days of a certificate: {}", members.body);
    let again = browser.get(&format!("{HUB}/admin")).await;
    assert_eq!(again.url.path(), "/admin", "asked again: {}", again.body);

    // The next login asks for the code, and not for a new factor.
    world.clock.forward_s(60);
    let mut other = world.browser();
    let asked = past_password(&mut other, "/admin", "operator-1").await;
    assert!(!asked.body.contains("class=\"secret\""), "a second enrolment: {}", asked.body);
    let arrived = type_code(&mut other, &asked, &app.shows(&world, 0)).await;
    assert_eq!(arrived.url.path(), "/admin", "{}", arrived.body);
}

#[tokio::test]
async fn a_lost_phone_is_replaced_by_a_recovery_code_and_then_by_the_command() {
    let world = World::new().await;
    employ(&world.hub, None, "operator-1", Some(Role::Operator)).await;
    let mut browser = world.browser();
    let (_, recovery, _) = enrol(&world, &mut browser, "/admin", "operator-1").await;
    let mut other = world.browser();
    let asked = past_password(&mut other, "/admin", "operator-1").await;
    let arrived = type_code(&mut other, &asked, &recovery[0]).await;
    assert_eq!(arrived.url.path(), "/admin", "{}", arrived.body);

    world
        .hub
        .installation
        .accounts
        .forget_factor(None, "operator-1", None)
        .await
        .expect("forgotten");
    let gone = other.get(&format!("{HUB}/admin")).await;
    assert_eq!(gone.url.path(), "/admin", "{}", gone.body);
    assert!(gone.body.contains("name=\"password\""), "the session stayed: {}", gone.body);
    let anew = sign_in(&mut other, &gone, "operator-1", PASSWORD).await;
    App::scanned(&anew);
}

#[tokio::test]
async fn an_operator_works_with_a_passkey_and_adds_an_app_after_it() {
    let world = World::new().await;
    employ(&world.hub, None, "operator-1", Some(Role::Operator)).await;
    let mut key = Authenticator::new(HUB);
    let mut browser = world.browser();
    let (recovery, console) = enrol_passkey(&mut browser, "/admin", "operator-1", &mut key).await;
    assert_eq!((console.url.path(), recovery.len()), ("/admin", 10), "{}", console.body);

    let mut other = world.browser();
    let asked = past_password(&mut other, "/admin", "operator-1").await;
    let mut form = asked.form("passkey");
    form.set("passkey", &key.get(&passkey_options(&asked)));
    form.set("add", "1");
    let adding = other.submit(&asked, &form).await;
    let app = App::scanned(&adding);
    let arrived = type_code(&mut other, &adding, &app.shows(&world, 0)).await;
    assert_eq!(arrived.url.path(), "/admin", "{}", arrived.body);

    world.clock.forward_s(60);
    for way in 0..3 {
        let mut browser = world.browser();
        let asked = past_password(&mut browser, "/admin", "operator-1").await;
        let arrived = match way {
            0 => press(&mut browser, &asked, &key.get(&passkey_options(&asked))).await,
            1 => type_code(&mut browser, &asked, &app.shows(&world, 0)).await,
            _ => type_code(&mut browser, &asked, &recovery[0]).await,
        };
        assert_eq!(arrived.url.path(), "/admin", "way {way}: {}", arrived.body);
    }
}

/// Why can't the reader get in? One sentence, what to do, the steps; and it is written down.
#[tokio::test]
async fn a_librarian_finds_why_a_reader_of_the_own_library_was_refused() {
    let world = World::new().await;
    employ(&world.hub, Some("union"), "librarian-1", Some(Role::Librarian)).await;
    let mut reader = world.browser();
    let form = reader.get(&authorize(&[("member", "union")])).await;
    let accounts = &world.hub.installation.accounts;
    let union = model::MemberId::parse("union").expect("an id");
    let set = accounts.set_standing(Some(&union), "reader-a", model::Standing::Suspended).await;
    set.expect("suspended");
    let refused = sign_in(&mut reader, &form, "reader-a", PASSWORD).await;
    let code = refused.login_code().expect("a login code");

    let mut browser = world.browser();
    let (_, _, desk) = enrol(&world, &mut browser, "/desk?member=union", "librarian-1").await;
    assert_eq!((desk.status.as_u16(), desk.url.path()), (200, "/desk"), "{}", desk.body);
    let found = look_up(&mut browser, &desk, &code.to_lowercase()).await;
    assert!(found.body.contains("LOG-022"), "{}", found.body);
    assert!(found.body.contains("馆际互借") && found.body.contains("没有成功"), "{}", found.body);
    assert!(found.body.contains("怎么办"), "{}", found.body);
    for personal in ["Reader A", "mail.test", "000-0000"] {
        assert!(!found.body.contains(personal), "{personal}: {}", found.body);
    }
    let found = look_up(&mut browser, &desk, "READER-A").await;
    assert!(found.body.contains("停用"), "the reader's standing: {}", found.body);
    assert!(!found.body.contains("Reader A") && !found.body.contains("mail.test"));
    let nobody = look_up(&mut browser, &desk, "reader-jia").await;
    assert!(nobody.body.contains("没有找到"), "{}", nobody.body);

    let tried = browser.get(&format!("{HUB}/desk/explain?service=ill&class=B&standing=good")).await;
    assert!(tried.body.contains("可以进入"), "{}", tried.body);
    let acts = acts(&world, "desk.looked_up");
    assert_eq!(acts, 3, "lookups written down");
}

/// A library with a login of its own has librarians too: they work with an account at the hub.
#[tokio::test]
async fn a_librarian_of_a_campus_works_with_an_account_at_the_hub() {
    let world = World::new().await;
    employ(&world.hub, Some("nju"), "librarian-2", Some(Role::Head)).await;
    let mut browser = world.browser();
    let choice = browser.get(&format!("{HUB}/desk")).await;
    let link = choice.link("member=nju");
    let form = browser.click(&choice, &link).await;
    assert_eq!(form.url.host_str(), Some("hub.test"), "sent to the campus: {}", form.body);
    let page = sign_in(&mut browser, &form, "librarian-2", PASSWORD).await;
    let app = App::scanned(&page);
    let shown = type_code(&mut browser, &page, &app.shows(&world, 0)).await;
    let form = shown.form("handle");
    let desk = browser.submit(&shown, &form).await;
    assert!(desk.body.contains("南京大学图书馆"), "{}", desk.body);
}
