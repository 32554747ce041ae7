//! The addresses of this room: `/login`, and those that connectors declare.

use crate::take_up::CONFIRM;
use crate::{Edge, Login, Refused, Reply};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{MethodFilter, get, on, post};
use idp_bridge::Connector;
use model::Method;
use std::sync::Arc;

/// Where a login in flight goes on, and where the forms of connectors are posted.
pub(crate) const LOGIN: &str = "/login";
/// A form with one handle.
const CONFIRM_LIMIT: usize = 4 * 1024;

/// Why the parts do not fit together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginFault {
    /// Two connectors of one kind.
    #[error("two connectors of kind `{0}` are registered")]
    KindTwice(&'static str),
    /// Two protocols of one key.
    #[error("two service protocols of key `{0}` are registered")]
    ProtocolTwice(&'static str),
    /// An entry at an address of our own.
    #[error("a connector of kind `{kind}` declares {path}, which `login` answers itself")]
    EntryTaken {
        /// The connector's kind.
        kind: &'static str,
        /// The address.
        path: &'static str,
    },
}

/// One address and method, with the kinds that share it.
struct Mount {
    path: &'static str,
    method: Method,
    limit: usize,
    kinds: Vec<&'static str>,
}

impl Login {
    /// `GET /login`, `POST /login/confirm`, and every connector's entries, each address and
    /// method mounted once with the largest body cap that is asked for.
    pub fn routes(&self) -> Router {
        let own = Router::new()
            .route(LOGIN, get(resume))
            .route(CONFIRM, post(confirm).layer(DefaultBodyLimit::max(CONFIRM_LIMIT)));
        let all = self.mounts().into_iter().fold(own, |router, mount| {
            let filter = match mount.method {
                Method::Get => MethodFilter::GET,
                Method::Post => MethodFilter::POST,
            };
            let kinds: Arc<[&'static str]> = mount.kinds.into();
            let handler = move |State(login): State<Self>, edge: Edge| async move {
                login.enter(&edge, &kinds).await
            };
            router.route(mount.path, on(filter, handler).layer(DefaultBodyLimit::max(mount.limit)))
        });
        all.with_state(self.clone())
    }

    fn mounts(&self) -> Vec<Mount> {
        let mut mounts: Vec<Mount> = Vec::new();
        let mut connectors: Vec<_> = self.0.connectors.values().collect();
        // The order in which kinds are asked whose an answer is must not change between starts.
        connectors.sort_by_key(|connector| connector.kind());
        for connector in connectors {
            for entry in connector.entries() {
                let known = mounts
                    .iter_mut()
                    .find(|mount| mount.path == entry.path && mount.method == entry.method);
                match known {
                    Some(mount) => {
                        mount.limit = mount.limit.max(entry.body_limit);
                        mount.kinds.push(connector.kind());
                    }
                    None => mounts.push(Mount {
                        path: entry.path,
                        method: entry.method,
                        limit: entry.body_limit,
                        kinds: vec![connector.kind()],
                    }),
                }
            }
        }
        mounts
    }
}

/// An entry at one of our own addresses would never be asked.
pub(crate) fn check_entries(connectors: &[Arc<dyn Connector>]) -> Result<(), LoginFault> {
    for connector in connectors {
        for entry in connector.entries() {
            let is_ours = matches!(
                (entry.path, entry.method),
                (LOGIN, Method::Get) | (CONFIRM, Method::Post)
            );
            if is_ours {
                return Err(LoginFault::EntryTaken { kind: connector.kind(), path: entry.path });
            }
        }
    }
    Ok(())
}

async fn resume(State(login): State<Login>, edge: Edge) -> Result<Reply, Refused> {
    login.resume(&edge).await
}

async fn confirm(State(login): State<Login>, edge: Edge) -> Result<Reply, Refused> {
    login.confirm(&edge).await
}
