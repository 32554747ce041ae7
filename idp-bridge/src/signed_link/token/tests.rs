use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, SignatureAlgorithm};
use serde_json::json;

const NOW_S: i64 = 1_800_000_000;
const AUD: &str = "https://hub.test/in/nju/mylib";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn pair(kind: &'static SignatureAlgorithm) -> KeyPair {
    KeyPair::generate_for(kind).expect("a key")
}

fn public(pair: &KeyPair) -> LinkKey {
    LinkKey::read(&pair.public_key_pem()).expect("a public key")
}

fn secret(text: &str) -> LinkKey {
    LinkKey::read(text).expect("a secret")
}

fn claims() -> Value {
    json!({
        "iss": "nju", "aud": AUD, "sub": "b21001", "jti": "a-value-used-once-0001",
        "target": "ill", "iat": NOW_S, "exp": NOW_S + 60,
        "attributes": { "name": "读者甲", "type": ["学生", "研究生"] },
    })
}

fn with(key: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[key] = value;
    claims
}

fn without(key: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().expect("an object").remove(key);
    claims
}

fn signed(claims: &Value, key: &KeyPair) -> String {
    let key = EncodingKey::from_ed_pem(key.serialize_pem().as_bytes()).expect("a key");
    encode(&Header::new(Algorithm::EdDSA), claims, &key).expect("a link")
}

fn maced(claims: &Value, secret: &str) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    encode(&Header::new(Algorithm::HS256), claims, &key).expect("a link")
}

fn read(link: &str, keys: &[LinkKey]) -> Result<Handover, LinkFault> {
    let now = Timestamp::from_unix_s(NOW_S);
    verify(link, keys, Expected { issuer: "nju", audience: AUD, now })
}

#[test]
fn what_a_key_of_the_library_signed_is_read() {
    let key = pair(&PKCS_ED25519);
    for (link, keys) in [
        (signed(&claims(), &key), vec![public(&key)]),
        (maced(&claims(), SECRET), vec![secret(&format!("{SECRET}\r\n"))]),
    ] {
        let read = read(&link, &keys).expect("read");
        assert_eq!((read.subject(), read.target().as_str()), ("b21001", "ill"));
        assert_eq!(read.attributes()["name"], ["读者甲"]);
        assert_eq!(read.attributes()["type"], ["学生", "研究生"]);
        assert_eq!(read.logged_in(), Timestamp::from_unix_s(NOW_S));
        assert_eq!(read.jti(), "a-value-used-once-0001");
        assert_eq!(read.until(), Timestamp::from_unix_s(NOW_S + 90));
    }
}

#[test]
fn either_of_two_keys_is_believed_and_no_third() {
    let (old, new, other) = (pair(&PKCS_ED25519), pair(&PKCS_ED25519), pair(&PKCS_ED25519));
    let keys = [public(&old), public(&new), secret(SECRET)];
    for link in [signed(&claims(), &old), signed(&claims(), &new), maced(&claims(), SECRET)] {
        assert!(read(&link, &keys).is_ok());
    }
    assert_eq!(read(&signed(&claims(), &other), &keys).err(), Some(LinkFault::Signature));
    let another = "fedcba9876543210fedcba9876543210";
    assert_eq!(read(&maced(&claims(), another), &keys).err(), Some(LinkFault::Signature));
    assert_eq!(read(&signed(&claims(), &new), &[]).err(), Some(LinkFault::Algorithm));
}

/// RFC 8725 sections 2.1 and 3.1.
#[test]
fn no_algorithm_but_that_of_the_key_is_tried() {
    let key = pair(&PKCS_ED25519);
    let pem = key.public_key_pem();
    let keys = [public(&key)];
    for mac in [pem.as_str(), pem.trim()] {
        assert_eq!(read(&maced(&claims(), mac), &keys).err(), Some(LinkFault::Algorithm));
    }
    let body = signed(&claims(), &key);
    let rest = body.split_once('.').expect("parts").1;
    for (header, fault) in [
        (json!({ "alg": "none" }), LinkFault::Malformed),
        (json!({ "alg": "HS512" }), LinkFault::Algorithm),
        (json!({ "alg": "HS256" }), LinkFault::Algorithm),
        (json!({ "typ": "JWT" }), LinkFault::Malformed),
        (json!({ "alg": "EdDSA", "crit": ["b64"], "b64": false }), LinkFault::Critical),
        (json!({ "alg": "EdDSA", "kid": "other" }), LinkFault::Signature),
    ] {
        let link = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()));
        assert_eq!(read(&link, &keys).err(), Some(fault), "{header}");
    }
}

#[test]
fn what_is_no_link_is_refused() {
    let key = pair(&PKCS_ED25519);
    let keys = [public(&key)];
    let good = signed(&claims(), &key);
    let padded = with("attributes", json!({ "x": "x".repeat(1024), "y": "y".repeat(1024) }));
    let long = format!("{}{}", signed(&padded, &key), "A".repeat(LONGEST));
    for bad in ["", "a.b", "a.b.c", "....", "\u{0}", &good[1..], &long] {
        assert!(read(bad, &keys).is_err(), "{bad:.40}");
    }
    let (head, mac) = good.rsplit_once('.').expect("parts");
    for bad in [format!("{head}."), format!("{head}.AAAA"), format!("{good}="), format!("{good}.x")]
    {
        assert!(read(&bad, &keys).is_err(), "{bad:.40}");
    }
    let mut letters: Vec<char> = head.chars().collect();
    let last = letters.len() - 8;
    letters[last] = if letters[last] == 'A' { 'B' } else { 'A' };
    let changed: String = letters.into_iter().collect();
    assert_eq!(read(&format!("{changed}.{mac}"), &keys).err(), Some(LinkFault::Signature));
}

#[test]
fn each_claim_is_judged() {
    use LinkFault as Fault;
    let key = pair(&PKCS_ED25519);
    let keys = [public(&key)];
    let s = |n: i64| json!(NOW_S + n);
    let life = |iat: i64, exp: i64| {
        let mut claims = claims();
        claims["iat"] = s(iat);
        claims["exp"] = s(exp);
        claims
    };
    for (claims, fault) in [
        (with("iss", json!("pku")), Fault::Issuer),
        (with("iss", json!("NJU")), Fault::Issuer),
        (without("iss"), Fault::Claims),
        (with("aud", json!("https://hub.test/in/nju/mylib/")), Fault::Audience),
        (with("aud", json!("https://hub.test/in/pku/mylib")), Fault::Audience),
        (with("aud", json!([AUD, "https://other.test"])), Fault::Claims),
        (without("aud"), Fault::Claims),
        (life(-60, -30), Fault::Time),
        (life(-91, -31), Fault::Time),
        (life(31, 60), Fault::Time),
        (life(0, 61), Fault::Time),
        (life(0, 0), Fault::Time),
        (life(10, 5), Fault::Time),
        (life(i64::MIN, 0), Fault::Time),
        (with("nbf", s(31)), Fault::Time),
        (without("iat"), Fault::Claims),
        (without("exp"), Fault::Claims),
        (with("exp", json!("soon")), Fault::Claims),
        (without("jti"), Fault::Claims),
        (with("jti", json!("short")), Fault::Id),
        (with("jti", json!("x".repeat(129))), Fault::Id),
        (with("jti", json!("a value with spaces")), Fault::Id),
        (without("sub"), Fault::Claims),
        (with("sub", json!(" ")), Fault::Claims),
        (with("sub", json!(5)), Fault::Claims),
        (without("target"), Fault::Claims),
        (with("target", json!("https://evil.test/")), Fault::Claims),
        (with("attributes", json!("x")), Fault::Claims),
        (with("attributes", json!({ "x": 5 })), Fault::Claims),
        (with("attributes", json!({ "x": { "y": "z" } })), Fault::Claims),
        (with("attributes", json!({ "x": "y".repeat(1025) })), Fault::Claims),
        (with("attributes", json!({ "x": vec!["y"; 33] })), Fault::Claims),
    ] {
        assert_eq!(read(&signed(&claims, &key), &keys).err(), Some(fault), "{claims}");
    }
    for good in [life(30, 60), life(-60, 0), life(-89, -29), with("nbf", s(30))] {
        assert!(read(&signed(&good, &key), &keys).is_ok(), "{good}");
    }
}

#[test]
fn the_time_of_the_login_is_the_librarys_to_say() {
    let key = pair(&PKCS_ED25519);
    let said = read(&signed(&with("auth_time", json!(NOW_S - 3600)), &key), &[public(&key)]);
    assert_eq!(said.expect("read").logged_in(), Timestamp::from_unix_s(NOW_S - 3600));
}

#[test]
fn a_claim_that_stands_twice_is_refused() {
    let text = claims().to_string().replacen('{', "{\"sub\":\"b21002\",", 1);
    let head = URL_SAFE_NO_PAD.encode(json!({ "alg": "HS256" }).to_string());
    let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(text));
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let mac = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).expect("a mac");
    let link = format!("{signed}.{mac}");
    assert_eq!(read(&link, &[secret(SECRET)]).err(), Some(LinkFault::Claims));
}

#[test]
fn a_key_that_cannot_hold_is_refused_without_being_shown() {
    let ed = pair(&PKCS_ED25519);
    let p256 = pair(&PKCS_ECDSA_P256_SHA256);
    for (text, why) in [
        (ed.serialize_pem(), "private"),
        (p256.public_key_pem(), "another kind"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----".to_owned(), "another kind"),
        ("short".to_owned(), "32 characters"),
        (String::new(), "32 characters"),
    ] {
        let said = LinkKey::read(&text).expect_err("refused");
        assert!(said.contains(why), "{said}");
    }
    assert_eq!(format!("{:?}", secret(SECRET)), "LinkKey(HS256)");
}
