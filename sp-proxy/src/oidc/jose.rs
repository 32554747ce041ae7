//! Signatures of JWTs, checked against a set of public keys and nothing else.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// More keys than this are not tried: each costs a public-key operation.
const MOST_KEYS: usize = 16;

/// Why a JWT is not accepted. Says nothing of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JoseFault {
    /// Not a JWS in compact form.
    #[error("not a signed JWT")]
    Malformed,
    /// Another algorithm than those allowed.
    #[error("the algorithm is not allowed")]
    Algorithm,
    /// RFC 7515 section 4.1.11: an extension that must be understood and is not.
    #[error("the header has critical extensions")]
    Critical,
    /// No registered key made this signature.
    #[error("no registered key verifies the signature")]
    Signature,
}

/// The claims of `jwt`, after one key of `jwks` has verified its signature.
///
/// Algorithms come from `allowed` and must fit the key, so neither `none` nor
/// an HMAC under a public key passes (RFC 8725 section 3.1). Times and names are
/// the caller's to check, by the hub's own clock.
pub(crate) fn verify(
    jwt: &str,
    jwks: &Value,
    allowed: &[Algorithm],
) -> Result<Map<String, Value>, JoseFault> {
    let header = decode_header(jwt).map_err(|_| JoseFault::Malformed)?;
    if !allowed.contains(&header.alg) {
        return Err(JoseFault::Algorithm);
    }
    if header.crit.is_some() {
        return Err(JoseFault::Critical);
    }
    let mut validation = Validation::new(header.alg);
    validation.required_spec_claims = HashSet::new();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let candidates = jwks.get("keys").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    candidates
        .iter()
        .filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok())
        .filter(|key| fits(key, header.alg, header.kid.as_deref()))
        .take(MOST_KEYS)
        .filter_map(|key| DecodingKey::from_jwk(&key).ok())
        .find_map(|key| decode::<Map<String, Value>>(jwt, &key, &validation).ok())
        .map(|verified| verified.claims)
        .ok_or(JoseFault::Signature)
}

/// Whether the key is of the algorithm's kind, for signatures, and the one named.
fn fits(key: &Jwk, algorithm: Algorithm, kid: Option<&str>) -> bool {
    let is_of_kind = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::EllipticCurve(ec), Algorithm::ES256) => {
            ec.curve == EllipticCurve::P256
        }
        (AlgorithmParameters::RSA(_), Algorithm::RS256 | Algorithm::PS256) => true,
        (AlgorithmParameters::OctetKeyPair(okp), Algorithm::EdDSA) => {
            okp.curve == EllipticCurve::Ed25519
        }
        _ => false,
    };
    let common = &key.common;
    is_of_kind
        && kid.is_none_or(|kid| common.key_id.as_deref() == Some(kid))
        && common.key_algorithm.is_none_or(|a| a == algorithm.into())
        && common.public_key_use.as_ref().is_none_or(|u| *u == PublicKeyUse::Signature)
}

#[cfg(test)]
mod tests;
