//! `/healthz`, `/readyz`, `/metrics`: for the machine that runs the hub.

use crate::installation::Installation;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metadata::Registry;
use model::Clock;
use std::sync::Arc;
use store::{Durable, Shared};

#[derive(Clone)]
struct Health {
    durable: Durable,
    shared: Shared,
    registry: Registry,
    clock: Arc<dyn Clock>,
}

pub(crate) fn routes(hub: &Installation) -> Router {
    let health = Health {
        durable: hub.durable.clone(),
        shared: hub.shared.clone(),
        registry: hub.registry.clone(),
        clock: Arc::clone(&hub.clock),
    };
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health)
}

/// The process answers.
async fn alive() -> &'static str {
    "ok\n"
}

/// Both stores answer and a registry is applied.
async fn ready(State(health): State<Health>) -> Response {
    let now = health.clock.now();
    let durable = health.durable.registry_version().await.map(|_| ());
    let shared = health.shared.read("readyz", now).await.map(|_| ());
    let registry = health.registry.current().version() > 0;
    let word = |fine: bool| if fine { "ok" } else { "failing" };
    let body = format!(
        "durable {}\nshared {}\nregistry {}\n",
        word(durable.is_ok()),
        word(shared.is_ok()),
        if registry { "ok" } else { "empty: run `readerpass apply DIR`" },
    );
    for fault in [durable.err(), shared.err()].into_iter().flatten() {
        tracing::warn!(error = %fault, "a store does not answer");
    }
    let fine = body.lines().all(|line| line.ends_with(" ok"));
    let status = if fine { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, body).into_response()
}

/// Prometheus text format; counters of logins come with the daily figures.
async fn metrics(State(health): State<Health>) -> Response {
    let snapshot = health.registry.current();
    let body = format!(
        "# HELP readerpass_registry_version Version of the applied registry.\n\
         # TYPE readerpass_registry_version gauge\n\
         readerpass_registry_version {}\n\
         # HELP readerpass_members Members in the registry.\n\
         # TYPE readerpass_members gauge\n\
         readerpass_members {}\n\
         # HELP readerpass_services Services in the registry.\n\
         # TYPE readerpass_services gauge\n\
         readerpass_services {}\n",
        snapshot.version(),
        snapshot.members().count(),
        snapshot.services().count(),
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], body).into_response()
}
