//! `account create`, and the first login with what it printed.

use super::{installation, run};
use crate::harness::authenticator::Authenticator;
use crate::harness::oidc::{authorize, code_of};
use crate::harness::staff::{employ, enrol_passkey};
use crate::harness::world::{HUB, PASSWORD, World, sign_in};
use serde_json::Value;
use store::Role;

#[test]
fn an_operator_belongs_to_no_member_and_gets_a_password_to_be_changed() {
    let hub = installation();
    let ended =
        run(hub.path(), &["account", "create", "--login", "first-operator", "--role", "operator"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("one-time password"), "{ended:?}");
    assert!(ended.out.contains("second factor"), "{ended:?}");
    assert!(ended.out.contains("/admin"), "where to log in: {ended:?}");
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
    // Its readers log in at the campus: an account here would open nothing.
    let campus = create(&["--member", "nju"]);
    assert!(campus.code == 1 && campus.err.contains("central"), "{campus:?}");
    assert!(campus.err.contains("members/nju.toml") && campus.err.contains("--role"), "{campus:?}");
    let staff =
        ["account", "create", "--member", "nju", "--login", "staff-x", "--role", "librarian"];
    assert_eq!(run(hub.path(), &staff).code, 0);
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

/// What is known of the reader is kept, listed, and goes into the login.
#[test]
fn an_account_holds_what_it_was_given_and_refuses_what_makes_no_sense() {
    let hub = installation();
    let create = |login: &str, further: &[&str]| {
        let mut arguments = vec!["account", "create", "--member", "union", "--login", login];
        arguments.extend(further);
        run(hub.path(), &arguments)
    };
    let created = create(
        "reader-k",
        &[
            "--name",
            "读者甲",
            "--mail",
            "reader-k@reader.example",
            "--phone",
            "025-0000-0001",
            "--category",
            "社会读者",
            "--class",
            "B",
            "--valid-until",
            "2999-06-30",
        ],
    );
    assert_eq!(created.code, 0, "{created:?}");
    assert!(!created.out.contains("cannot log in"), "{created:?}");
    for (further, code, says) in [
        (&["--class", "Q"][..], 1, "use one of"),
        (&["--class", "A-1"], 2, "letters or digits"),
        (&["--valid-until", "30.6.2027"], 2, "2027-06-30"),
        (&["--valid-until", "2020-06-30"], 1, "is past"),
        (&["--mail", "reader"], 1, "mail: not a mail address"),
        (&["--phone", "none"], 1, "phone: "),
        (&["--name", " "], 1, "name: empty"),
    ] {
        let ended = create("reader-l", further);
        assert_eq!(ended.code, code, "{further:?}: {ended:?}");
        assert!(ended.err.contains(says), "{further:?}: {ended:?}");
    }
    let typo =
        run(hub.path(), &["account", "create", "--member", "unoin", "--login", "x", "--json"]);
    assert!(typo.code == 1 && typo.err.contains("did you mean union?"), "{typo:?}");
    let operator = ["account", "create", "--login", "x", "--role", "operator", "--class", "A"];
    assert_eq!(run(hub.path(), &operator).code, 2);

    let listed = run(hub.path(), &["--json", "account", "list", "--member", "union"]).json();
    let [row] = listed.as_array().expect("a list").as_slice() else { panic!("{listed:#}") };
    for (key, value) in [
        ("login", "reader-k"),
        ("name", "读者甲"),
        ("mail", "reader-k@reader.example"),
        ("phone", "025-0000-0001"),
        ("category", "社会读者"),
        ("class", "B"),
        ("standing", "good"),
        ("valid_until", "2999-06-30T23:59:59+08:00"),
    ] {
        assert_eq!(row[key], value, "{row:#}");
    }
    assert_eq!(row["must_change_password"], true);
    let text = run(hub.path(), &["account", "list", "--member", "union"]);
    assert!(
        text.out.contains("reader-k  good  class B") && text.err.contains("1 account"),
        "{text:?}"
    );
    assert!(!text.out.contains("argon2"), "{text:?}");
    let none = run(hub.path(), &["--json", "account", "list"]).json();
    assert_eq!(none, serde_json::json!([]));
    let unknown = run(hub.path(), &["account", "list", "--member", "nowhere"]);
    assert!(unknown.code == 1 && unknown.err.contains("nowhere"), "{unknown:?}");
}

/// The sign-in page sends who forgot the password to the librarian: this is what is done there.
#[tokio::test]
async fn a_reset_ends_the_old_password_and_every_session_and_issues_one_to_be_changed() {
    let world = World::new().await;
    let folder = world.hub.folder.path();
    let mut browser = world.browser();
    let page = browser.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut browser, &page, "reader-a", PASSWORD).await);
    code_of(&browser.get(&authorize(&[("member", "union")])).await);

    let reset = ["--json", "account", "reset", "--member", "union", "--login", "READER-A"];
    let json = run(folder, &reset).json();
    assert_eq!(json["sessions_ended"], 1, "{json}");
    let issued = json["one_time_password"].as_str().expect("a password").to_owned();
    let page = browser.get(&authorize(&[("member", "union")])).await;
    assert!(!page.outside, "the session outlived the reset");
    let old = sign_in(&mut browser, &page, "reader-a", PASSWORD).await;
    assert!(!old.outside && old.body.contains("不正确"), "{}", old.body);
    let change = sign_in(&mut browser, &old, "reader-a", &issued).await;
    assert!(!change.outside, "the issued password was enough");
    change.form("new_password");
}

#[tokio::test]
async fn a_suspended_account_is_out_at_once_and_an_unblocked_one_is_in_again() {
    let world = World::new().await;
    let folder = world.hub.folder.path();
    let account = |act: &[&str]| {
        let mut arguments = vec!["--json", "account"];
        arguments.extend(act);
        arguments.extend(["--member", "union", "--login", "reader-a"]);
        run(folder, &arguments)
    };
    let blocked = account(&["block"]).json();
    assert_eq!((&blocked["standing"], &blocked["was"]), (&"blocked".into(), &"good".into()));
    let mut browser = world.browser();
    let page = browser.get(&authorize(&[("member", "union")])).await;
    account(&["unblock"]).json();
    code_of(&sign_in(&mut browser, &page, "reader-a", PASSWORD).await);

    let suspended = account(&["block", "--suspend"]).json();
    assert_eq!(suspended["sessions_ended"], 1, "{suspended}");
    let again = account(&["block"]);
    assert!(again.code == 1 && again.err.contains("unblock"), "blocked lets in again: {again:?}");
    let page = browser.get(&authorize(&[("member", "union")])).await;
    let refused = sign_in(&mut browser, &page, "reader-a", PASSWORD).await;
    assert!(!refused.outside && refused.body.contains("LOG-022"), "{}", refused.body);
    assert_eq!(account(&["unblock"]).json()["was"], "suspended");
    let mut browser = world.browser();
    let page = browser.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut browser, &page, "reader-a", PASSWORD).await);
}

/// Who lost one of two passkeys goes on with the other.
#[tokio::test]
async fn passkeys_are_listed_and_one_is_forgotten_by_its_name() {
    let world = World::new().await;
    let folder = world.hub.folder.path();
    employ(&world.hub, None, "operator-1", Some(Role::Operator)).await;
    let mut key = Authenticator::new(HUB);
    enrol_passkey(&mut world.browser(), "/admin", "operator-1", &mut key).await;
    let listed = || run(folder, &["--json", "account", "list"]).json();
    let factors = listed()[0]["second_factors"].clone();
    assert_eq!(
        (&factors["app"], &factors["recovery_codes_left"]),
        (&Value::Null, &Value::from(10))
    );
    assert_eq!(factors["passkeys"][0]["name"], "passkey");
    let text = run(folder, &["account", "list"]).out;
    assert!(text.contains("passkey `passkey` since ") && text.contains("never used"), "{text}");
    let forget = |name: &str| {
        let arguments = ["account", "forget-factor", "--login", "operator-1", "--passkey", name];
        run(folder, &arguments)
    };
    let unknown = forget("tablet");
    assert!(unknown.code == 1 && unknown.out.contains("`tablet`"), "{unknown:?}");
    let forgotten = forget("passkey");
    assert!(forgotten.code == 0 && forgotten.out.contains("`passkey` forgotten"), "{forgotten:?}");
    assert_eq!(listed()[0]["second_factors"], Value::Null);
    assert!(acts(folder).contains(&"account.passkey_forgotten".to_owned()));
}

/// Rule 11: who was given a new password, and whose account was looked at, stands in the log.
#[test]
fn every_act_on_an_account_is_written_down_and_a_refused_one_is_not() {
    let hub = installation();
    let account = |act: &[&str], login: &str| {
        let mut arguments = vec!["account"];
        arguments.extend(act);
        arguments.extend(["--member", "union", "--login", login]);
        run(hub.path(), &arguments)
    };
    for act in [&["create"][..], &["reset"], &["block"], &["unblock"]] {
        let ended = account(act, "reader-k");
        assert_eq!(ended.code, 0, "{act:?}: {ended:?}");
        if act[0] != "create" {
            let unknown = account(act, "nobody");
            assert!(unknown.code == 1 && unknown.err.contains("account list"), "{unknown:?}");
        }
    }
    assert_eq!(run(hub.path(), &["account", "list", "--member", "union"]).code, 0);
    let acts: Vec<String> =
        acts(hub.path()).into_iter().filter(|act| act.starts_with("account.")).collect();
    let wanted = ["created", "reset", "blocked", "unblocked", "listed"];
    assert_eq!(acts, wanted.map(|act| format!("account.{act}")));
    assert_eq!(run(hub.path(), &["audit", "verify"]).code, 0);
}

fn acts(folder: &std::path::Path) -> Vec<String> {
    let database = rusqlite::Connection::open(folder.join("data/durable.db")).expect("a database");
    let all = "SELECT act FROM audit_entry ORDER BY at, writer, seq";
    let mut rows = database.prepare(all).expect("a query");
    let acts = rows.query_map([], |row| row.get(0)).expect("rows");
    acts.map(|act| act.expect("an act")).collect()
}
