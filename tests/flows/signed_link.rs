//! A library's own page that hands its readers over by signed links.

use crate::harness::clock::TestClock;
use crate::harness::oidc::{authorize, claims, code_of, redeem};
use crate::harness::world::{PASSWORD, World, sign_in};
use crate::harness::{Browser, Seen};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use model::Clock as _;
use rcgen::{KeyPair, PKCS_ED25519};
use serde_json::{Value, json};
use std::sync::LazyLock;

const CALLBACK: &str = "https://hub.test/in/lib/mylib";
const SECRET: &str = "c2f1b7a09d5e4c3386b1f7d2a4e9c051";

static KEY: LazyLock<KeyPair> =
    LazyLock::new(|| KeyPair::generate_for(&PKCS_ED25519).expect("a key"));

const MEMBER: &str = "id = \"lib\"\nname = { zh = \"示例图书馆\", en = \"Sample Library\" }\n\
    class = \"C\"\nstatus = \"live\"\n[[connector]]\nid = \"mylib\"\nkind = \"signed_link\"\n\
    public_key = \"lib.pub\"\nsecret_file = \"lib.secret\"\nstart = \"https://lib.test/go?from=hub\"\n\
    unsolicited = [\"ill\"]\n[connector.attributes]\nlocal_id = \"sub\"\nname = \"name\"\n\
    category = \"type\"\n";

async fn world() -> World {
    let world = World::new().await;
    let files = [
        ("members/lib.toml", MEMBER.to_owned()),
        ("members/lib.pub", KEY.public_key_pem()),
        ("members/lib.secret", SECRET.to_owned()),
    ];
    world.hub.apply(&files).await;
    world
}

fn note(clock: &TestClock, jti: &str) -> Value {
    let now = clock.now().unix_s();
    json!({
        "iss": "lib", "aud": CALLBACK, "iat": now, "exp": now + 60, "jti": jti, "sub": "b21001",
        "target": "ill", "attributes": { "name": "读者甲", "type": "研究生" },
    })
}

fn signed(note: &Value) -> String {
    let key = EncodingKey::from_ed_pem(KEY.serialize_pem().as_bytes()).expect("a key");
    encode(&Header::new(Algorithm::EdDSA), note, &key).expect("a link")
}

/// The reader's browser posts it from the library's page.
async fn hand_over(browser: &mut Browser, token: &str) -> Seen {
    browser.post(CALLBACK, &[("token", token)], "https://lib.test/").await
}

fn is_at_loan(seen: &Seen) -> bool {
    seen.outside && seen.url.as_str().starts_with("https://ill.test/login")
}

#[tokio::test]
async fn my_library_hands_a_reader_over_and_the_rest_is_open() {
    let world = world().await;
    let mut browser = world.browser();
    let seen = hand_over(&mut browser, &signed(&note(&world.clock, "a-press-of-a-button-1"))).await;
    assert!(is_at_loan(&seen), "{}: {}", seen.url.as_str(), seen.body);
    let tokens = redeem(&world.hub, &code_of(&browser.get(&authorize(&[])).await)).await;
    let told = claims(tokens.json["id_token"].as_str().expect("an ID token"));
    assert_eq!((&told["name"], &told["member"]), (&"读者甲".into(), &"lib".into()));
    assert_eq!((&told["category"], &told["class"]), (&"研究生".into(), &"C".into()));
}

/// A link is taken too, and leaves the address bar at once.
#[tokio::test]
async fn a_get_leads_to_a_clean_address() {
    let world = world().await;
    let mut browser = world.browser();
    let token = signed(&note(&world.clock, "a-press-of-a-button-2"));
    let seen = browser.get(&format!("{CALLBACK}?token={token}")).await;
    assert!(is_at_loan(&seen), "{}: {}", seen.url.as_str(), seen.body);
    assert!(!seen.url.as_str().contains(&token));
}

#[tokio::test]
async fn a_note_works_once_on_any_browser() {
    let world = world().await;
    let token = signed(&note(&world.clock, "a-press-of-a-button-3"));
    assert!(is_at_loan(&hand_over(&mut world.browser(), &token).await));
    let again = hand_over(&mut world.browser(), &token).await;
    assert!(again.body.contains("LNK-005"), "{}", again.body);
    // Nor under another signature of the same note.
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let maced =
        encode(&Header::new(Algorithm::HS256), &note(&world.clock, "a-press-of-a-button-3"), &key);
    let again = hand_over(&mut world.browser(), &maced.expect("a link")).await;
    assert!(again.body.contains("LNK-005"), "{}", again.body);
}

#[tokio::test]
async fn what_is_not_for_this_connector_or_minute_opens_nothing() {
    let world = world().await;
    let now = world.clock.now().unix_s();
    for (place, (key, value, code)) in [
        ("iss", json!("nju"), "LNK-003"),
        ("aud", json!("https://hub.test/in/nju/mylib"), "LNK-003"),
        ("exp", json!(now + 61), "LNK-004"),
        ("iat", json!(now - 100), "LNK-004"),
        ("jti", json!("short"), "LNK-001"),
        ("sub", json!(""), "LNK-001"),
        ("target", json!("journals"), "LOG-030"),
        ("target", json!("desk"), "LOG-030"),
        ("target", json!("https://evil.test/"), "LNK-001"),
        ("attributes", json!(5), "LNK-001"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut said = note(&world.clock, &format!("a-press-of-a-button-{place:02}"));
        said[key] = value;
        let mut browser = world.browser();
        let token = signed(&said);
        let seen = hand_over(&mut browser, &token).await;
        assert!(!seen.outside && seen.body.contains(code), "{said}: {}", seen.body);
        assert!(!seen.body.contains(&token) && !seen.body.contains("b21001"), "{said}");
        assert!(browser.cookie("hub.test", "__Host-rp_sid").is_none(), "{said}: a session");
    }
    let stranger = KeyPair::generate_for(&PKCS_ED25519).expect("a key").serialize_pem();
    let stranger = EncodingKey::from_ed_pem(stranger.as_bytes()).expect("a key");
    let said = note(&world.clock, "a-press-of-a-button-99");
    let forged = encode(&Header::new(Algorithm::EdDSA), &said, &stranger).expect("a link");
    for (token, code) in [(forged.as_str(), "LNK-002"), ("x.y.z", "LNK-001"), ("", "LNK-001")] {
        let seen = hand_over(&mut world.browser(), token).await;
        assert!(!seen.outside && seen.body.contains(code), "{code}: {}", seen.body);
    }
    let twice = [("token", forged.as_str()), ("token", "x")];
    let seen = world.browser().post(CALLBACK, &twice, "https://lib.test/").await;
    assert!(!seen.outside && seen.status.is_client_error(), "{}", seen.body);
}

#[tokio::test]
async fn another_persons_session_is_asked_about_first() {
    let world = world().await;
    let mut browser = world.browser();
    let form = browser.get(&authorize(&[("member", "union")])).await;
    code_of(&sign_in(&mut browser, &form, "reader-a", PASSWORD).await);
    let before = browser.cookie("hub.test", "__Host-rp_sid").expect("a session").to_owned();
    let seen = hand_over(&mut browser, &signed(&note(&world.clock, "a-press-of-a-button-4"))).await;
    assert!(!seen.outside, "it went on without a press");
    assert_eq!(browser.cookie("hub.test", "__Host-rp_sid"), Some(before.as_str()));
    let form = seen.form("handle");
    assert!(is_at_loan(&browser.submit(&seen, &form).await));
}

#[tokio::test]
async fn a_reader_who_chose_the_library_here_is_sent_to_its_own_page() {
    let world = world().await;
    let mut browser = world.browser();
    let seen = browser.get(&authorize(&[("member", "lib")])).await;
    assert_eq!(seen.url.as_str(), "https://lib.test/go?from=hub&target=ill");
    // What comes back is a start of its own, and never the answer to this login.
    let seen = hand_over(&mut browser, &signed(&note(&world.clock, "a-press-of-a-button-5"))).await;
    assert!(is_at_loan(&seen), "{}", seen.body);
    world.hub.change("members/lib.toml", "start = \"https://lib.test/go?from=hub\"\n", "").await;
    let seen = world.browser().get(&authorize(&[("member", "lib")])).await;
    assert!(!seen.outside && seen.body.contains("LOG-014"), "{}", seen.body);
}

/// The pages of docs/recipes/signed-link, as a library would run them.
#[cfg(feature = "peers")]
mod recipes {
    use super::*;
    use crate::harness::clock::START_S;
    use crate::harness::folder::Folder;
    use crate::harness::html::forms;
    use std::path::Path;
    use std::process::Command;

    /// Runs a recipe and posts the form that it writes.
    async fn runs(command: &mut Command, is_secret: bool) {
        let folder = Folder::new("recipe");
        let (name, key) = if is_secret {
            ("lib.secret", format!("{SECRET}\n"))
        } else {
            ("lib.key", KEY.serialize_pem())
        };
        folder.write_secret(name, key);
        command
            .env("LINK_KEY_FILE", folder.path().join(name))
            .env("LINK_MEMBER", "lib")
            .env("LINK_ADDRESS", CALLBACK);
        let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
        let page = String::from_utf8(output.stdout).expect("UTF-8");
        let form = forms(&page).pop().unwrap_or_else(|| {
            panic!("{command:?}: {page}{}", String::from_utf8_lossy(&output.stderr))
        });
        assert_eq!(form.action, CALLBACK);
        let token = form.fields.iter().find(|(name, _)| name == "token").expect("a token");
        let world = world().await;
        let now = readerpass::outside::SystemClock.now().unix_s();
        world.clock.forward_s(now - START_S);
        let mut browser = world.browser();
        let seen = hand_over(&mut browser, &token.1).await;
        assert!(is_at_loan(&seen), "{command:?}: {}", seen.body);
        let tokens = redeem(&world.hub, &code_of(&browser.get(&authorize(&[])).await)).await;
        let told = claims(tokens.json["id_token"].as_str().expect("an ID token"));
        assert_eq!(told["name"], "读者\"甲\\");
    }

    fn recipe(name: &str) -> std::path::PathBuf {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/recipes/signed-link");
        docs.join(name)
    }

    const JSON: &str = r#"{"name": "读者\"甲\\"}"#;
    const PAIR: &str = r#"name=读者"甲\"#;

    #[tokio::test]
    async fn python_by_a_secret() {
        runs(Command::new("python3").arg(recipe("link.py")).args(["b21001", "ill", JSON]), true)
            .await;
    }

    #[tokio::test]
    async fn php_by_a_key() {
        runs(Command::new("php").arg(recipe("link.php")).args(["b21001", "ill", JSON]), false)
            .await;
    }

    #[tokio::test]
    async fn java_by_a_key() {
        let mut java = Command::new("java");
        java.env("LC_ALL", "C.UTF-8").arg(recipe("Link.java"));
        runs(java.args(["b21001", "ill", PAIR]), false).await;
    }

    #[tokio::test]
    async fn csharp_by_a_secret() {
        let folder = Folder::new("csharp");
        let program = folder.path().join("Link.exe");
        let out = format!("-out:{}", program.display());
        let built = Command::new("mcs").arg(out).arg(recipe("Link.cs")).status();
        assert!(built.expect("Debian's mono-mcs").success());
        let mut mono = Command::new("mono");
        mono.env("LC_ALL", "C.UTF-8").arg(program);
        runs(mono.args(["b21001", "ill", PAIR]), true).await;
    }
}
