//! Keys that sign ID tokens.

use super::KeyError;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use rcgen::PKCS_RSA_SHA256;
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde_json::{Value, json};
use std::fmt;
use zeroize::Zeroizing;

/// A key that signs ID tokens, with its public name.
pub struct OidcKey {
    /// Key ID: the thumbprint of the public key (RFC 7638).
    pub kid: String,
    /// ES256 or RS256.
    pub alg: Algorithm,
    /// For jsonwebtoken, which parses it again for every token; [`OidcKey::sign`] does not.
    pub encoding: EncodingKey,
    jwk: Value,
    pair: Pair,
}

enum Pair {
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl fmt::Debug for OidcKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcKey")
            .field("kid", &self.kid)
            .field("alg", &self.alg)
            .finish_non_exhaustive()
    }
}

impl OidcKey {
    /// The JWS signature over `message` (RFC 7518 sections 3.3 and 3.4); `None` where the library fails.
    pub fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ec(pair) => pair.sign(&random, message).ok().map(|s| s.as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).ok()?;
                Some(signature)
            }
        }
    }

    /// The public key as a JWK (RFC 7517).
    pub fn jwk(&self) -> &Value {
        &self.jwk
    }

    /// Prepares an ES256 key from PKCS#8.
    pub(super) fn es256(pkcs8: &[u8]) -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
            .map_err(|e| KeyError::broken("an EC key cannot be read", e))?;
        let point = pair.public_key().as_ref();
        // SEC 1 section 2.3.3: 0x04, then x and y of 32 bytes each.
        let (x, y) = match point.split_first() {
            Some((4, rest)) if rest.len() == 64 => rest.split_at(32),
            _ => return Err(KeyError::Broken("an EC key has an unexpected form".to_owned())),
        };
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let kid = thumbprint(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#));
        let jwk = json!({
            "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid, "use": "sig", "alg": "ES256",
        });
        let encoding = EncodingKey::from_ec_der(pkcs8);
        Ok(Self { kid, alg: Algorithm::ES256, encoding, jwk, pair: Pair::Ec(pair) })
    }

    /// Prepares an RS256 key from PKCS#8.
    pub(super) fn rs256(pkcs8: &[u8]) -> Result<Self, KeyError> {
        let pair = RsaKeyPair::from_pkcs8(pkcs8)
            .map_err(|e| KeyError::broken("an RSA key cannot be read", e))?;
        let public = pair.public_key();
        let n = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
        let e = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
        let kid = thumbprint(&format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#));
        let jwk = json!({ "kty": "RSA", "n": n, "e": e, "kid": kid, "use": "sig", "alg": "RS256" });
        // jsonwebtoken takes PKCS#1 as DER, but unwraps PKCS#8 from PEM.
        let pem = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(
            &PrivatePkcs8KeyDer::from(pkcs8),
            &PKCS_RSA_SHA256,
        )
        .map(|key| Zeroizing::new(key.serialize_pem()))
        .map_err(|e| KeyError::broken("an RSA key cannot be written", e))?;
        let encoding = EncodingKey::from_rsa_pem(pem.as_bytes())
            .map_err(|e| KeyError::broken("an RSA key cannot be prepared", e))?;
        Ok(Self { kid, alg: Algorithm::RS256, encoding, jwk, pair: Pair::Rsa(pair) })
    }
}

/// RFC 7638 section 3: over the required members, in order, without white space.
fn thumbprint(canonical: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()))
}
