//! `account create`, and the first login with what it printed.

use super::{installation, run};
use crate::harness::oidc::{authorize, code_of};
use crate::harness::world::{World, sign_in};

#[test]
fn an_operator_belongs_to_no_member_and_gets_a_password_to_be_changed() {
    let hub = installation();
    let ended =
        run(hub.path(), &["account", "create", "--login", "first-operator", "--role", "operator"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("one-time password"), "{ended:?}");
    assert!(ended.out.contains("second factor"), "{ended:?}");
    let again =
        run(hub.path(), &["account", "create", "--login", "first-operator", "--role", "operator"]);
    assert_eq!(again.code, 1, "a login name was given twice: {again:?}");
    let json =
        run(hub.path(), &["--json", "account", "create", "--login", "second", "--role", "auditor"])
            .json();
    let password = json["one_time_password"].as_str().expect("a password");
    assert!(password.len() >= 12, "a one-time password of {} characters", password.len());
}

#[test]
fn a_members_account_needs_a_known_member_and_a_good_password() {
    let hub = installation();
    let create = |further: &[&str]| {
        let mut arguments = vec!["account", "create", "--login", "reader-x"];
        arguments.extend(further);
        run(hub.path(), &arguments)
    };
    let unknown = create(&["--member", "nowhere"]);
    assert!(unknown.code == 1 && unknown.err.contains("nowhere"), "{unknown:?}");
    for weak in ["12345678", "password", "reader-x", "short", ""] {
        hub.write("weak", weak);
        let file = hub.path().join("weak");
        let file = file.to_str().expect("UTF-8");
        let ended = create(&["--member", "union", "--password-file", file]);
        assert_eq!(ended.code, 1, "`{weak}` was taken: {ended:?}");
    }
    hub.write("good", "tomato-harbour-41\n");
    let file = hub.path().join("good");
    let ended = create(&["--member", "union", "--password-file", file.to_str().expect("UTF-8")]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(!ended.out.contains("one-time") && !ended.out.contains("tomato"), "{ended:?}");
}

/// Rule 10: whoever printed the password knows it, so it is good for its own change only.
#[tokio::test]
async fn an_issued_password_must_be_changed_at_the_first_login() {
    let world = World::new().await;
    let arguments = ["--json", "account", "create", "--member", "union", "--login", "reader-new"];
    let created = run(world.hub.folder.path(), &arguments).json();
    let issued = created["one_time_password"].as_str().expect("a password").to_owned();

    let mut browser = world.browser();
    let page = browser.get(&authorize(&[("member", "union")])).await;
    let change = sign_in(&mut browser, &page, "reader-new", &issued).await;
    assert!(!change.outside, "the issued password was enough");
    assert!(browser.cookie("hub.test", "__Host-rp_sid").is_none(), "a session before the change");
    for (new, repeat) in
        [("pear-lantern-83", "pear-lantern-84"), ("12345678", "12345678"), (&*issued, &*issued)]
    {
        let mut form = change.form("new_password");
        form.set("new_password", new);
        form.set("repeat_password", repeat);
        let seen = browser.clone().submit(&change, &form).await;
        assert!(!seen.outside, "`{new}`, `{repeat}` was taken");
    }
    // Of two that change it at once, the second comes too late.
    let mut form = change.form("new_password");
    form.set("new_password", "pear-lantern-83");
    form.set("repeat_password", "pear-lantern-83");
    let mut late = browser.clone();
    code_of(&browser.submit(&change, &form).await);
    let seen = late.submit(&change, &form).await;
    assert!(!seen.outside, "one change gave two logins");

    let mut other = world.browser();
    let page = other.get(&authorize(&[("member", "union")])).await;
    let old = sign_in(&mut other, &page, "reader-new", &issued).await;
    assert!(!old.outside && old.body.contains("不正确"), "{}", old.body);
    code_of(&sign_in(&mut other, &page, "reader-new", "pear-lantern-83").await);
}
