//! Desk and console against those who have no business there (rules 5, 11, 14).

use crate::harness::browser::{Browser, Seen};
use crate::harness::oidc::{authorize, code_of};
use crate::harness::saml::{acme_answer, post_to_acs, signed};
use crate::harness::staff::{App, employ, enrol, look_up, past_password, type_code};
use crate::harness::world::{HUB, PASSWORD, World, acme_key, sign_in};
use store::Role;

async fn operator(world: &World) -> (App, Browser) {
    employ(&world.hub, None, "operator-1", Some(Role::Operator)).await;
    let mut browser = world.browser();
    let (app, _, _) = enrol(world, &mut browser, "/admin", "operator-1").await;
    (app, browser)
}

fn is_console(page: &Seen) -> bool {
    page.body.contains("运行总览")
}

/// A refused login of a reader of `union`, by its code.
async fn refused_login(world: &World) -> String {
    let mut reader = world.browser();
    let form = reader.get(&authorize(&[("member", "union")])).await;
    let mut page = sign_in(&mut reader, &form, "reader-b", PASSWORD).await;
    code_of(&page);
    page = reader.get(&authorize(&[("prompt", "login"), ("member", "union")])).await;
    for _ in 0..11 {
        page = sign_in(&mut reader, &page, "reader-b", "wrong").await;
        if let Some(code) = page.login_code() {
            return code;
        }
    }
    panic!("never refused: {}", page.body);
}

#[tokio::test]
async fn a_librarian_sees_no_login_of_another_library() {
    let world = World::new().await;
    let code = refused_login(&world).await;
    employ(&world.hub, Some("nju"), "librarian-n", Some(Role::Librarian)).await;
    employ(&world.hub, Some("union"), "librarian-u", Some(Role::Librarian)).await;
    let mut theirs = world.browser();
    let (_, _, desk) = enrol(&world, &mut theirs, "/desk?member=union", "librarian-u").await;
    let own = look_up(&mut theirs, &desk, &code).await;
    assert!(own.body.contains("ACC-002"), "the own librarian: {}", own.body);

    let mut others = world.browser();
    let (_, _, desk) = enrol(&world, &mut others, "/desk?member=nju", "librarian-n").await;
    let foreign = look_up(&mut others, &desk, &code).await;
    let unknown = look_up(&mut others, &desk, "2222-2222").await;
    assert!(!foreign.body.contains("ACC-002"), "another library's login: {}", foreign.body);
    let plain = |page: &Seen, sought: &str| page.body.replace(sought, "");
    assert_eq!(plain(&foreign, &code), plain(&unknown, "2222-2222"), "one can tell them apart");
    let reader = look_up(&mut others, &desk, "reader-b").await;
    assert!(reader.body.contains("没有找到"), "another library's reader: {}", reader.body);
    let mut form = desk.form("q");
    form.fields.push(("member".to_owned(), "union".to_owned()));
    form.set("q", "reader-b");
    let named = others.submit(&desk, &form).await;
    assert!(named.body.contains("没有找到"), "by a field of the console: {}", named.body);
    let console = others.get(&format!("{HUB}/admin")).await;
    assert!(!is_console(&console), "a librarian at the console");
}

#[tokio::test]
async fn a_role_holds_at_its_own_member_only() {
    let world = World::new().await;
    employ(&world.hub, Some("union"), "librarian-u", Some(Role::Head)).await;
    employ(&world.hub, None, "operator-1", Some(Role::Operator)).await;
    for (path, login) in [
        ("/desk?member=nju", "librarian-u"),
        ("/desk?member=union", "operator-1"),
        ("/admin", "librarian-u"),
    ] {
        let mut browser = world.browser();
        let page = past_password(&mut browser, path, login).await;
        assert!(page.body.contains("密码不正确"), "{login} at {path}: {}", page.body);
    }
}

#[tokio::test]
async fn a_reader_without_a_role_gets_no_further_than_the_password() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = past_password(&mut browser, "/desk?member=union", "reader-a").await;
    assert!(page.body.contains("ACC-009") && page.login_code().is_some(), "{}", page.body);
    assert!(browser.cookie("hub.test", "__Host-rp_sid").is_none(), "a session");
}

#[tokio::test]
async fn a_role_without_its_second_factor_gives_nothing() {
    let world = World::new().await;
    employ(&world.hub, None, "operator-1", Some(Role::Operator)).await;
    let mut browser = world.browser();
    let page = past_password(&mut browser, "/admin", "operator-1").await;
    assert!(browser.cookie("hub.test", "__Host-rp_sid").is_none(), "a session by password alone");
    let wrong = type_code(&mut browser, &page, "000000").await;
    assert!(wrong.body.contains("验证码不正确"), "{}", wrong.body);
    let console = browser.get(&format!("{HUB}/admin")).await;
    assert!(!is_console(&console), "{}", console.body);
    assert!(browser.cookie("hub.test", "__Host-rp_sid").is_none(), "a session by a wrong code");
}

/// The same account logged in as a reader, by the library's own sign-in, has no role there.
#[tokio::test]
async fn a_readers_session_opens_neither_room_and_one_at_work_opens_no_service() {
    let world = World::new().await;
    employ(&world.hub, Some("union"), "librarian-u", Some(Role::Librarian)).await;
    let mut browser = world.browser();
    let (_, _, desk) = enrol(&world, &mut browser, "/desk?member=union", "librarian-u").await;
    assert_eq!(desk.url.path(), "/desk");
    let silent = browser.get(&authorize(&[("prompt", "none")])).await;
    assert_eq!(silent.query("error").as_deref(), Some("login_required"), "{}", silent.url);

    let mut reading = world.browser();
    let form = reading.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut reading, &form, "librarian-u", PASSWORD).await);
    for path in ["/desk", "/desk/explain", "/admin", "/admin/members", "/admin/explain"] {
        let page = reading.get(&format!("{HUB}{path}")).await;
        assert!(!page.body.contains("action=\"/desk"), "{path}: {}", page.body);
        assert!(!page.body.contains("action=\"/admin") && !is_console(&page), "{path}");
    }
}

#[tokio::test]
async fn a_code_is_good_once_and_not_for_long() {
    let world = World::new().await;
    let (app, _) = operator(&world).await;
    world.clock.forward_s(60);
    let code = app.shows(&world, 0);
    let mut first = world.browser();
    let asked = past_password(&mut first, "/admin", "operator-1").await;
    assert!(is_console(&type_code(&mut first, &asked, &code).await));
    let mut thief = world.browser();
    let asked = past_password(&mut thief, "/admin", "operator-1").await;
    let replayed = type_code(&mut thief, &asked, &code).await;
    assert!(replayed.body.contains("验证码不正确"), "replayed: {}", replayed.body);
    for ahead in [-90, 90] {
        let stale = type_code(&mut thief, &replayed, &app.shows(&world, ahead)).await;
        assert!(stale.body.contains("验证码不正确"), "{ahead}: {}", stale.body);
    }
    assert!(thief.cookie("hub.test", "__Host-rp_sid").is_none(), "a session");
}

#[tokio::test]
async fn guesses_at_a_code_are_limited_over_all_logins() {
    let world = World::new().await;
    let (app, _) = operator(&world).await;
    world.clock.forward_s(60);
    for round in 0..3_u8 {
        let mut thief = world.browser();
        thief.address.set_ip([198, 51, 100, round].into());
        let mut page = past_password(&mut thief, "/admin", "operator-1").await;
        for _ in 0..5 {
            if page.body.contains("name=\"otp\"") {
                page = type_code(&mut thief, &page, "000000").await;
            }
        }
    }
    let mut browser = world.browser();
    let asked = past_password(&mut browser, "/admin", "operator-1").await;
    let late = type_code(&mut browser, &asked, &app.shows(&world, 0)).await;
    assert!(late.body.contains("ACC-002"), "{}", late.body);
}

#[tokio::test]
async fn a_role_taken_away_is_gone_with_the_next_press() {
    let world = World::new().await;
    let (_, mut browser) = operator(&world).await;
    let accounts = &world.hub.installation.accounts;
    let account = accounts.find(None, "operator-1").await.expect("a store").expect("there");
    let durable = &world.hub.installation.durable;
    // Not by the command, which ends sessions too: the page itself must look.
    assert!(durable.forget_second_factor(&account.id).await.expect("forgotten"));
    let page = browser.get(&format!("{HUB}/admin")).await;
    assert!(!is_console(&page) && page.body.contains("ACC-009"), "{}", page.body);
}

/// Rule 5: an answer that nobody asked for never serves desk or console.
#[tokio::test]
async fn no_start_from_outside_opens_desk_or_console() {
    let world = World::new().await;
    for target in ["desk", "console"] {
        let mut browser = world.browser();
        let xml = signed(&acme_answer(&world.clock, None), acme_key());
        let seen = post_to_acs(&mut browser, &xml, Some(target)).await;
        assert!(seen.body.contains("LOG-030"), "{target}: {}", seen.body);
    }
    let mut browser = world.browser();
    let xml = signed(&acme_answer(&world.clock, None), acme_key());
    post_to_acs(&mut browser, &xml, Some("ill")).await;
    for path in ["/desk", "/admin"] {
        let page = browser.get(&format!("{HUB}{path}")).await;
        assert!(
            !page.body.contains("action=\"/desk") && !is_console(&page),
            "{path}: {}",
            page.body
        );
    }
}

/// A page elsewhere must not make a librarian's browser look people up.
#[tokio::test]
async fn another_site_cannot_press_the_button_of_the_desk() {
    let world = World::new().await;
    let (_, mut browser) = operator(&world).await;
    let fields = [("q", "reader-a"), ("member", "union")];
    let seen = browser.post(&format!("{HUB}/admin"), &fields, "https://evil.test/").await;
    assert!(seen.body.contains("WEB-006"), "{}", seen.body);
}
