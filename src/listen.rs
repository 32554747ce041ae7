//! Listening: a busy port is named with what to do; TLS where files are given.

use crate::config::TlsFiles;
use axum::Router;
use axum::serve::{Listener, ListenerExt as _};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Handshakes under way at once; further connections wait in the system's queue.
const MOST_HANDSHAKES: usize = 256;
const HANDSHAKE: Duration = Duration::from_secs(10);

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
/// # Errors
/// The TLS files, or the listener's own error.
pub async fn serve(
    listener: TcpListener,
    tls: Option<&TlsFiles>,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ListenError> {
    let at = listener.local_addr().unwrap_or_else(|_| SocketAddr::from(([127, 0, 0, 1], 0)));
    let served = match tls {
        None => {
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, service).with_graceful_shutdown(stop).await
        }
        Some(files) => {
            let secure = TlsListener::start(listener, at, acceptor(files)?).tap_io(|_| {});
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(secure, service).with_graceful_shutdown(stop).await
        }
    };
    served.map_err(|e| ListenError::System(at, e))
}

fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, ListenError> {
    let fault = |path: &std::path::Path, why: String| {
        ListenError::Tls(format!("{}: {why}", path.display()))
    };
    let chain = CertificateDer::pem_file_iter(&files.cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| fault(&files.cert, e.to_string()))?;
    let key =
        PrivateKeyDer::from_pem_file(&files.key).map_err(|e| fault(&files.key, e.to_string()))?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|e| fault(&files.cert, e.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// A listener whose connections have finished their handshake.
struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    at: SocketAddr,
}

impl TlsListener {
    /// Accepts in the background: one slow handshake holds up nobody else.
    fn start(listener: TcpListener, at: SocketAddr, acceptor: TlsAcceptor) -> Self {
        let (done, ready) = mpsc::channel(64);
        let handshakes = Arc::new(Semaphore::new(MOST_HANDSHAKES));
        tokio::spawn(async move {
            while !done.is_closed() {
                let Ok(turn) = Arc::clone(&handshakes).acquire_owned().await else { return };
                let Ok((stream, peer)) = listener.accept().await else {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                let (acceptor, done) = (acceptor.clone(), done.clone());
                tokio::spawn(async move {
                    let shaken = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await;
                    drop(turn);
                    if let Ok(Ok(secure)) = shaken {
                        // Closed: the server is ending.
                        let _ = done.send((secure, peer)).await;
                    }
                });
            }
        });
        Self { ready, at }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.at)
    }
}
