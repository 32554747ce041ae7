//! The SAML 2.0 identity provider that services see.
//!
//! ```text
//! browser ─▶ sso: AuthnRequest ─▶ login::start … login::Ready ─▶ protocol: Response ─▶ ACS
//! ```
//!
//! One shared identity provider: its entityID is the address of its metadata.
//! The virtual one of a single member, single logout and unsolicited starts are
//! not built; a service registered with `idp = "member"` is refused by name.

mod attributes;
mod authn_context;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod metadata;
mod name_id;
mod protocol;
mod request;
mod return_to;
#[cfg(test)]
mod samples;
mod sso;
mod status;

pub use protocol::SamlIdpProtocol;

use crate::SpParts;
use ::metadata::{KeyRing, PublicUrl, Registry};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use login::Login;
use std::sync::Arc;
use store::Shared;

/// Key of the protocol in login requests.
pub(crate) const KEY: &str = "saml";

/// Largest posted AuthnRequest: 64 kB of XML in base64, form-encoded.
const BODY_LIMIT: usize = 128 * 1024;

/// Addresses under `public_url`.
pub(crate) mod path {
    pub(crate) const METADATA: &str = "/saml/idp/metadata";
    pub(crate) const SSO: &str = "/saml/idp/sso";
}

/// Every route of the identity provider. Pages take the response layer of `web`.
pub fn routes(parts: SpParts) -> Router {
    let idp = IdentityProvider::new(parts.registry, parts.keys, parts.shared, parts.public_url);
    let endpoints = Endpoints { idp: idp.clone(), login: parts.login };
    let sso = get(sso::sso).post(sso::sso).layer(DefaultBodyLimit::max(BODY_LIMIT));
    Router::new()
        .route(path::SSO, sso)
        .with_state(endpoints)
        .merge(Router::new().route(path::METADATA, get(metadata::metadata)).with_state(idp))
}

/// What every endpoint of the identity provider answers from.
#[derive(Clone)]
pub(crate) struct IdentityProvider {
    registry: Registry,
    keys: Arc<KeyRing>,
    shared: Shared,
    public_url: PublicUrl,
}

/// The identity provider with the path of a login behind it.
#[derive(Clone)]
pub(crate) struct Endpoints {
    idp: IdentityProvider,
    login: Login,
}

impl IdentityProvider {
    fn new(registry: Registry, keys: Arc<KeyRing>, shared: Shared, public_url: PublicUrl) -> Self {
        Self { registry, keys, shared, public_url }
    }

    fn entity_id(&self) -> String {
        self.public_url.join(path::METADATA)
    }

    fn sso_url(&self) -> String {
        self.public_url.join(path::SSO)
    }

    /// The hub as service provider: its own name among a request's requesters is a loop.
    fn own_sp_entity_id(&self) -> String {
        self.public_url.join("/saml/sp/metadata")
    }
}

#[cfg(test)]
mod tests;
