//! `private_key_jwt`: a client that proves itself with its own key (RFC 7523).

use super::jose::{self, JoseFault};
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use model::Timestamp;
use serde_json::{Map, Value};

/// Algorithms that a client may sign with.
pub(crate) const ALGORITHMS: &[Algorithm] =
    &[Algorithm::ES256, Algorithm::EdDSA, Algorithm::PS256, Algorithm::RS256];

/// Clocks may differ by this much.
const SKEW_S: i64 = 60;
/// The longest life accepted, so that what is remembered of it stays bounded.
const LONGEST_LIFE_S: i64 = 3600;

/// What must be remembered of an assertion so that it works once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Jti {
    /// Key of the one-use record: a hash of client and `jti`.
    pub(crate) key: String,
    /// Until when a repeat would pass the time checks.
    pub(crate) until: Timestamp,
}

/// Why an assertion is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AssertionFault {
    /// Its signature.
    #[error(transparent)]
    Jose(#[from] JoseFault),
    /// RFC 7523 section 3, 1 and 2.
    #[error("iss and sub must both be the client_id")]
    Subject,
    /// RFC 7523 section 3, 3.
    #[error("aud must be this issuer or its token endpoint")]
    Audience,
    /// RFC 7523 section 3, 4 to 6.
    #[error("exp is missing, past, or more than an hour away, or iat or nbf lies in the future")]
    Time,
    /// RFC 7523 section 3, 7.
    #[error("jti is missing")]
    NoId,
}

/// The client that an assertion claims to be of; unverified, it only chooses
/// the keys.
pub(crate) fn claimed_client(jwt: &str) -> Option<String> {
    let payload = jwt.split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    claims.get("sub").and_then(Value::as_str).map(str::to_owned)
}

/// Verifies the assertion against the client's registered keys.
///
/// The caller uses up the `Jti` before it accepts: a copied assertion must not
/// work a second time.
pub(crate) fn verify(
    jwt: &str,
    client_id: &str,
    jwks: &Value,
    audiences: &[&str],
    now: Timestamp,
) -> Result<Jti, AssertionFault> {
    let claims = jose::verify(jwt, jwks, ALGORITHMS)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(client_id) || text("sub") != Some(client_id) {
        return Err(AssertionFault::Subject);
    }
    // An assertion made for another server must not be usable here.
    if !names_us(claims.get("aud"), audiences) {
        return Err(AssertionFault::Audience);
    }
    let until = check_times(&claims, now).ok_or(AssertionFault::Time)?;
    let jti = text("jti").filter(|jti| !jti.is_empty()).ok_or(AssertionFault::NoId)?;
    let hash = digest::digest(&digest::SHA256, format!("{client_id}\n{jti}").as_bytes());
    Ok(Jti { key: URL_SAFE_NO_PAD.encode(hash.as_ref()), until })
}

fn names_us(aud: Option<&Value>, audiences: &[&str]) -> bool {
    let is_ours = |aud: &Value| aud.as_str().is_some_and(|aud| audiences.contains(&aud));
    match aud {
        Some(Value::Array(many)) => many.iter().any(is_ours),
        Some(one) => is_ours(one),
        None => false,
    }
}

/// Until when the assertion is good by our clock; `None` where it is not good now.
fn check_times(claims: &Map<String, Value>, now: Timestamp) -> Option<Timestamp> {
    let expires = at(claims.get("exp")?)?;
    let is_started = ["iat", "nbf"].into_iter().all(|name| {
        claims.get(name).is_none_or(|v| at(v).is_some_and(|t| t <= now.plus_s(SKEW_S)))
    });
    let is_current = expires.plus_s(SKEW_S) > now && expires <= now.plus_s(LONGEST_LIFE_S + SKEW_S);
    (is_started && is_current).then(|| expires.plus_s(SKEW_S))
}

/// RFC 7519 section 2: a NumericDate may have a fraction.
fn at(value: &Value) -> Option<Timestamp> {
    value.as_i64().map(Timestamp::from_unix_s).or_else(|| {
        let seconds = value.as_f64().filter(|s| s.is_finite() && s.abs() < 1e12)?;
        #[expect(clippy::cast_possible_truncation, reason = "bounded on the line above")]
        Some(Timestamp::from_unix_s(seconds.floor() as i64))
    })
}

#[cfg(test)]
mod tests;
