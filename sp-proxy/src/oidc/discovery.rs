//! `/.well-known/openid-configuration`, `/.well-known/oauth-authorization-server`
//! and `/oauth2/jwks`: what the provider offers, and its public keys.

use super::{Provider, json_names, path};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Clients look again after this long, so a new key is seen before the old one goes.
const KEPT: &str = "public, max-age=300";

/// OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2: one document for both.
pub(crate) async fn configuration(State(provider): State<Provider>) -> Response {
    answer(&document(provider.issuer(), |path| provider.url(path)))
}

/// RFC 7517 section 5: public parts only.
pub(crate) async fn jwks(State(provider): State<Provider>) -> Response {
    answer(provider.keys.current().jwks())
}

fn answer(body: &Value) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, KEPT)];
    (headers, body.to_string()).into_response()
}

fn document(issuer: &str, url: impl Fn(&str) -> String) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": url(path::AUTHORIZE),
        "token_endpoint": url(path::TOKEN),
        "userinfo_endpoint": url(path::USERINFO),
        "jwks_uri": url(path::JWKS),
        "end_session_endpoint": url(path::END_SESSION),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
        "scopes_supported": ["openid"],
        "claim_types_supported": ["normal"],
        "claims_supported": json_names(),
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "require_request_uri_registration": false,
        "authorization_response_iss_parameter_supported": true,
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "select_account", "consent"],
        "ui_locales_supported": ["zh", "en"],
        "token_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256", "EdDSA", "PS256", "RS256"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::assertion;

    #[test]
    fn the_document_names_what_is_built_and_nothing_else() {
        let document = document("https://hub.test", |path| format!("https://hub.test{path}"));
        assert_eq!(document["issuer"], "https://hub.test");
        assert_eq!(document["token_endpoint"], "https://hub.test/oauth2/token");
        assert_eq!(document["response_types_supported"], json!(["code"]));
        let built: Vec<Value> = assertion::ALGORITHMS.iter().map(|a| json!(a)).collect();
        assert_eq!(document["token_endpoint_auth_signing_alg_values_supported"], json!(built));
        for claim in ["sub", "email", "phone_number", "name", "auth_time", "acr"] {
            let claims = document["claims_supported"].as_array().expect("array");
            assert!(claims.contains(&json!(claim)), "{claim}");
        }
    }
}
