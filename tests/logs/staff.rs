//! Those who work at the hub: second factors, recovery codes, look-ups; and a reader who is cut off.

use super::Overheard;
use crate::harness::TestClock;
use crate::harness::browser::Browser;
use crate::harness::oidc::authorize;
use crate::harness::staff::{App, look_up, recovery_codes, type_code};
use crate::harness::world::{HUB, PASSWORD, sign_in};
use model::Clock as _;

const LIBRARIAN: &str = "librarian-of-this-test";
const CUT_OFF: &str = "reader-who-is-cut-off";

pub async fn work(all: &Overheard) {
    for (login, role) in [(LIBRARIAN, Some("librarian")), (CUT_OFF, None)] {
        let mut create = vec!["account", "create", "--member", "union", "--login", login];
        create.extend(["--password-file", "password"]);
        create.extend(role.into_iter().flat_map(|role| ["--role", role]));
        all.command(&create).await;
        all.kept.lock().expect("secrets").add("login", login);
    }
    let suspend = ["account", "block", "--suspend", "--member", "union", "--login", CUT_OFF];
    all.command(&suspend).await;
    let mut reader = all.browser();
    let form = reader.get(&authorize(&[("member", "union")])).await;
    let refused = sign_in(&mut reader, &form, CUT_OFF, PASSWORD).await;
    let code = refused.login_code().expect("a login code");

    let mut browser = all.browser();
    let page = past_password(&mut browser).await;
    let app = App::scanned(&page);
    let at = page.body.find("class=\"secret\">").expect("a key") + 15;
    let key: String = page.body[at..].chars().take_while(|c| *c != '<').collect();
    for dress in [key.replace(' ', ""), key] {
        all.kept.lock().expect("secrets").add("key of the second factor", &dress);
    }
    let now = TestClock::of_the_machine().now().unix_s();
    let wrong = type_code(&mut browser, &page, "913572").await;
    let shown = type_code(&mut browser, &wrong, &app.shows_at(now)).await;
    let recovery = recovery_codes(&shown);
    for one in &recovery {
        all.kept.lock().expect("secrets").add("recovery code", one);
    }
    let form = shown.form("handle");
    let desk = browser.submit(&shown, &form).await;
    assert_eq!(desk.url.path(), "/desk", "{}", desk.body);
    for sought in [code.as_str(), CUT_OFF, "nobody-of-that-name"] {
        look_up(&mut browser, &desk, sought).await;
    }

    // Another login: a wrong code, a used one, and a recovery code.
    let mut other = all.browser();
    let page = past_password(&mut other).await;
    let page = type_code(&mut other, &page, &app.shows_at(now)).await;
    let page = type_code(&mut other, &page, "wrong-recovery-code").await;
    let desk = type_code(&mut other, &page, &recovery[0]).await;
    assert_eq!(desk.url.path(), "/desk", "{}", desk.body);
    // Who logs in at the place of another library, and at the console without its role.
    other.get(&format!("{HUB}/admin")).await;
    all.command(&["account", "forget-factor", "--member", "union", "--login", LIBRARIAN]).await;
    // What a librarian is told may stand in the log, and does.
    assert!(all.log().contains(&code), "no {code} in the log");
}

async fn past_password(browser: &mut Browser) -> crate::harness::Seen {
    let form = browser.get(&format!("{HUB}/desk?member=union")).await;
    sign_in(browser, &form, LIBRARIAN, PASSWORD).await
}
