//! Listening: a busy port is named with what to do, TLS where files are given,
//! and no client may hold a connection without using it.
//!
//! ```text
//! accept ─▶ a place? ─▶ an address's share? ─▶ TLS (tls) ─▶ HTTP/1.1 or HTTP/2 (connection)
//! ```

mod connection;
mod peers;
mod tls;

pub use tls::Tls;

use axum::Router;
use connection::{Connection, Stop, Waiting};
use peers::Peers;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Connections at once; further ones wait in the system's queue.
const MOST_CONNECTIONS: usize = 8192;
/// A TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
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
    /// The private key is not only its owner's.
    #[error(
        "tls: {0}: others may read or change the private key (mode {1:04o}) — chmod 600 it, or 640 with a group of its own; where strangers could read it, take a new key"
    )]
    Exposed(PathBuf, u32),
    /// The TLS files.
    #[error("tls: {0} — name the certificate chain and its private key, both PEM")]
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

/// The connections of one listener, for whoever counts them.
#[derive(Clone)]
pub struct Places(Arc<Semaphore>);

impl Places {
    /// All free.
    pub fn new() -> Self {
        Self(Arc::new(Semaphore::new(MOST_CONNECTIONS)))
    }

    /// How many connections are open, and how many may be.
    pub fn taken(&self) -> (usize, usize) {
        (MOST_CONNECTIONS - self.0.available_permits().min(MOST_CONNECTIONS), MOST_CONNECTIONS)
    }
}

impl Default for Places {
    fn default() -> Self {
        Self::new()
    }
}

/// Where a hub listens, and whether by TLS.
pub struct Ear {
    /// The port.
    pub listener: TcpListener,
    /// Certificate and key, where the hub speaks TLS itself.
    pub tls: Option<Arc<Tls>>,
    /// Its connections.
    pub places: Places,
}

/// Serves until `stop` resolves, then lets running requests end.
///
/// Slow heads, silent handshakes and peers that keep many connections are cut
/// off; the time of a body is limited by the router.
pub async fn serve(ear: Ear, router: Router, stop: impl Future<Output = ()> + Send + 'static) {
    let Ear { listener, tls, places } = ear;
    let (stopping, stopped) = watch::channel(false);
    let (peers, waiting) = (Peers::default(), Waiting::new());
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut stop => break,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let Some(guest) = peers.enter(peer.ip()) else { continue };
        let connection = Connection { peer, router: router.clone(), waiting: waiting.clone() };
        let (acceptor, stop) = (tls.as_ref().map(|tls| tls.acceptor()), Stop(stopped.clone()));
        tokio::spawn(async move {
            let _held = (place, guest);
            let Some(acceptor) = acceptor else { return connection.http1(stream, stop).await };
            let shaken = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await;
            if let Ok(Ok(secure)) = shaken {
                if tls::is_http2(&secure) {
                    connection.http2(secure, stop).await;
                } else {
                    connection.http1(secure, stop).await;
                }
            }
        });
    }
    drop((listener, stopped));
    // Fails where no connection is open, which is as well.
    let _ = stopping.send(true);
    stopping.closed().await;
}

type Accepted = (TcpStream, SocketAddr, OwnedSemaphorePermit);

/// The next connection, when there is a place for it.
async fn accept(listener: &TcpListener, places: &Places) -> Option<Accepted> {
    let place = Arc::clone(&places.0).acquire_owned().await.ok()?;
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

#[cfg(test)]
mod tests;
