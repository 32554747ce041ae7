//! The way out for protocols that are not HTTP: a guarded TCP connection, plain or by TLS.

mod secure;
mod trust;

#[cfg(test)]
mod tests;

pub use secure::Secured;
pub use trust::TcpTrust;

use crate::http::{is_public, not_public};
use crate::public_url::is_loopback_name;
use ipnet::IpNet;
use rustls::pki_types::ServerName;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// A name may lead to so many addresses that are tried; more would only use up the time.
const MOST_ADDRESSES: usize = 4;

/// A connection, whichever way it is carried.
pub trait TcpWire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> TcpWire for T {}

/// Where to, and what the operator allows on the way.
#[derive(Debug, Clone, Copy)]
pub struct TcpTarget<'a> {
    /// Name or address.
    pub host: &'a str,
    /// Port.
    pub port: u16,
    /// A private network that this target may lie in: the operator's waiver for this one.
    pub network: Option<IpNet>,
    /// By TLS, and whom to trust then; `None`: plain, which never leaves `network`.
    pub trust: Option<&'a TcpTrust>,
}

/// Opens connections to what they are meant for and to nothing else.
///
/// The name is looked up once and the connection made to the addresses judged then, so a
/// name that answers differently the second time (DNS rebinding) gains nothing. A private
/// address is reached only in the network that the target's own entry names, a public one
/// only by TLS; a link-local, multicast or unspecified one never.
#[derive(Debug, Clone, Copy)]
pub struct TcpDialer {
    hub_on_loopback: bool,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TcpError {
    /// The address may not be asked.
    #[error("`{host}` is not asked: {why}")]
    Refused {
        /// The name or address.
        host: String,
        /// Which rule it breaks.
        why: String,
    },
    /// Nobody answers there.
    #[error("no connection: {0}")]
    Unreachable(String),
    /// Not in time.
    #[error("no connection in time")]
    TimedOut,
    /// The other side cannot prove who it is, or speaks no TLS.
    #[error("TLS: {0}")]
    Tls(String),
}

impl TcpDialer {
    /// For a hub that lives on a loopback name or does not: only the former reaches this
    /// machine without a waiver.
    pub fn new(hub_on_loopback: bool) -> Self {
        Self { hub_on_loopback }
    }

    /// Connects within `limit`: look-up, connection and TLS handshake together.
    pub async fn dial(
        &self,
        target: &TcpTarget<'_>,
        limit: Duration,
    ) -> Result<Box<dyn TcpWire>, TcpError> {
        timeout(limit, self.connect(target)).await.unwrap_or(Err(TcpError::TimedOut))
    }

    async fn connect(&self, target: &TcpTarget<'_>) -> Result<Box<dyn TcpWire>, TcpError> {
        let addresses = self.addresses(target).await?;
        let stream = first_of(&addresses).await?;
        stream.set_nodelay(true).map_err(|e| TcpError::Unreachable(e.to_string()))?;
        let Some(trust) = target.trust else { return Ok(Box::new(stream)) };
        let tls = |e: &dyn std::fmt::Display| TcpError::Tls(e.to_string());
        let name = ServerName::try_from(target.host.to_owned()).map_err(|e| tls(&e))?;
        let connector = TlsConnector::from(trust.config());
        let stream = connector.connect(name, stream).await.map_err(|e| tls(&e))?;
        Ok(Box::new(stream))
    }

    /// The addresses that may be asked; an error where there are others only.
    async fn addresses(&self, target: &TcpTarget<'_>) -> Result<Vec<SocketAddr>, TcpError> {
        let found = look_up(target.host, target.port).await.map_err(|e| {
            TcpError::Unreachable(format!("`{}` cannot be looked up: {e}", target.host))
        })?;
        let is_allowed = |address: &&SocketAddr| self.reaches(address.ip(), target);
        let allowed: Vec<SocketAddr> =
            found.iter().filter(is_allowed).take(MOST_ADDRESSES).copied().collect();
        match (allowed.is_empty(), found.first()) {
            (true, Some(first)) => {
                let host = target.host.to_owned();
                let ip = first.ip();
                let why = if is_public(ip) && target.trust.is_none() {
                    format!(
                        "{ip} is reached over the internet, and the connection is not encrypted"
                    )
                } else {
                    not_public(ip)
                };
                Err(TcpError::Refused { host, why })
            }
            (true, None) => Err(TcpError::Unreachable(format!("`{}` has no address", target.host))),
            _ => Ok(allowed),
        }
    }

    fn reaches(self, ip: IpAddr, target: &TcpTarget<'_>) -> bool {
        // One of IPv4 may be written as IPv6.
        let ip = ip.to_canonical();
        if is_never(ip) {
            return false;
        }
        let is_here = self.hub_on_loopback && ip.is_loopback();
        // In the clear, a password would be read by whoever is on the way.
        let is_open = is_public(ip) && target.trust.is_some();
        is_open || is_here || target.network.is_some_and(|network| network.contains(&ip))
    }
}

/// Whether a network may be waived: private, and nothing in it that is never asked.
pub(crate) fn may_waive(network: IpNet) -> bool {
    const PRIVATE: [&str; 6] = [
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "fc00::/7",
    ];
    PRIVATE.iter().filter_map(|net| net.parse::<IpNet>().ok()).any(|net| net.contains(&network))
        || network == IpNet::from(IpAddr::V6(Ipv6Addr::LOCALHOST))
}

/// Cloud metadata lies on a link-local address.
fn is_never(ip: IpAddr) -> bool {
    ip.is_multicast()
        || ip.is_unspecified()
        || match ip {
            IpAddr::V4(v4) => v4.is_link_local() || v4.is_broadcast(),
            IpAddr::V6(v6) => v6.is_unicast_link_local(),
        }
}

async fn look_up(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if is_loopback_name(host) {
        // RFC 6761 section 6.3; glibc does not do it for *.localhost.
        let here: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        return Ok(here.into_iter().map(|ip| SocketAddr::new(ip, port)).collect());
    }
    Ok(tokio::net::lookup_host((host, port)).await?.collect())
}

async fn first_of(addresses: &[SocketAddr]) -> Result<TcpStream, TcpError> {
    let mut why = String::new();
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(e) => why = format!("{address}: {e}"),
        }
    }
    Err(TcpError::Unreachable(why))
}
