mod brought;
mod life;

use super::*;
use crate::testing::{Folder, NOON, durable, entropy, hub, keys, moment};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, Header, Validation};
use model::{ReaderId, ServiceId};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

fn reader(id: &str) -> ReaderId {
    ReaderId::parse(id).expect("id")
}

#[cfg(unix)]
#[test]
fn a_master_key_is_made_once_private_and_read_again() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let path = folder.path().join("deep/master.key");
    let first = MasterKey::load_or_create(&path, &entropy(1)).expect("made");
    let mode = fs::metadata(&path).expect("file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(
        fs::read_dir(path.parent().expect("folder")).expect("list").count(),
        1,
        "no draft stays"
    );
    let sealed = first.seal("a", b"secret", &entropy(2)).expect("sealed");
    let second = MasterKey::load_or_create(&path, &entropy(99)).expect("read");
    assert_eq!(second.open("a", &sealed).expect("opened").as_slice(), b"secret");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("chmod");
    let refused =
        MasterKey::load_or_create(&path, &entropy(1)).expect_err("others may read").to_string();
    assert!(refused.contains("0640") && refused.contains("chmod 600"), "{refused}");
}

#[test]
fn a_file_that_is_no_master_key_is_refused_and_left_alone() {
    for text in
        ["", "hello", "readerpass-master-key-1:", "readerpass-master-key-1:AAAA", &"x".repeat(5000)]
    {
        let folder = Folder::new();
        let path = folder.path().join("master.key");
        fs::write(&path, text).expect("file");
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .expect("chmod");
        let refused =
            MasterKey::load_or_create(&path, &entropy(1)).expect_err("no key").to_string();
        assert!(!refused.contains("delete") && refused.contains("its copy"), "{refused}");
        assert_eq!(fs::read_to_string(&path).expect("file"), text);
    }
}

#[test]
fn a_master_key_is_read_from_text_as_tools_print_it() {
    let folder = Folder::new();
    let path = folder.path().join("master.key");
    let file = MasterKey::load_or_create(&path, &entropy(1)).expect("made");
    let sealed = file.seal("a", b"secret", &entropy(2)).expect("sealed");
    let text = fs::read_to_string(&path).expect("file");
    let bytes = URL_SAFE_NO_PAD.decode(text.trim().rsplit(':').next().expect("key")).expect("key");
    let padded = base64::engine::general_purpose::STANDARD.encode(&bytes);
    for form in [&text, &padded, &format!(" {padded}\n"), padded.trim_end_matches('=')] {
        // The Debian package makes a file of the plain form, which a drill elsewhere takes up.
        fs::write(&path, form).expect("file");
        let read = MasterKey::load_or_create(&path, &entropy(3)).expect("the file");
        assert_eq!(read.open("a", &sealed).expect("opened").as_slice(), b"secret");
        let parsed = MasterKey::parse(form, "READERPASS_MASTER_KEY").expect("a key");
        assert_eq!(parsed.open("a", &sealed).expect("opened").as_slice(), b"secret");
        let other = parsed.open("b", &sealed).expect_err("another purpose").to_string();
        assert!(other.contains("READERPASS_MASTER_KEY"), "{other}");
    }
    for bad in ["", "secret", "AAAA", &format!("{padded}AAAA"), &padded[..40]] {
        let refused = MasterKey::parse(bad, "READERPASS_MASTER_KEY").expect_err(bad).to_string();
        assert!(refused.contains("READERPASS_MASTER_KEY"), "{refused}");
        assert!(bad.is_empty() || !refused.contains(bad), "it is never shown: {refused}");
    }
}

#[test]
fn what_is_sealed_opens_for_its_purpose_and_key_alone_and_only_whole() {
    let folder = Folder::new();
    let of = |name: &str, seed| {
        MasterKey::load_or_create(&folder.path().join(name), &entropy(seed)).expect("key")
    };
    let (one, two) = (of("one", 1), of("two", 2));
    let sealed = one.seal("a", b"secret", &entropy(3)).expect("sealed");
    assert!(!sealed.windows(6).any(|w| w == b"secret"));
    assert!(one.open("b", &sealed).is_err());
    assert!(two.open("a", &sealed).is_err());
    for place in 0..sealed.len() {
        let mut bent = sealed.clone();
        bent[place] ^= 1;
        assert!(one.open("a", &bent).is_err(), "{place}");
        assert!(one.open("a", &sealed[..place]).is_err(), "{place}");
    }
    assert_ne!(sealed, one.seal("a", b"secret", &entropy(4)).expect("sealed"));
    assert!(!format!("{one:?}").contains('['));
}

#[tokio::test]
async fn keys_are_made_once_and_are_the_same_after_a_restart() {
    let folder = Folder::new();
    let durable = durable(&folder).await;
    let first = keys(&folder, &durable).await;
    let second = keys(&folder, &durable).await;
    assert_eq!(durable.keys().await.expect("rows").len(), 5);
    let (root, again) = (first.derive("x"), second.derive("x"));
    assert_eq!(root, again);
    let (first, second) = (first.current(), second.current());
    assert_eq!(first.jwks(), second.jwks());
    assert_eq!(first.saml().certificate(), second.saml().certificate());
    assert_eq!(first.saml_certificates(), [first.saml().certificate()]);
    let encryption = first.saml_encryption_certificates();
    assert_eq!(encryption, second.saml_encryption_certificates());
    assert_eq!(encryption, [first.saml_decryption()[0].certificate()]);
    assert_ne!(encryption, first.saml_certificates(), "what signs never decrypts");
    assert!(!first.jwks().to_string().contains("\"d\""), "public parts only");
    for row in durable.keys().await.expect("rows") {
        let shown = format!("{row:?}");
        assert!(!shown.contains("sealed"), "{shown}");
    }
}

#[tokio::test]
async fn processes_that_start_at_once_end_with_the_same_keys() {
    let folder = Folder::new();
    let durable = durable(&folder).await;
    let path = folder.path().join("master.key");
    let start = async |seed: u64| {
        let master = MasterKey::load_or_create(&path, &entropy(seed)).expect("master");
        let names = CertNames::of(&hub());
        KeyRing::open(&durable, &master, &moment(seed), &names).await.expect("keys")
    };
    let (a, b, c) = tokio::join!(start(11), start(22), start(33));
    assert_eq!(durable.keys().await.expect("rows").len(), 5);
    let seen = |ring: &KeyRing| (ring.current().jwks().clone(), ring.derive("x"));
    assert_eq!(seen(&a), seen(&b));
    assert_eq!(seen(&a), seen(&c));
}

#[tokio::test]
async fn another_master_key_is_told_and_changes_nothing() {
    let folder = Folder::new();
    let durable = durable(&folder).await;
    keys(&folder, &durable).await;
    folder.remove("master.key");
    let master =
        MasterKey::load_or_create(&folder.path().join("master.key"), &entropy(77)).expect("new");
    let refused = KeyRing::open(&durable, &master, &moment(3), &CertNames::of(&hub())).await;
    let text = refused.expect_err("does not fit").to_string();
    assert!(text.contains("does not open") && text.contains("backup"), "{text}");
    assert_eq!(durable.keys().await.expect("rows").len(), 5);
}

#[tokio::test]
async fn tokens_signed_either_way_verify_with_the_published_keys() {
    let folder = Folder::new();
    let ring = keys(&folder, &durable(&folder).await).await.current();
    assert!(ring.oidc("none").is_none() && ring.oidc("HS256").is_none());
    for (name, algorithm) in
        [("ES256", jsonwebtoken::Algorithm::ES256), ("RS256", jsonwebtoken::Algorithm::RS256)]
    {
        let key = ring.oidc(name).expect(name);
        assert_eq!(key.alg, algorithm);
        let claims = json!({ "sub": "x" });
        let token =
            jsonwebtoken::encode(&Header::new(algorithm), &claims, &key.encoding).expect("token");
        let published = ring.jwks()["keys"]
            .as_array()
            .expect("keys")
            .iter()
            .find(|k| k["kid"] == key.kid.as_str());
        let jwk = serde_json::from_value(published.expect("published").clone()).expect("JWK");
        let mut rules = Validation::new(algorithm);
        rules.required_spec_claims.clear();
        rules.validate_exp = false;
        let decoding = DecodingKey::from_jwk(&jwk).expect("key");
        let read = jsonwebtoken::decode::<Value>(&token, &decoding, &rules).expect("verified");
        assert_eq!(read.claims, claims);
        let (message, _) = token.rsplit_once('.').expect("parts");
        let signature = key.sign(message.as_bytes()).expect("signature");
        assert!(verifies(published.expect("published"), message.as_bytes(), &signature), "{name}");
        assert!(!verifies(published.expect("published"), b"other", &signature), "{name}");
    }
}

fn verifies(jwk: &Value, message: &[u8], signature: &[u8]) -> bool {
    let part = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().expect(name)).expect(name);
    if jwk["kty"] == "EC" {
        let point = [&[4][..], &part("x"), &part("y")].concat();
        return UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(message, signature)
            .is_ok();
    }
    let key = RsaPublicKeyComponents { n: part("n"), e: part("e") };
    key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
}

#[tokio::test]
async fn derived_keys_differ_by_purpose_and_names_by_sector() {
    let folder = Folder::new();
    let ring = keys(&folder, &durable(&folder).await).await;
    let derived: BTreeSet<_> = ["a", "b", "ab", "mac/a", ""].map(|p| ring.derive(p)).into();
    assert_eq!(derived.len(), 5);
    assert_ne!(ring.mac("a", b"x"), ring.mac("b", b"x"));
    assert_ne!(ring.mac("a", b"x"), ring.derive("a"));
    let (one, two) = (reader("one"), reader("two"));
    let name = ring.pairwise(&one, "ill");
    assert!(
        name.len() == 32 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()),
        "{name}"
    );
    assert_eq!(name, ring.pairwise(&one, "ill"));
    let names: BTreeSet<_> = [
        name,
        ring.pairwise(&one, "ccc"),
        ring.pairwise(&two, "ill"),
        ring.pairwise(&reader("lone"), "il"),
        ring.pairwise(&reader("ne"), "illo"),
    ]
    .into();
    assert_eq!(names.len(), 5, "no two pairs run together");
    let ill = ServiceId::parse("ill").expect("id");
    assert_ne!(ring.client_secret_mac(&ill, "a"), ring.client_secret_mac(&ill, "b"));
}

#[tokio::test]
async fn the_certificate_says_who_and_how_long() {
    let folder = Folder::new();
    let ring = keys(&folder, &durable(&folder).await).await;
    let current = ring.current();
    let der = current.saml().certificate();
    assert!(der.windows(8).any(|w| w == b"hub.test"));
    for time in ["261120000000Z", "361120000000Z"] {
        assert!(
            der.windows(time.len()).any(|w| w == time.as_bytes()),
            "{time} at {}",
            NOON.rfc3339()
        );
    }
}
