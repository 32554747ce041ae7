//! The `[oidc]` part of a service.

use super::Judge;
use super::address::redirect_uri;
use model::OidcClient;
use std::collections::BTreeSet;

pub(super) fn judge(judge: &mut Judge<'_>, client: &OidcClient) {
    let id = &client.client_id;
    if !(1..=128).contains(&id.len()) || !id.bytes().all(|b| b.is_ascii_graphic()) {
        judge.fault("oidc.client_id", "not 1 to 128 printable ASCII characters", "choose another");
    }
    let proofs = [
        ("client_secret_file", client.client_secret_file.is_some()),
        ("jwks", client.jwks.is_some()),
        ("jwks_uri", client.jwks_uri.is_some()),
    ];
    let given: Vec<&str> =
        proofs.iter().filter(|(_, is_there)| *is_there).map(|(key, _)| *key).collect();
    if given.len() > 1 {
        // RFC 7591 section 2: jwks and jwks_uri must not both be given; a
        // client with a secret as well could be answered for by the weaker.
        let what = format!("{} together", given.join(" and "));
        judge.fault("oidc", what, "keep one: a client proves itself in one way");
    }
    if client.redirect_uris.is_empty() {
        judge.fault("oidc.redirect_uris", "empty", "list the addresses that answers may go to");
    }
    let lists = [
        ("redirect_uris", &client.redirect_uris),
        ("post_logout_redirect_uris", &client.post_logout_redirect_uris),
    ];
    for (name, addresses) in lists {
        let mut seen = BTreeSet::new();
        for (place, address) in addresses.iter().enumerate() {
            let key = format!("oidc.{name}[{place}]");
            if let Err((what, remedy)) = redirect_uri(address) {
                judge.fault(&key, format!("`{address}`: {what}"), remedy);
            }
            if !seen.insert(address) {
                judge.fault(&key, "listed twice", "keep it once");
            }
        }
    }
    if let Some(uri) = &client.jwks_uri {
        judge.address("oidc.jwks_uri", uri);
    }
    let alg = client.id_token_signed_response_alg.as_deref();
    if let Some(other) = alg.filter(|alg| !matches!(*alg, "ES256" | "RS256")) {
        let what = format!("`{other}` is not an algorithm of this hub");
        judge.fault("oidc.id_token_signed_response_alg", what, "use ES256 or RS256");
    }
}
