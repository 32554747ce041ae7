//! Listening: a busy port is named with what to do, TLS where files are given,
//! and no client may hold a connection without using it.

mod tls;

use crate::config::TlsFiles;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

/// Connections at once; further ones wait in the system's queue.
const MOST_CONNECTIONS: usize = 8192;
/// Connections of one address at once; a reverse proxy is one address, hence not fewer.
const MOST_PER_ADDRESS: usize = 1024;
/// A TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// From the first octet of a request, or the end of the last one, to the end of its head.
const HEAD: Duration = Duration::from_secs(15);
/// After an accept that failed, such as for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// Why it cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The port is taken.
    #[error("{0} is in use by another program — stop it, or choose another port ({1})")]
    Busy(SocketAddr, &'static str),
    /// The system refuses.
    #[error("cannot listen on {0}: {1}")]
    System(SocketAddr, std::io::Error),
    /// The TLS files.
    #[error("tls: {0}")]
    Tls(String),
}

/// Binds a port; `remedy` names the option or key that chooses another.
///
/// # Errors
/// [`ListenError::Busy`] where another program has it.
pub async fn bind(at: SocketAddr, remedy: &'static str) -> Result<TcpListener, ListenError> {
    TcpListener::bind(at).await.map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => ListenError::Busy(at, remedy),
        _ => ListenError::System(at, e),
    })
}

/// Serves until `stop` resolves, then lets running requests end.
///
/// Slow heads, silent handshakes and peers that keep many connections are cut
/// off; the time of a body is limited by the router.
///
/// # Errors
/// The TLS files.
pub async fn serve(
    listener: TcpListener,
    tls: Option<&TlsFiles>,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ListenError> {
    let acceptor = tls.map(tls::acceptor).transpose()?;
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let peers = Peers::default();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut stop => break,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let Some(guest) = peers.enter(peer.ip()) else { continue };
        let (router, watcher, acceptor) = (router.clone(), graceful.watcher(), acceptor.clone());
        tokio::spawn(async move {
            let _held = (place, guest);
            match acceptor {
                None => connection(stream, peer, router, watcher).await,
                Some(acceptor) => {
                    let shaken = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await;
                    if let Ok(Ok(secure)) = shaken {
                        connection(secure, peer, router, watcher).await;
                    }
                }
            }
        });
    }
    drop(listener);
    graceful.shutdown().await;
    Ok(())
}

type Accepted = (TcpStream, SocketAddr, OwnedSemaphorePermit);

/// The next connection, when there is a place for it.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<Accepted> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Without it a small answer may wait for the peer's acknowledgement.
            let _ = stream.set_nodelay(true);
            Some((stream, peer, place))
        }
        Err(fault) => {
            tracing::warn!(%fault, "a connection could not be accepted");
            tokio::time::sleep(PAUSE).await;
            None
        }
    }
}

/// Serves one connection to its end. A fault of it is the peer's own affair.
async fn connection<S>(stream: S, peer: SocketAddr, router: Router, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(fault) = watcher.watch(served).await {
        tracing::debug!(%fault, "a connection ended early");
    }
}

/// How many connections each address holds.
#[derive(Clone, Default)]
struct Peers(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection of an address; leaves the count when dropped.
struct Guest {
    peers: Peers,
    address: IpAddr,
}

impl Peers {
    /// Counts one more; `None` where the address holds too many.
    fn enter(&self, address: IpAddr) -> Option<Guest> {
        let mut held = self.0.lock().ok()?;
        let count = held.entry(address).or_default();
        if *count >= MOST_PER_ADDRESS {
            return None;
        }
        *count += 1;
        drop(held);
        Some(Guest { peers: self.clone(), address })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let Ok(mut held) = self.peers.0.lock() else { return };
        if let Some(count) = held.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests;
