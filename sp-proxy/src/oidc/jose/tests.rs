use super::*;
use crate::oidc::samples::EcKey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;

const ALL: &[Algorithm] = &[Algorithm::ES256, Algorithm::RS256, Algorithm::PS256, Algorithm::EdDSA];

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
    format!("{}.{}.", part(header), part(claims))
}

#[test]
fn a_signature_by_a_registered_key_verifies() {
    let key = EcKey::new("k1");
    let claims = verify(&key.sign(&json!({"sub": "x"})), &key.jwks(), ALL).expect("verifies");
    assert_eq!(claims["sub"], "x");
}

#[test]
fn alg_none_and_hmac_under_the_public_key_are_refused() {
    let key = EcKey::new("k1");
    let none = unsigned(&json!({"alg": "none"}), &json!({"sub": "x"}));
    assert!(verify(&none, &key.jwks(), ALL).is_err());
    let header = Header::new(Algorithm::HS256);
    let public = key.jwks().to_string();
    let hmac = encode(&header, &json!({"sub": "x"}), &EncodingKey::from_secret(public.as_bytes()));
    assert_eq!(verify(&hmac.expect("signs"), &key.jwks(), ALL), Err(JoseFault::Algorithm));
}

#[test]
fn a_symmetric_key_in_the_set_is_never_used() {
    let header = Header::new(Algorithm::HS256);
    let jwt =
        encode(&header, &json!({"sub": "x"}), &EncodingKey::from_secret(b"k")).expect("signs");
    let jwks = json!({"keys": [{"kty": "oct", "k": "aw"}]});
    assert!(verify(&jwt, &jwks, &[Algorithm::HS256, Algorithm::ES256]).is_err());
}

#[test]
fn an_algorithm_that_was_not_allowed_is_refused() {
    let key = EcKey::new("k1");
    assert_eq!(
        verify(&key.sign(&json!({})), &key.jwks(), &[Algorithm::RS256]),
        Err(JoseFault::Algorithm)
    );
}

#[test]
fn a_key_of_another_name_use_or_algorithm_is_not_tried() {
    let key = EcKey::new("k1");
    let jwt = key.sign(&json!({}));
    for (name, value) in [("kid", "k2"), ("use", "enc"), ("alg", "ES384"), ("crv", "P-384")] {
        let mut jwks = key.jwks();
        jwks["keys"][0][name] = json!(value);
        assert_eq!(verify(&jwt, &jwks, ALL), Err(JoseFault::Signature), "{name}");
    }
}

#[test]
fn a_critical_extension_is_refused() {
    let key = EcKey::new("k1");
    let jwt = key.sign_with(&json!({}), |header| header.crit = Some(vec!["b64".into()]));
    assert_eq!(verify(&jwt, &key.jwks(), ALL), Err(JoseFault::Critical));
}

#[test]
fn one_changed_character_of_the_claims_is_found() {
    let key = EcKey::new("k1");
    let jwt = key.sign(&json!({"sub": "x"}));
    let mut parts: Vec<String> = jwt.split('.').map(str::to_owned).collect();
    parts[1] = URL_SAFE_NO_PAD.encode(r#"{"sub":"y"}"#);
    assert_eq!(verify(&parts.join("."), &key.jwks(), ALL), Err(JoseFault::Signature));
}

#[test]
fn rubbish_is_malformed() {
    for bad in ["", ".", "..", "a.b.c", "{}", "e30.e30"] {
        assert_eq!(verify(bad, &json!({}), ALL), Err(JoseFault::Malformed), "{bad}");
    }
}
