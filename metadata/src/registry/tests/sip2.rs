//! A connector of kind `sip2`: each fault of its settings, and the files that they name.

use super::faults::{UNION, faults, tells};
use crate::registry::{Bundle, apply, canonical, export};
use crate::testing::{Folder, NOON, SIGNER, durable, hub, keys, pem, registry};
use crate::{HttpClient, HttpSettings, Registry};
use model::{ConnectorId, MemberId};

const GOOD: &str = "kind = \"sip2\"\nhost = \"sip2.lib.test\"\nca = \"sip2-ca.pem\"\nuser = \"hub\"\n\
                    password_file = \"sip2.secret\"\nblocked_by = [\"card_lost\"]\nconnections = 1";

fn folder(settings: &str) -> Folder {
    let folder = registry();
    folder.edit(UNION, "kind = \"central\"", settings);
    folder.write("members/sip2-ca.pem", &pem(&SIGNER));
    folder.write("members/sip2.secret", "p a ss\n");
    folder
}

#[test]
fn each_setting_is_judged() {
    assert_eq!(faults(&folder(GOOD)), []);
    let plain = "kind = \"sip2\"\nhost = \"10.1.2.3\"\nnetwork = \"10.1.0.0/16\"";
    assert_eq!(faults(&folder(plain)), []);
    for (from, to, key, what) in [
        ("host = \"sip2.lib.test\"\n", "", "host", "missing"),
        ("\"sip2.lib.test\"", "\"sip2://x/\"", "host", "not the name or address"),
        ("connections = 1", "connections = 5", "connections", "not 1 to 4"),
        ("connections = 1", "port = 0", "port", "not a port"),
        ("connections = 1", "network = \"8.8.8.0/24\"", "network", "not a private network"),
        ("connections = 1", "network = \"169.254.0.0/16\"", "network", "not a private network"),
        ("connections = 1", "charset = \"big5\"", "charset", "not one of utf-8"),
        ("connections = 1", "checksum = \"none\"", "checksum", "not one of spec"),
        ("connections = 1", "password = \"none\"", "password", "not built yet"),
        ("connections = 1", "aliases = \"yes\"", "aliases", "not true or false"),
        ("connections = 1", "location = \"a|b\"", "location", "not a text that SIP2 can carry"),
        ("connections = 1", "zone = \"8\"", "zone", "not an offset"),
        ("card_lost", "lost_card", "blocked_by", "not a list of patron flags"),
        ("connections = 1", "pool = 2", "pool", "unknown key"),
        ("connections = 1", "unsolicited = [\"ill\"]", "unsolicited", "no such key"),
        ("connections = 1", "tls = false", "ca", "nobody is trusted"),
        ("user = \"hub\"\n", "", "user", "missing"),
        ("ca = \"sip2-ca.pem\"\n", "", "tls", "in the clear"),
        ("sip2-ca.pem", "gone.pem", "ca", "the file is missing"),
        ("sip2-ca.pem", "nju-idp.xml", "ca", "holds no certificate"),
        ("sip2.secret", "gone.secret", "password_file", "the file is missing"),
        (
            "connections = 1",
            "attributes = { local_id = \"AA\" }",
            "attributes.local_id",
            "may pass to another person",
        ),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let key = format!("connector[0].{key}");
        tells(&folder(&GOOD.replace(from, to)), (UNION, &key, what));
    }
    let lasting = "attributes = { local_id = \"AA\" }\nreassignable = true";
    assert_eq!(faults(&folder(&GOOD.replace("connections = 1", lasting))), []);
    let broken = folder(GOOD);
    broken.write("members/sip2.secret", "two\nlines\n");
    tells(&broken, (UNION, "connector[0].password_file", "not one line"));
}

#[tokio::test]
async fn the_terminals_password_is_sealed_and_never_exported() {
    let data = Folder::new();
    let durable = durable(&data).await;
    let keys = keys(&data, &durable).await;
    let http = HttpClient::new(&HttpSettings::default()).expect("a client");
    let folder = folder(GOOD);
    let bundle = || Bundle::read(folder.path(), NOON).expect("good");
    let first = apply(&durable, &keys, &http, bundle(), NOON).await.expect("applied");
    let again = apply(&durable, &keys, &http, bundle(), NOON).await.expect("applied");
    assert_eq!(again.version, first.version, "the same secret is the same registry");

    let stored = durable.load_registry().await.expect("read").expect("there");
    let stored = String::from_utf8(stored.content).expect("JSON");
    assert!(stored.contains("setting/union/sip2/password_file") && !stored.contains("p a ss"));
    let out = Folder::new();
    let report = export(&durable, out.path()).await.expect("exported");
    assert!(report.secrets_to_bring.contains(&"members/sip2.secret".to_owned()));
    assert!(report.files.contains(&"members/sip2-ca.pem".to_owned()));
    for (_, text) in canonical::files(&bundle().content) {
        assert!(!text.contains("p a ss"));
    }

    let live = Registry::open(durable.clone(), hub()).await.expect("open");
    let (member, id) =
        (MemberId::parse("union").expect("id"), ConnectorId::parse("sip2").expect("id"));
    let snapshot = live.current();
    let secret = |key: &str| snapshot.setting_secret(&keys, &member, &id, key);
    assert_eq!(secret("password_file").as_deref().map(String::as_str), Some("p a ss"));
    assert!(secret("terminal_password_file").is_none());
    let nju = MemberId::parse("nju").expect("id");
    assert!(snapshot.setting_secret(&keys, &nju, &id, "password_file").is_none());
    assert_eq!(snapshot.setting_file(&member, &id, "ca"), Some(pem(&SIGNER).as_str()));

    folder.write("members/sip2.secret", "another");
    let diff = apply(&durable, &keys, &http, bundle(), NOON).await.expect("applied").diff;
    let said = diff.to_string();
    assert!(said.contains("password_file (its content): *** → ***"), "{said}");
    assert!(!said.contains("another"), "{said}");
}

#[tokio::test]
async fn what_is_sealed_opens_for_its_own_purpose_alone() {
    let data = Folder::new();
    let durable = durable(&data).await;
    let keys = keys(&data, &durable).await;
    let sealed = keys.seal_secret("setting/a/b/c", "secret").expect("sealed");
    assert_eq!(sealed, keys.seal_secret("setting/a/b/c", "secret").expect("sealed"));
    assert_ne!(sealed, keys.seal_secret("setting/a/b/d", "secret").expect("sealed"));
    let open = |purpose: &str, sealed: &str| keys.open_secret(purpose, sealed);
    assert_eq!(open("setting/a/b/c", &sealed).as_deref().map(String::as_str), Some("secret"));
    assert!(open("setting/a/b/d", &sealed).is_none());
    for broken in ["", "AAAA", "!", &sealed[1..], &format!("A{}", &sealed[1..])] {
        assert!(open("setting/a/b/c", broken).is_none(), "{broken}");
    }
}
