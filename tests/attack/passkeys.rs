//! Passkeys against who has the password, or an authenticator of another (rules 2, 3, 4, 14).

use crate::harness::authenticator::{Authenticator, PRESENT};
use crate::harness::browser::{Browser, Seen};
use crate::harness::staff::{acts, employ, enrol_passkey, passkey_options, past_password, press};
use crate::harness::world::{HUB, World};
use store::Role;

/// Two operators, each with a passkey.
async fn two(world: &World) -> [Authenticator; 2] {
    enrolled(world, true).await
}

async fn enrolled(world: &World, counts: bool) -> [Authenticator; 2] {
    let mut keys = [Authenticator::new(HUB), Authenticator::new(HUB)];
    for key in &mut keys {
        key.counts = counts;
    }
    for (login, key) in ["operator-1", "operator-2"].iter().zip(&mut keys) {
        employ(&world.hub, None, login, Some(Role::Operator)).await;
        enrol_passkey(&mut world.browser(), "/admin", login, key).await;
    }
    keys
}

fn require_shut(browser: &Browser, page: &Seen, what: &str) {
    assert!(!page.body.contains("运行总览"), "{what}: {}", page.body);
    assert!(browser.cookie("hub.test", "__Host-rp_sid").is_none(), "{what}: a session");
    assert!(page.status.as_u16() < 500, "{what}: {}", page.status);
}

#[tokio::test]
async fn an_answer_works_once_and_in_its_own_login() {
    let world = World::new().await;
    // A counter would tell a replay by itself.
    let [mut key, _] = enrolled(&world, false).await;
    let mut first = world.browser();
    let asked = past_password(&mut first, "/admin", "operator-1").await;
    let mut other = world.browser();
    let elsewhere = past_password(&mut other, "/admin", "operator-1").await;
    let answer = key.get(&passkey_options(&asked));
    let swapped = press(&mut other, &elsewhere, &answer).await;
    require_shut(&other, &swapped, "the answer of another login");
    let arrived = press(&mut first, &asked, &answer).await;
    assert_eq!(arrived.url.path(), "/admin", "{}", arrived.body);
    let replayed = press(&mut first, &asked, &answer).await;
    assert!(replayed.body.contains("LOG-00"), "{}", replayed.body);
    let replayed = press(&mut other, &swapped, &answer).await;
    require_shut(&other, &replayed, "a copied answer");
}

#[tokio::test]
async fn a_key_for_another_site_or_of_another_operator_opens_nothing() {
    type Lie = fn(&mut Authenticator, &mut Authenticator);
    let lies: [(&str, Lie); 9] = [
        ("a name that ends alike", |key, _| key.origin = "https://evil-hub.test".into()),
        ("a subdomain", |key, _| key.origin = "https://www.hub.test".into()),
        ("another port", |key, _| key.origin = "https://hub.test:8443".into()),
        ("another RP ID", |key, _| key.rp_id = Some("evil-hub.test".into())),
        ("inside another site's page", |key, _| key.cross_origin = true),
        ("nobody recognised", |key, _| key.flags = PRESENT),
        ("another challenge", |key, _| key.challenge = Some("A".repeat(43))),
        ("another operator's", |key, other| std::mem::swap(key, other)),
        ("another key under its id", |key, other| {
            other.id.clone_from(&key.id);
            std::mem::swap(key, other);
        }),
    ];
    for (what, lie) in lies {
        let world = World::new().await;
        let [mut key, mut other] = two(&world).await;
        let mut browser = world.browser();
        let asked = past_password(&mut browser, "/admin", "operator-1").await;
        lie(&mut key, &mut other);
        let page = press(&mut browser, &asked, &key.get(&passkey_options(&asked))).await;
        assert!(page.body.contains("通行密钥没有通过核对"), "{what}: {}", page.body);
        require_shut(&browser, &page, what);
    }
}

#[tokio::test]
async fn a_copied_key_is_found_by_its_counter_and_written_down() {
    let world = World::new().await;
    let [mut key, _] = two(&world).await;
    key.counter = 0;
    let mut browser = world.browser();
    let asked = past_password(&mut browser, "/admin", "operator-1").await;
    let page = press(&mut browser, &asked, &key.get(&passkey_options(&asked))).await;
    assert!(page.body.contains("可能被复制过"), "{}", page.body);
    require_shut(&browser, &page, "a counter that did not grow");
    assert_eq!(acts(&world, "account.passkey_copied"), 1);
}

#[tokio::test]
async fn cut_changed_and_swollen_answers_are_refused_and_the_hub_goes_on() {
    let world = World::new().await;
    let [mut key, _] = two(&world).await;
    let mut browser = world.browser();
    let mut page = past_password(&mut browser, "/admin", "operator-1").await;
    let options = passkey_options(&page);
    let good = key.get(&options);
    let signature = good.find("\"signature\"").expect("a signature");
    let bad = [
        "{".to_owned(),
        good[..good.len() - 1].to_owned(),
        good.replace("\"id\"", "\"more\":1,\"id\""),
        format!("{}AAAA{}", &good[..signature + 13], &good[signature + 17..]),
        good.replacen("\"authenticatorData\":\"", "\"authenticatorData\":\"AAAA", 1),
        format!("{{\"id\":\"{}\"}}", "A".repeat(12_500)),
    ];
    for answer in &bad {
        page = press(&mut browser, &page, answer).await;
        assert!(page.body.contains("通行密钥没有通过核对"), "{answer}: {}", page.body);
        require_shut(&browser, &page, answer);
    }
    let arrived = press(&mut browser, &page, &good).await;
    assert_eq!(arrived.url.path(), "/admin", "{}", arrived.body);
}

/// Who has the password alone adds nothing: the page that asks for a factor sets up none.
#[tokio::test]
async fn a_password_alone_adds_no_passkey() {
    let world = World::new().await;
    two(&world).await;
    let mut thief = world.browser();
    let asked = past_password(&mut thief, "/admin", "operator-1").await;
    assert!(!asked.body.contains("data-does=\"make\""), "{}", asked.body);
    let mut own = Authenticator::new(HUB);
    let options: serde_json::Value =
        serde_json::from_str(&passkey_options(&asked)).expect("options");
    let creation = serde_json::json!({
        "challenge": options["challenge"], "rp": { "id": options["rpId"] },
    });
    let made = own.create(&creation.to_string());
    let mut form = asked.form("passkey");
    form.set("passkey", &made);
    form.set("add", "1");
    form.set("skip", "1");
    let page = thief.submit(&asked, &form).await;
    require_shut(&thief, &page, "a passkey made for a login");
}
