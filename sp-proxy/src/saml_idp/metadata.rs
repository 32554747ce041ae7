//! `/saml/idp/metadata`: who we are to services.
//!
//! Unsigned: it is fetched over TLS from the entityID itself, and a federation
//! that carries it signs its own aggregate.

use super::IdentityProvider;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use saml::{IdpSelf, write_idp_metadata};
use std::collections::BTreeSet;

pub(crate) async fn metadata(State(idp): State<IdentityProvider>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/samlmetadata+xml"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, document(&idp)).into_response()
}

fn document(idp: &IdentityProvider) -> String {
    let snapshot = idp.registry.current();
    let keys = idp.keys.current();
    // Services check the scope of pairwise-id against these.
    let scopes: BTreeSet<String> = snapshot
        .members()
        .filter(|member| member.status.admits_logins())
        .flat_map(|member| member.scopes.iter().cloned())
        .chain([idp.public_url.host().to_owned()])
        .collect();
    let scopes: Vec<String> = scopes.into_iter().collect();
    let sso_url = idp.sso_url();
    write_idp_metadata(&IdpSelf {
        entity_id: &idp.entity_id(),
        sso_redirect: &sso_url,
        sso_post: &sso_url,
        certs: &keys.saml_certificates(),
        name: &snapshot.consortium().name,
        scopes: &scopes,
        want_authn_requests_signed: false,
    })
}
