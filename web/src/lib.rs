//! Pages: the response layer, discovery, login, portal, logout, desk and console.
//!
//! [`render_layer`] turns every `login::Reply` and `login::Refused` into HTML;
//! [`routes`] has the pages that are of this room itself. All pages work without
//! scripts, hold nothing inline, and come in Chinese and English.

mod assets;
mod page;
mod pages;
mod portal_protocol;
mod render;
mod routes;
mod seen;
mod shown;
mod staff;
mod stage;
mod words;

pub use portal_protocol::PortalProtocol;
pub use render::{Render, RenderLayer};
pub use routes::{fallback, routes};
pub use shown::local_time;
pub use staff::StaffProtocol;

use login::Login;
use metadata::{PublicUrl, Registry};
use model::Timestamp;
use std::fmt;
use std::sync::Arc;

/// Id of the built-in service, and key of its protocol, behind `/`.
pub(crate) const PORTAL: &str = "portal";

/// What the pages stand on. Cheap to clone.
#[derive(Debug, Clone)]
pub struct WebParts {
    /// The path of a login.
    pub login: Login,
    /// Members, services, the consortium's name.
    pub registry: Registry,
    /// The hub's address.
    pub public_url: PublicUrl,
    /// Mark every page `示例 · demo`.
    pub demo_mark: bool,
    /// When the hub's own certificates end, for the console.
    pub ends: OwnEnds,
}

/// When certificates of the hub itself end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ends {
    /// That of its TLS, where it speaks TLS itself.
    pub tls: Option<Timestamp>,
    /// The first of those that are published in its SAML metadata.
    pub saml: Option<Timestamp>,
}

/// Asked anew for each page: certificates are renewed while the hub runs.
#[derive(Clone)]
pub struct OwnEnds(Arc<dyn Fn() -> Ends + Send + Sync>);

impl OwnEnds {
    /// Asks `of` each time.
    pub fn new(of: impl Fn() -> Ends + Send + Sync + 'static) -> Self {
        Self(Arc::new(of))
    }

    pub(crate) fn now(&self) -> Ends {
        (self.0)()
    }
}

impl fmt::Debug for OwnEnds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnEnds")
    }
}

/// The layer that makes pages of replies. It lies inside `login::edge_layer` and outside
/// of every handler, `CatchPanic` included.
pub fn render_layer(parts: WebParts) -> RenderLayer {
    RenderLayer::new(parts)
}
