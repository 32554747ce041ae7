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
}

/// The layer that makes pages of replies. It lies inside `login::edge_layer` and outside
/// of every handler, `CatchPanic` included.
pub fn render_layer(parts: WebParts) -> RenderLayer {
    RenderLayer::new(parts)
}
