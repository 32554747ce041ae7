//! Who is at the token endpoint: exactly one proof, and the one registered.

use super::error::OAuthError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Inbound, OidcClient, Params, TokenAuth};

/// RFC 7523 section 2.2.
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a client presents, not yet checked. No Debug: it holds secrets.
pub(crate) enum Presented {
    /// A secret, by `client_secret_basic` or `client_secret_post`.
    Secret {
        /// Whose.
        client_id: String,
        /// The secret itself.
        secret: String,
        /// Which of the two.
        by: TokenAuth,
    },
    /// A JWT signed with the client's key.
    Assertion {
        /// `client_id` of the body, where sent.
        client_id: Option<String>,
        /// The JWT.
        jwt: String,
    },
    /// Only a name: a public client.
    Name {
        /// Whose.
        client_id: String,
    },
}

/// Reads what the client presents. RFC 6749 section 2.3: more than one method in
/// one request is refused, or a checked weak one could cover an unchecked other.
pub(crate) fn presented(inbound: &Inbound, params: &Params) -> Result<Presented, OAuthError> {
    let one = |name| params.one(name).map_err(|f| OAuthError::invalid_request(f.to_string()));
    let client_id = one("client_id")?.map(str::to_owned);
    let secret = one("client_secret")?.map(str::to_owned);
    let assertion = one("client_assertion")?.map(str::to_owned);
    let assertion_type = one("client_assertion_type")?;
    let basic = basic(inbound)?;
    match (basic, secret, assertion, client_id) {
        (Some((user, secret)), None, None, client_id) => {
            if client_id.is_some_and(|id| id != user) {
                return Err(OAuthError::invalid_request("client_id differs from the Basic user"));
            }
            Ok(Presented::Secret { client_id: user, secret, by: TokenAuth::ClientSecretBasic })
        }
        (None, Some(secret), None, Some(client_id)) => {
            Ok(Presented::Secret { client_id, secret, by: TokenAuth::ClientSecretPost })
        }
        (None, None, Some(jwt), client_id) if assertion_type == Some(JWT_BEARER) => {
            Ok(Presented::Assertion { client_id, jwt })
        }
        (None, None, Some(_), _) => {
            Err(OAuthError::invalid_request("client_assertion_type is not jwt-bearer"))
        }
        (None, None, None, Some(client_id)) => Ok(Presented::Name { client_id }),
        (None, _, None, None) => Err(OAuthError::invalid_client("no client_id")),
        _ => Err(OAuthError::invalid_request("more than one client authentication")),
    }
}

/// Whether the client may prove itself so: by what its registration holds.
/// A client with a key or a secret can never pass as a public one.
pub(crate) fn is_registered(client: &OidcClient, method: TokenAuth) -> bool {
    let has_keys = client.jwks.is_some() || client.jwks_uri.is_some();
    let has_secret = client.client_secret_file.is_some();
    match method {
        TokenAuth::ClientSecretBasic | TokenAuth::ClientSecretPost => has_secret,
        TokenAuth::PrivateKeyJwt => has_keys,
        TokenAuth::None => !has_secret && !has_keys,
    }
}

fn basic(inbound: &Inbound) -> Result<Option<(String, String)>, OAuthError> {
    let mut sent = inbound.headers.iter().filter(|(n, _)| n == "authorization").map(|(_, v)| v);
    let Some(value) = sent.next() else { return Ok(None) };
    if sent.next().is_some() {
        return Err(OAuthError::invalid_request("two Authorization headers"));
    }
    read_basic(value).map(Some).ok_or_else(|| OAuthError::invalid_client("not HTTP Basic"))
}

/// RFC 6749 section 2.3.1: both halves are form-encoded before they are joined
/// by the colon, so a secret may hold any character.
fn read_basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, secret) = decoded.split_once(':')?;
    Some((form_decoded(user)?, form_decoded(secret)?))
}

fn form_decoded(text: &str) -> Option<String> {
    // `&` and `=` would end a value in Params; a client that did not encode them
    // means them literally.
    let guarded = text.replace('&', "%26");
    let params = Params::parse(format!("v={guarded}").as_bytes()).ok()?;
    params.one("v").ok().flatten().map(str::to_owned)
}

#[cfg(test)]
mod tests;
