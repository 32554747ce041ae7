//! `/healthz`, `/readyz`, `/metrics`: for the machine that runs the hub.

mod figures;
mod readers;

use crate::installation::Installation;
use crate::running::Running;
use accounts::Accounts;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use login::{Head, Login, Refused};
use metadata::{CertificateFacts, FirstEnds, KeyRing, Registry};
use model::Clock;
use readers::{OwnPort, Readers};
use std::sync::Arc;
use store::{Durable, Operations, Shared};
use tokio::sync::Mutex;
use web::Ends;

#[derive(Clone)]
struct Health {
    durable: Durable,
    shared: Shared,
    operations: Operations,
    registry: Registry,
    clock: Arc<dyn Clock>,
    readers: Readers,
    running: Arc<Running>,
    login: Login,
    accounts: Accounts,
    keys: Arc<KeyRing>,
    /// As of a version of the registry.
    first_ends: Arc<Mutex<Option<(u64, FirstEnds)>>>,
}

/// When the certificates that the hub shows of itself end.
pub(crate) fn own_ends(running: &Running, keys: &KeyRing) -> Ends {
    let end = |der: &[u8]| CertificateFacts::of(der).map(|facts| facts.not_after);
    let tls = running.ear.get().and_then(|(_, tls)| end(&tls.as_ref()?.certificate()));
    let saml = keys.current().saml_certificates().iter().filter_map(|der| end(der)).min();
    Ends { tls, saml }
}

/// The routes, to lie inside `login::edge_layer`, which tells who asks.
pub(crate) fn routes(hub: &Installation, login: &Login) -> Router {
    let health = Health {
        durable: hub.durable.clone(),
        shared: hub.shared.clone(),
        operations: hub.operations.clone(),
        registry: hub.registry.clone(),
        clock: Arc::clone(&hub.clock),
        readers: Readers::of(&hub.config),
        running: Arc::clone(&hub.running),
        login: login.clone(),
        accounts: hub.accounts.clone(),
        keys: Arc::clone(&hub.keys),
        first_ends: Arc::default(),
    };
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health)
}

/// What a port of its own leads to: `/metrics` and nothing else of the hub.
pub(crate) fn own_port(hub: Router) -> Router {
    hub.layer(from_fn(figures_alone))
}

async fn figures_alone(mut request: Request, next: Next) -> Response {
    if request.uri().path() != "/metrics" {
        return StatusCode::NOT_FOUND.into_response();
    }
    request.extensions_mut().insert(OwnPort);
    next.run(request).await
}

/// The process answers.
async fn alive() -> &'static str {
    "ok\n"
}

/// Both stores answer, a registry is applied, and nobody asked us to end. Which of them fails is for the log and
/// for `/metrics`: here anybody may ask.
async fn ready(State(health): State<Health>) -> Response {
    if health.running.is_ending() {
        return (StatusCode::SERVICE_UNAVAILABLE, "ending\n").into_response();
    }
    if health.parts().await.iter().all(|(_, fine)| *fine) {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
    }
}

/// Prometheus text format, for [`Readers`]; others find no such page.
async fn metrics(
    State(health): State<Health>,
    port: Option<Extension<OwnPort>>,
    head: Result<Head, Refused>,
) -> Response {
    match head {
        Ok(head) if health.readers.include(&head.inbound, port.map(|Extension(port)| port)) => {
            let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
            (kind, health.figures().await).into_response()
        }
        head => web::fallback(head).await.into_response(),
    }
}

impl Health {
    /// What a login cannot do without, and whether it is there.
    async fn parts(&self) -> [(&'static str, bool); 3] {
        let durable = self.durable.registry_version().await.map(|_| ());
        let shared = self.shared.read("readyz", self.clock.now()).await.map(|_| ());
        let is_applied = self.registry.current().version() > 0;
        for fault in [&durable, &shared].into_iter().filter_map(|answer| answer.as_ref().err()) {
            tracing::warn!(error = %fault, "a store does not answer");
        }
        [("durable", durable.is_ok()), ("shared", shared.is_ok()), ("registry", is_applied)]
    }
}
