//! `/healthz`, `/readyz`, `/metrics`: for the machine that runs the hub.

mod figures;

use crate::installation::Installation;
use crate::running::Running;
use accounts::Accounts;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use ipnet::IpNet;
use login::{Head, Login, Refused};
use metadata::{FirstEnds, KeyRing, Registry};
use model::{Clock, Inbound};
use std::sync::Arc;
use store::{Durable, Operations, Shared};
use tokio::sync::Mutex;

#[derive(Clone)]
struct Health {
    durable: Durable,
    shared: Shared,
    operations: Operations,
    registry: Registry,
    clock: Arc<dyn Clock>,
    metrics_from: Arc<[IpNet]>,
    running: Arc<Running>,
    login: Login,
    accounts: Accounts,
    keys: Arc<KeyRing>,
    /// As of a version of the registry.
    first_ends: Arc<Mutex<Option<(u64, FirstEnds)>>>,
}

/// The routes, to lie inside `login::edge_layer`, which tells who asks.
pub(crate) fn routes(hub: &Installation, login: &Login) -> Router {
    let health = Health {
        durable: hub.durable.clone(),
        shared: hub.shared.clone(),
        operations: hub.operations.clone(),
        registry: hub.registry.clone(),
        clock: Arc::clone(&hub.clock),
        metrics_from: hub.config.metrics_from.clone().into(),
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

/// Prometheus text format, for this machine and `metrics_from`; others find no such page.
async fn metrics(State(health): State<Health>, head: Result<Head, Refused>) -> Response {
    match head {
        Ok(head) if may_read(&head.inbound, &health.metrics_from) => {
            let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
            (kind, health.figures().await).into_response()
        }
        head => web::fallback(head).await.into_response(),
    }
}

/// What proxies add, each another part of it.
const PASSED_ON: [&str; 7] = [
    "x-forwarded-for",
    "forwarded",
    "x-real-ip",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-server",
    "via",
];

/// What a proxy passes on comes from elsewhere, even where the proxy runs on this machine
/// and nobody told us to trust it.
fn may_read(inbound: &Inbound, metrics_from: &[IpNet]) -> bool {
    let is_forwarded = PASSED_ON.iter().any(|name| inbound.header(name).is_some());
    let is_here = inbound.client.is_loopback() && !is_forwarded;
    is_here || metrics_from.iter().any(|net| net.contains(&inbound.client))
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

#[cfg(test)]
mod tests {
    use super::*;
    use model::Method;

    fn asked_by(client: &str, headers: &[(&str, &str)]) -> Inbound {
        Inbound {
            method: Method::Get,
            path: "/metrics".to_owned(),
            query: String::new(),
            headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            body: Vec::new(),
            client: client.parse().expect("an address"),
        }
    }

    #[test]
    fn figures_are_for_this_machine_and_those_that_are_named() {
        let named: IpNet = "10.0.0.0/24".parse().expect("a network");
        let may = |client, headers: &[(&str, &str)]| may_read(&asked_by(client, headers), &[named]);
        for client in ["127.0.0.1", "127.9.9.9", "::1", "10.0.0.7"] {
            assert!(may(client, &[]), "{client}");
        }
        for client in ["0.0.0.0", "10.0.1.7", "203.0.113.7", "2001:db8::1"] {
            assert!(!may(client, &[]), "{client}");
        }
        for name in PASSED_ON {
            assert!(!may("127.0.0.1", &[(name, "203.0.113.7")]), "a proxy passed it on");
        }
        assert!(may("10.0.0.7", &[("x-forwarded-for", "10.0.0.7")]), "heard from a trusted proxy");
    }
}
