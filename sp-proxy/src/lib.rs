//! Everything that faces a service: one module a protocol, one file an endpoint.
//!
//! A protocol reads a request, proves where its answer may go, and hands a
//! [`model::LoginRequest`] to the one path of a login; it answers only what
//! comes back as [`login::Ready`]. Which check runs where is [`CHECKS`].

mod checks;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod oidc;
mod released;
mod saml_idp;
#[cfg(test)]
mod testing;

pub use checks::{CHECKS, Check, Endpoint, FailsWith};
pub use oidc::{OidcProtocol, routes as oidc_routes};
pub use saml_idp::{SamlIdpProtocol, routes as saml_routes};

use login::Login;
use metadata::{KeyRing, PublicUrl, Registry};
use std::sync::Arc;
use store::Shared;

/// What the routes of a protocol answer from.
#[derive(Clone)]
pub struct SpParts {
    /// The path of a login.
    pub login: Login,
    /// Services, members and policies.
    pub registry: Registry,
    /// The hub's keys.
    pub keys: Arc<KeyRing>,
    /// Codes, tokens and one-use records.
    pub shared: Shared,
    /// The hub's address.
    pub public_url: PublicUrl,
}

/// What a stranger sent, as it may stand in the log: in quotes, escaped, and not long.
pub(crate) fn clipped(text: &str) -> String {
    const MOST: usize = 100;
    let short: String = text.chars().take(MOST).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("{short:?}{more}")
}

#[cfg(test)]
mod tests {
    use super::clipped;

    #[test]
    fn what_a_stranger_sent_is_short_and_escaped_in_the_log() {
        assert_eq!(clipped("ill"), "\"ill\"");
        assert_eq!(clipped("a\nb\u{1b}[31m\"c"), "\"a\\nb\\u{1b}[31m\\\"c\"");
        assert_eq!(clipped(&"馆".repeat(5000)).chars().count(), 103);
    }
}
