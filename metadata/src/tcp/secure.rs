//! TLS over a connection that has begun without it.

use super::{TcpError, TcpTrust, TcpWire};
use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;

/// A connection by TLS, and the certificate that the other side showed, DER.
pub type Secured = (Box<dyn TcpWire>, Option<Vec<u8>>);

impl TcpTrust {
    /// The TLS handshake over `wire`: the other side must hold a certificate for `host`, of an
    /// authority that is trusted here, or nothing is said to it. The caller sets the limit.
    pub async fn secure(&self, host: &str, wire: Box<dyn TcpWire>) -> Result<Secured, TcpError> {
        let tls = |e: &dyn std::fmt::Display| TcpError::Tls(e.to_string());
        let name = ServerName::try_from(host.to_owned()).map_err(|e| tls(&e))?;
        let stream = TlsConnector::from(self.config()).connect(name, wire).await;
        let stream = stream.map_err(|e| tls(&e))?;
        let shown = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
        let shown = shown.map(|certificate| certificate.to_vec());
        Ok((Box::new(stream), shown))
    }
}
