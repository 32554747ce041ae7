//! The rooms put together into one router. The only place that knows them all.

use crate::health;
use crate::installation::Installation;
use crate::requests::measure;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse as _, Response};
use idp_bridge::{
    CasConnector, CentralConnector, Connector, LdapConnector, SamlConnector, SignedLinkConnector,
    Sip2Connector,
};
use login::{EdgeSettings, Login, LoginParts, Refused, ServiceProtocol};
use metadata::TcpDialer;
use model::{Entropy, LoginCode, Refusal, code};
use sp_proxy::{OidcProtocol, SamlIdpProtocol, SpParts};
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use web::{OwnEnds, PortalProtocol, StaffProtocol, WebParts};

/// Between two parts of a request's body.
const BODY: Duration = Duration::from_secs(10);

/// How the hub shows itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Appearance {
    /// Every page is marked 示例 · demo.
    pub demo_mark: bool,
}

/// Why the rooms do not fit together.
#[derive(Debug, thiserror::Error)]
pub enum AssembleError {
    /// The path of a login.
    #[error("the path of a login could not be assembled: {0}")]
    Login(String),
}

/// Builds the whole hub as one router.
///
/// # Errors
/// [`AssembleError`] where two connectors or protocols claim the same address or key.
pub fn assemble(hub: &Installation, appearance: Appearance) -> Result<Router, AssembleError> {
    let public_url = hub.config.public_url.clone();
    let protocols: Vec<Arc<dyn ServiceProtocol>> = vec![
        Arc::new(OidcProtocol::new(
            hub.registry.clone(),
            Arc::clone(&hub.keys),
            hub.shared.clone(),
            public_url.clone(),
        )),
        Arc::new(SamlIdpProtocol::new(
            hub.registry.clone(),
            Arc::clone(&hub.keys),
            hub.shared.clone(),
            public_url.clone(),
        )),
        Arc::new(PortalProtocol),
        Arc::new(StaffProtocol::desk()),
        Arc::new(StaffProtocol::console()),
    ];
    let login = Login::new(LoginParts {
        registry: hub.registry.clone(),
        keys: Arc::clone(&hub.keys),
        shared: hub.shared.clone(),
        durable: hub.durable.clone(),
        accounts: hub.accounts.clone(),
        connectors: connectors(hub),
        protocols,
        public_url: public_url.clone(),
    })
    .map_err(|e| AssembleError::Login(e.to_string()))?;
    let services = SpParts {
        login: login.clone(),
        registry: hub.registry.clone(),
        keys: Arc::clone(&hub.keys),
        shared: hub.shared.clone(),
        public_url: public_url.clone(),
    };
    let pages = WebParts {
        login: login.clone(),
        registry: hub.registry.clone(),
        public_url,
        demo_mark: appearance.demo_mark,
        ends: own_ends(hub),
    };
    let edge = EdgeSettings {
        clock: Arc::clone(&hub.clock),
        entropy: hub.entropy.clone(),
        trusted_proxies: hub.config.trusted_proxies.clone(),
    };
    let readers = Router::new()
        .merge(login.routes())
        .merge(sp_proxy::oidc_routes(services.clone()))
        .merge(sp_proxy::saml_routes(services))
        .merge(web::routes(pages.clone()))
        .merge(health::routes(hub, &login))
        .fallback(web::fallback)
        // A body that trickles in is not waited for: 408 by the layer.
        .layer(RequestBodyTimeoutLayer::new(BODY))
        // A panic of a handler becomes our own page: it lies inside the render layer.
        .layer(CatchPanicLayer::custom(panicked(hub.entropy.clone())))
        .layer(web::render_layer(pages))
        .layer(login::edge_layer(edge))
        .layer(from_fn_with_state(Arc::clone(&hub.running.requests), measure));
    if hub.config.public_url.as_str().starts_with("https://") {
        Ok(readers.layer(map_response(always_https)))
    } else {
        Ok(readers)
    }
}

/// One value for each kind of connector.
pub(crate) fn connectors(hub: &Installation) -> Vec<Arc<dyn Connector>> {
    vec![
        Arc::new(CentralConnector::new(hub.accounts.clone())),
        Arc::new(CentralConnector::staff(hub.accounts.clone())),
        Arc::new(SamlConnector::new(
            &hub.config.public_url,
            Arc::clone(&hub.keys),
            hub.second_opinion.clone(),
        )),
        Arc::new(CasConnector::new(&hub.config.public_url, hub.http.clone())),
        Arc::new(SignedLinkConnector::new(&hub.config.public_url, Arc::clone(&hub.keys))),
        Arc::new(LdapConnector::new(
            hub.accounts.clone(),
            Arc::clone(&hub.keys),
            TcpDialer::new(hub.config.public_url.is_loopback()),
        )),
        Arc::new(Sip2Connector::new(
            hub.accounts.clone(),
            Arc::clone(&hub.keys),
            TcpDialer::new(hub.config.public_url.is_loopback()),
        )),
    ]
}

fn own_ends(hub: &Installation) -> OwnEnds {
    let (running, keys) = (Arc::clone(&hub.running), Arc::clone(&hub.keys));
    OwnEnds::new(move || health::own_ends(&running, &keys))
}

/// RFC 6797: a browser that came once by TLS comes by nothing else for a year.
async fn always_https(mut response: Response) -> Response {
    let rule = HeaderValue::from_static("max-age=31536000");
    response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, rule);
    response
}

/// A handler that panicked is our fault, said on our page with a code to quote.
fn panicked(entropy: Entropy) -> impl Fn(Box<dyn Any + Send>) -> Response + Clone {
    move |what| {
        let message = what
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| what.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("a panic without a message");
        let login_code = LoginCode::draw(&entropy);
        tracing::error!(%login_code, message, "a handler panicked");
        Refused::from((Refusal::new(code::HUB_INTERNAL, "panic"), login_code)).into_response()
    }
}
