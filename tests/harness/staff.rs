//! Those who work at the hub of a test, with the app on their phone.

use super::authenticator::Authenticator;
use super::browser::{Browser, Seen};
use super::html::{attribute, tags};
use super::hub::TestHub;
use super::world::{HUB, PASSWORD, World, sign_in};
use accounts::NewAccount;
use model::{Clock as _, MemberId, Profile};
use store::Role;
use totp_rs::{Algorithm, Secret, TOTP};

/// An authenticator app that has scanned one account.
pub struct App(TOTP);

impl App {
    /// Takes the key as a person copies it from the page.
    pub fn scanned(page: &Seen) -> Self {
        let start = page.body.find("class=\"secret\">").expect("a key") + 15;
        let key: String = page.body[start..].chars().take_while(|c| *c != '<').collect();
        let key = key.replace(' ', "");
        let secret = Secret::Encoded(key).to_bytes().expect("base32");
        Self(TOTP::new_unchecked(Algorithm::SHA1, 6, 0, 30, secret))
    }

    /// What it shows, `ahead_s` seconds from now.
    pub fn shows(&self, world: &World, ahead_s: i64) -> String {
        self.shows_at(world.clock.now().unix_s() + ahead_s)
    }

    /// What it shows at a time.
    pub fn shows_at(&self, at: i64) -> String {
        self.0.generate(u64::try_from(at).expect("after 1970"))
    }
}

/// An account with a role, whose password is [`PASSWORD`].
pub async fn employ(hub: &TestHub, member: Option<&str>, login: &str, role: Option<Role>) {
    let new = NewAccount {
        member: member.map(|id| MemberId::parse(id).expect("an id")),
        login: login.to_owned(),
        password: Some(PASSWORD.to_owned().into()),
        role,
        profile: Profile::default(),
        class: None,
        category: None,
        affiliation: Vec::new(),
        must_change: false,
        valid_until: None,
    };
    let moment = hub.installation.moment();
    hub.installation.accounts.create(new, &moment).await.expect("an account");
}

/// Opens `path` and types the password: the page that follows it.
pub async fn past_password(browser: &mut Browser, path: &str, login: &str) -> Seen {
    let form = browser.get(&format!("{HUB}{path}")).await;
    sign_in(browser, &form, login, PASSWORD).await
}

/// Types a code.
pub async fn type_code(browser: &mut Browser, page: &Seen, code: &str) -> Seen {
    let mut form = page.form("otp");
    form.set("otp", code);
    browser.submit(page, &form).await
}

/// The first login: sets up the app, keeps the recovery codes, and arrives.
pub async fn enrol(
    world: &World,
    browser: &mut Browser,
    path: &str,
    login: &str,
) -> (App, Vec<String>, Seen) {
    let page = past_password(browser, path, login).await;
    let app = App::scanned(&page);
    let shown = type_code(browser, &page, &app.shows(world, 0)).await;
    let recovery = recovery_codes(&shown);
    let form = shown.form("handle");
    let arrived = browser.submit(&shown, &form).await;
    (app, recovery, arrived)
}

/// What the page hands to its script.
pub fn passkey_options(page: &Seen) -> String {
    let sections = tags(&page.body, "section");
    let options = sections.iter().find_map(|tag| attribute(tag, "data-options"));
    options.unwrap_or_else(|| panic!("no passkey is asked for: {}", page.body))
}

/// Posts what an authenticator answered, as the script of the page does.
pub async fn press(browser: &mut Browser, page: &Seen, answer: &str) -> Seen {
    let mut form = page.form("passkey");
    form.set("passkey", answer);
    // A script presses no button.
    form.fields.retain(|(name, _)| name != "skip");
    browser.submit(page, &form).await
}

/// The first login: sets up a passkey, keeps the recovery codes, and arrives.
pub async fn enrol_passkey(
    browser: &mut Browser,
    path: &str,
    login: &str,
    key: &mut Authenticator,
) -> (Vec<String>, Seen) {
    let page = past_password(browser, path, login).await;
    let made = key.create(&passkey_options(&page));
    let shown = press(browser, &page, &made).await;
    let recovery = recovery_codes(&shown);
    let form = shown.form("handle");
    (recovery, browser.submit(&shown, &form).await)
}

/// The codes that a page shows.
pub fn recovery_codes(page: &Seen) -> Vec<String> {
    let list = page.body.split("class=\"codes").nth(1).expect("codes");
    let list = list.split("</ul>").next().expect("an end");
    list.split("<li>").skip(1).map(|li| li.split('<').next().expect("text").to_owned()).collect()
}

/// Searches at desk or console.
pub async fn look_up(browser: &mut Browser, page: &Seen, sought: &str) -> Seen {
    let mut form = page.form("q");
    form.set("q", sought);
    browser.submit(page, &form).await
}

/// How often an act stands in the audit log.
pub fn acts(world: &World, act: &str) -> i64 {
    let file = world.hub.folder.path().join("data/durable.db");
    let db = rusqlite::Connection::open(file).expect("the log");
    let count = "SELECT count(*) FROM audit_entry WHERE act = ?1";
    db.query_row(count, [act], |row| row.get(0)).expect("a count")
}
