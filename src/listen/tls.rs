//! The certificate chain and key of built-in TLS, taken anew when the files change.

mod judge;

use super::ListenError;
use crate::config::TlsFiles;
use aws_lc_rs::digest::{Context, SHA256, digest};
use model::Clock;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use zeroize::Zeroizing;

/// How often it looks whether the files were changed.
const LOOK: Duration = Duration::from_secs(5);

/// Bits of a file's mode that a private key must not have. A group may read it: Debian's
/// `ssl-cert` shares one key among several servers so, and PostgreSQL draws the same line.
const TOO_OPEN: u32 = 0o027;

/// The certificate that new connections get: always the last good one.
pub struct Tls {
    files: TlsFiles,
    /// Of `public_url`: what clients ask for.
    host: String,
    clock: Arc<dyn Clock>,
    current: watch::Sender<Loaded>,
    /// When files that came too early are looked at again, in milliseconds of Unix; 0: never.
    due: AtomicI64,
}

#[derive(Clone)]
struct Loaded {
    config: Arc<ServerConfig>,
    /// The leaf, DER.
    certificate: Vec<u8>,
}

impl Tls {
    /// Reads both files: before anything is begun that they would stop. A certificate that
    /// clients will refuse is taken with a warning: an operator may have reasons.
    ///
    /// # Errors
    /// [`ListenError::Tls`] names the file and what is wrong.
    pub fn load(
        files: &TlsFiles,
        host: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, ListenError> {
        let current = watch::Sender::new(Pair::read(files)?.loaded(files)?);
        let (files, host, due) = (files.clone(), host.to_owned(), AtomicI64::new(0));
        let tls = Self { files, host, clock, current, due };
        tls.warn();
        Ok(Arc::new(tls))
    }

    fn warn(&self) {
        for trouble in judge::troubles(&self.certificate(), &self.host, self.clock.now()) {
            let cert = self.files.cert.display();
            tracing::warn!(%cert, "clients will refuse the certificate: {trouble}");
        }
    }

    /// The certificate that is shown, DER.
    pub fn certificate(&self) -> Vec<u8> {
        self.current.borrow().certificate.clone()
    }

    /// Looks at the files every few seconds and at SIGHUP. Whatever is wrong with new ones is
    /// logged, and the old ones stay (rule 8).
    pub async fn watch(self: Arc<Self>) {
        let mut hangup = signal(SignalKind::hangup()).ok();
        let mut seen = Pair::read(&self.files).map(|pair| pair.hash()).unwrap_or_default();
        loop {
            let asked = async {
                match hangup.as_mut() {
                    Some(hangup) => hangup.recv().await.is_some(),
                    None => std::future::pending().await,
                }
            };
            let is_asked = tokio::select! {
                is_asked = asked => is_asked,
                () = tokio::time::sleep(LOOK) => false,
            };
            let tls = Arc::clone(&self);
            let looked = tokio::task::spawn_blocking(move || tls.look(seen, is_asked)).await;
            seen = looked.unwrap_or(seen);
        }
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.current.borrow().config))
    }

    /// Takes new files where they are good, and gives the hash of what lies there now.
    fn look(&self, seen: [u8; 32], is_asked: bool) -> [u8; 32] {
        let pair = Pair::read(&self.files);
        // All that is unreadable is one state: it is told once.
        let found = pair.as_ref().map(Pair::hash).unwrap_or_default();
        let due = self.due.load(Ordering::Relaxed);
        let is_due = due != 0 && due <= self.clock.now().unix_ms();
        if found == seen && !is_asked && !is_due {
            return seen;
        }
        self.due.store(0, Ordering::Relaxed);
        match pair.and_then(|pair| pair.loaded(&self.files)) {
            Ok(loaded) => self.take(loaded),
            Err(fault) => {
                tracing::error!(%fault, "the certificate was changed and cannot be used: the old one stays");
            }
        }
        found
    }

    /// Rule 8: one whose time is over, or has not come, replaces none that is good.
    fn take(&self, loaded: Loaded) {
        let (now, old, cert) = (self.clock.now(), self.certificate(), self.files.cert.display());
        let is_new = loaded.certificate != old;
        let (good, was_good) =
            (judge::is_in_force(&loaded.certificate, now), judge::is_in_force(&old, now));
        if is_new && was_good && !good {
            let begin = judge::begins(&loaded.certificate, now);
            self.due.store(begin.map_or(0, model::Timestamp::unix_ms), Ordering::Relaxed);
            for trouble in judge::troubles(&loaded.certificate, &self.host, now) {
                tracing::error!(%cert, "the certificate was changed, and the old one stays, which is good still: {trouble}");
            }
            return;
        }
        self.current.send_replace(loaded);
        tracing::info!(%cert, is_new, "the certificate was read again");
        self.warn();
    }
}

/// What lies in both files.
struct Pair {
    cert: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

impl Pair {
    fn read(files: &TlsFiles) -> Result<Self, ListenError> {
        let cert = std::fs::read(&files.cert).map_err(|e| fault(&files.cert, &e))?;
        Ok(Self { cert, key: read_key(&files.key)? })
    }

    fn hash(&self) -> [u8; 32] {
        let mut context = Context::new(&SHA256);
        for part in [&self.cert[..], &self.key[..]] {
            // Its hash has a fixed length: no octet can pass from one file to the other unseen.
            context.update(digest(&SHA256, part).as_ref());
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        hash
    }

    /// HTTP/2 and HTTP/1.1 by ALPN. A key that is not the certificate's is refused.
    fn loaded(&self, files: &TlsFiles) -> Result<Loaded, ListenError> {
        let chain = CertificateDer::pem_slice_iter(&self.cert)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| fault(&files.cert, &e))?;
        let certificate = chain.first().map(|leaf| leaf.to_vec()).unwrap_or_default();
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|e| fault(&files.key, &e))?;
        let mut config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|e| fault(&files.cert, &e))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Loaded { config: Arc::new(config), certificate })
    }
}

/// Of the file that was looked at, not of another that takes its name meanwhile.
fn read_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, ListenError> {
    let mut file = File::open(path).map_err(|e| fault(path, &e))?;
    let mode = file.metadata().map_err(|e| fault(path, &e))?.permissions().mode() & 0o7777;
    if mode & TOO_OPEN != 0 {
        return Err(ListenError::Exposed(path.to_owned(), mode));
    }
    let mut key = Zeroizing::new(Vec::new());
    file.read_to_end(&mut key).map_err(|e| fault(path, &e))?;
    Ok(key)
}

fn fault(path: &Path, why: &dyn std::fmt::Display) -> ListenError {
    ListenError::Tls(format!("{}: {why}", path.display()))
}

/// Whether the peer chose HTTP/2 (RFC 7301).
pub(super) fn is_http2<S>(stream: &TlsStream<S>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(b"h2")
}

#[cfg(test)]
mod tests;
