//! Five small relying parties of the demo.
//!
//! They stand for the systems of a consortium: interlibrary loan, virtual
//! reference and the universal card speak OpenID Connect, foreign journals
//! and the union catalogue speak SAML. They know nothing of the hub but its
//! address, import nothing of it, and check its answers as strangers would.

mod browser;
mod client;
mod clock;
mod oidc;
mod page;
mod saml;
mod show;

pub use saml::{SamlKeys, SetupError};
pub use show::Kind;

use axum::Router;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Where a service lives, and where the hub does.
#[derive(Debug, Clone)]
pub struct Place {
    /// Which of the five.
    pub kind: Kind,
    /// Its own origin, e.g. `http://ill.localhost:8083`.
    pub base: String,
    /// The hub's origin.
    pub hub: String,
}

/// What a service proves itself to the hub with.
pub enum Credentials {
    /// A confidential OpenID client.
    Oidc {
        /// Client id.
        client_id: String,
        /// Client secret.
        client_secret: String,
    },
    /// A SAML service provider with keys of its own.
    Saml(SamlKeys),
}

/// Serves one relying party until `stop` resolves.
///
/// # Errors
/// The listener's own error.
pub async fn run(
    listener: TcpListener,
    place: Place,
    credentials: Credentials,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let place = Arc::new(place);
    let router: Router = match credentials {
        Credentials::Oidc { client_id, client_secret } => {
            oidc::router(place, client_id, client_secret)
        }
        Credentials::Saml(keys) => saml::router(place, keys),
    };
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}
