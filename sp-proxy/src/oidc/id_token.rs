//! ID tokens: what they say, and how they are signed.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use metadata::OidcKey;
use model::{Evidence, Timestamp};
use serde_json::{Map, Value, json};

/// An ID token is read once, right after it is issued.
const LIFE_S: i64 = 600;

/// What the protocol itself says of a login.
pub(crate) struct Statement<'a> {
    /// The hub.
    pub(crate) issuer: &'a str,
    /// The one client it is for.
    pub(crate) client_id: &'a str,
    /// Pairwise.
    pub(crate) sub: &'a str,
    /// The client's own name of the session.
    pub(crate) sid: &'a str,
    /// As the client sent it.
    pub(crate) nonce: Option<&'a str>,
    /// When the reader proved it.
    pub(crate) auth_time: Timestamp,
    /// How.
    pub(crate) acr: &'a str,
    /// What the login rests on.
    pub(crate) evidence: Evidence,
    /// The access token beside it.
    pub(crate) access_token: &'a str,
    /// Now.
    pub(crate) now: Timestamp,
}

impl Statement<'_> {
    /// The claims over the released values. Those of the protocol are written
    /// last, so no released value can stand in their place.
    pub(crate) fn over(&self, released: Map<String, Value>) -> Map<String, Value> {
        let mut claims = released;
        let issued = self.now.unix_s();
        let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        set("iss", json!(self.issuer));
        set("sub", json!(self.sub));
        set("aud", json!(self.client_id));
        set("iat", json!(issued));
        set("exp", json!(issued + LIFE_S));
        set("auth_time", json!(self.auth_time.unix_s()));
        set("acr", json!(self.acr));
        set("sid", json!(self.sid));
        // Core 3.1.3.6: binds the access token that came along, against substitution.
        set("at_hash", json!(half_hash(self.access_token)));
        if let Some(nonce) = self.nonce {
            set("nonce", json!(nonce));
        }
        if let Some(amr) = amr(self.evidence, self.acr) {
            set("amr", amr);
        }
        claims
    }
}

const PASSWORD_CLASSES: [&str; 2] = [
    "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
];

/// RFC 8176. Left out where the library did not say how it asked: nothing is guessed.
fn amr(evidence: Evidence, acr: &str) -> Option<Value> {
    let by_password = evidence == Evidence::PasswordChecked || PASSWORD_CLASSES.contains(&acr);
    by_password.then(|| json!(["pwd"]))
}

/// Left half of the SHA-256: the hash of ES256 and RS256 alike.
fn half_hash(token: &str) -> String {
    let digest = digest::digest(&digest::SHA256, token.as_bytes());
    URL_SAFE_NO_PAD.encode(digest.as_ref().get(..16).unwrap_or_default())
}

/// The compact JWS of the claims (RFC 7515 section 7.1); `None` where the key cannot sign.
pub(crate) fn sign(key: &OidcKey, claims: &Map<String, Value>) -> Option<String> {
    let header = json!({ "alg": key.alg, "kid": key.kid, "typ": "JWT" });
    let claims = serde_json::to_vec(claims).ok()?;
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let signature = key.sign(message.as_bytes())?;
    Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::samples::now;

    fn statement<'a>() -> Statement<'a> {
        Statement {
            issuer: "https://hub.test",
            client_id: "ill",
            sub: "pairwise",
            sid: "session",
            nonce: Some("N"),
            auth_time: now().plus_s(-30),
            acr: "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified",
            evidence: Evidence::Asserted,
            access_token: "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y",
            now: now(),
        }
    }

    #[test]
    fn a_released_value_never_replaces_a_claim_of_the_protocol() {
        let released = json!({"sub": "forged", "aud": "other", "name": "读者甲"});
        let claims = statement().over(released.as_object().cloned().expect("object"));
        assert_eq!(claims["sub"], "pairwise");
        assert_eq!(claims["aud"], "ill");
        assert_eq!(claims["name"], "读者甲");
        assert_eq!(claims["auth_time"], now().unix_s() - 30);
        assert_eq!(claims["nonce"], "N");
    }

    #[test]
    fn at_hash_is_the_one_of_core_appendix_a_3() {
        assert_eq!(
            half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }

    #[test]
    fn amr_is_said_only_where_it_is_known() {
        assert_eq!(statement().over(Map::new()).get("amr"), None);
        let checked = Statement { evidence: Evidence::PasswordChecked, ..statement() };
        assert_eq!(checked.over(Map::new())["amr"], json!(["pwd"]));
        let asserted = Statement { acr: PASSWORD_CLASSES[1], ..statement() };
        assert_eq!(asserted.over(Map::new())["amr"], json!(["pwd"]));
    }
}
