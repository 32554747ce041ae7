use super::*;
use crate::oidc::samples::{EcKey, now};
use serde_json::json;

const ISSUER: &str = "https://hub.test";
const TOKEN: &str = "https://hub.test/oauth2/token";

fn good() -> Value {
    json!({
        "iss": "ill", "sub": "ill", "aud": TOKEN, "jti": "one",
        "iat": now().unix_s(), "exp": now().unix_s() + 60,
    })
}

fn check(key: &EcKey, claims: &Value) -> Result<Jti, AssertionFault> {
    verify(&key.sign(claims), "ill", &key.jwks(), &[ISSUER, TOKEN], now())
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = good();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = good();
    claims.as_object_mut().expect("object").remove(name);
    claims
}

#[test]
fn a_good_assertion_is_remembered_until_it_cannot_pass_again() {
    let key = EcKey::new("k1");
    let jti = check(&key, &good()).expect("accepted");
    assert_eq!(jti.until, now().plus_s(120));
    assert_eq!(check(&key, &good()).expect("accepted").key, jti.key);
    assert_ne!(check(&key, &with("jti", json!("two"))).expect("accepted").key, jti.key);
    for aud in [json!(ISSUER), json!([ISSUER]), json!(["https://other", TOKEN])] {
        assert!(check(&key, &with("aud", aud)).is_ok());
    }
}

#[test]
fn every_claim_is_checked() {
    let key = EcKey::new("k1");
    let s = now().unix_s();
    let cases = [
        (with("iss", json!("other")), AssertionFault::Subject),
        (without("iss"), AssertionFault::Subject),
        (with("sub", json!("other")), AssertionFault::Subject),
        (without("sub"), AssertionFault::Subject),
        (with("aud", json!("https://hub.test/")), AssertionFault::Audience),
        (with("aud", json!([])), AssertionFault::Audience),
        (without("aud"), AssertionFault::Audience),
        (with("exp", json!(s - 60)), AssertionFault::Time),
        (with("exp", json!(s + 3661)), AssertionFault::Time),
        (with("exp", json!("soon")), AssertionFault::Time),
        (without("exp"), AssertionFault::Time),
        (with("iat", json!(s + 61)), AssertionFault::Time),
        (with("nbf", json!(s + 61)), AssertionFault::Time),
        (without("jti"), AssertionFault::NoId),
        (with("jti", json!("")), AssertionFault::NoId),
    ];
    for (claims, fault) in cases {
        assert_eq!(check(&key, &claims), Err(fault), "{claims}");
    }
}

#[test]
fn another_key_is_refused() {
    let (key, other) = (EcKey::new("k1"), EcKey::new("k1"));
    let answer = verify(&other.sign(&good()), "ill", &key.jwks(), &[TOKEN], now());
    assert_eq!(answer, Err(AssertionFault::Jose(JoseFault::Signature)));
}

#[test]
fn the_claimed_client_is_read_without_trust() {
    assert_eq!(claimed_client(&EcKey::new("k").sign(&good())).as_deref(), Some("ill"));
    for bad in ["", "a.b", "..", "a.!!!.c", "a.e30.c"] {
        assert_eq!(claimed_client(bad), None, "{bad}");
    }
}
