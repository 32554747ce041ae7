//! A signed link: a compact JWS (RFC 7515) by which a library's own page hands a reader over.
//!
//! ```text
//! { "iss": "nju", "aud": "https://hub/in/nju/mylib", "iat": …, "exp": ≤ iat + 60, "jti": once,
//!   "sub": the reader's key, "target": a service, "attributes": { "name": "…" | ["…", …] } }
//! ```

use super::key::LinkKey;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Validation, decode, decode_header};
use model::{ServiceId, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};

/// Longest link in bytes, as it stands in the form.
pub(super) const LONGEST: usize = 8 * 1024;
/// Longest life of a link.
const LIFE_S: i64 = 60;
/// Clocks may differ by this much.
const SKEW_S: i64 = 30;
/// Names and values of attributes.
const MOST_NAMES: usize = 64;
const MOST_VALUES: usize = 32;
const LONGEST_VALUE: usize = 1024;

/// What a link says; only [`verify`] makes it, from what a key of the library has signed.
#[derive(Debug)]
pub(crate) struct Handover {
    subject: String,
    target: ServiceId,
    attributes: BTreeMap<String, Vec<String>>,
    logged_in: Timestamp,
    jti: String,
    until: Timestamp,
}

impl Handover {
    /// The reader, as the library knows them.
    pub(crate) fn subject(&self) -> &str {
        &self.subject
    }

    /// The service that the reader is handed over to.
    pub(crate) fn target(&self) -> &ServiceId {
        &self.target
    }

    /// What the library says of the reader.
    pub(crate) fn attributes(&self) -> &BTreeMap<String, Vec<String>> {
        &self.attributes
    }

    /// When the reader logged in at the library, where it says so; else when it wrote the note.
    pub(crate) fn logged_in(&self) -> Timestamp {
        self.logged_in
    }

    /// What must be used up, unique to the library.
    pub(crate) fn jti(&self) -> &str {
        &self.jti
    }

    /// Until when a repeat would pass the time checks.
    pub(crate) fn until(&self) -> Timestamp {
        self.until
    }
}

/// Why a link is not believed. Says nothing of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LinkFault {
    /// RFC 7515 section 7.1.
    #[error("not a signed JWT of at most 8 kB")]
    Malformed,
    /// RFC 8725 section 3.1.
    #[error("the algorithm is not that of a registered key")]
    Algorithm,
    /// RFC 7515 section 4.1.11.
    #[error("the header has critical extensions")]
    Critical,
    /// RFC 7515 section 5.2.
    #[error("no registered key verifies the signature")]
    Signature,
    /// RFC 7519 section 4.
    #[error("a claim is missing, of another type, or too long")]
    Claims,
    /// RFC 7519 section 4.1.1.
    #[error("iss is not this library")]
    Issuer,
    /// RFC 7519 section 4.1.3: a link for another hub or library must not be usable here.
    #[error("aud is not the callback address of this connector")]
    Audience,
    /// RFC 7519 section 4.1.4 to 4.1.6.
    #[error("it is over, begins in the future, or lives longer than 60 seconds")]
    Time,
    /// RFC 7519 section 4.1.7.
    #[error("jti is not 16 to 128 visible characters")]
    Id,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    jti: String,
    target: ServiceId,
    iat: i64,
    exp: i64,
    nbf: Option<i64>,
    auth_time: Option<i64>,
    #[serde(default)]
    attributes: Map<String, Value>,
}

/// For whom a link must be, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) audience: &'a str,
    pub(super) now: Timestamp,
}

/// Believes what one of the keys signed for this connector a moment ago.
///
/// The caller uses up the `jti` before the claim is admitted: a copied link must not work twice.
pub(super) fn verify(
    link: &str,
    keys: &[LinkKey],
    expected: Expected<'_>,
) -> Result<Handover, LinkFault> {
    if link.len() > LONGEST {
        return Err(LinkFault::Malformed);
    }
    let header = decode_header(link).map_err(|_| LinkFault::Malformed)?;
    let mut fitting = keys.iter().filter(|key| key.algorithm() == header.alg).peekable();
    if fitting.peek().is_none() {
        return Err(LinkFault::Algorithm);
    }
    if header.crit.is_some() {
        return Err(LinkFault::Critical);
    }
    let mut validation = Validation::new(header.alg);
    validation.required_spec_claims = HashSet::new();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    for key in fitting {
        match decode::<Claims>(link, key.decoding(), &validation) {
            Ok(verified) => return judge(verified.claims, expected),
            // The signature was verified before; a claim that stands twice is such a fault too.
            Err(e) if matches!(e.kind(), ErrorKind::Json(_)) => return Err(LinkFault::Claims),
            Err(_) => {}
        }
    }
    Err(LinkFault::Signature)
}

fn judge(claims: Claims, expected: Expected<'_>) -> Result<Handover, LinkFault> {
    if claims.iss != expected.issuer {
        return Err(LinkFault::Issuer);
    }
    if claims.aud != expected.audience {
        return Err(LinkFault::Audience);
    }
    let logged_in = Timestamp::from_unix_s(claims.auth_time.unwrap_or(claims.iat));
    let until = times(&claims, expected.now).ok_or(LinkFault::Time)?;
    let is_id =
        (16..=128).contains(&claims.jti.len()) && claims.jti.bytes().all(|b| b.is_ascii_graphic());
    if !is_id {
        return Err(LinkFault::Id);
    }
    if claims.sub.trim().is_empty() {
        return Err(LinkFault::Claims);
    }
    let attributes = attributes(claims.attributes).ok_or(LinkFault::Claims)?;
    let Claims { sub: subject, target, jti, .. } = claims;
    Ok(Handover { subject, target, attributes, logged_in, jti, until })
}

/// Until when a repeat would pass; `None` where it is not good now.
fn times(claims: &Claims, now: Timestamp) -> Option<Timestamp> {
    let Claims { iat, exp, nbf, .. } = *claims;
    let is_short = (1..=LIFE_S).contains(&exp.checked_sub(iat)?);
    let has_begun = [Some(iat), nbf]
        .into_iter()
        .flatten()
        .all(|at| Timestamp::from_unix_s(at) <= now.plus_s(SKEW_S));
    let until = Timestamp::from_unix_s(exp).plus_s(SKEW_S);
    (is_short && has_begun && now < until).then_some(until)
}

fn attributes(said: Map<String, Value>) -> Option<BTreeMap<String, Vec<String>>> {
    if said.len() > MOST_NAMES {
        return None;
    }
    said.into_iter()
        .map(|(name, value)| {
            let values = match value {
                Value::Array(many) if many.len() <= MOST_VALUES => many,
                Value::Array(_) => return None,
                one => vec![one],
            };
            let texts: Option<Vec<String>> = values.into_iter().map(text).collect();
            Some((name, texts?))
        })
        .collect()
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) if text.len() <= LONGEST_VALUE => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
