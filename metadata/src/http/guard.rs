//! Which addresses may be asked.

use super::HttpSettings;
use crate::public_url::{is_loopback_host, is_loopback_name};
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use url::{Host, Url};

/// The rules of one client.
#[derive(Debug)]
pub(super) struct Guard {
    on_loopback: bool,
    private: Vec<IpNet>,
}

impl Guard {
    pub(super) fn new(settings: &HttpSettings) -> Self {
        Self { on_loopback: settings.hub_on_loopback, private: settings.private_networks.clone() }
    }

    /// Parses an address that may be asked; the error says which rule it breaks.
    ///
    /// A literal address is judged here, since no name look-up will see it.
    pub(super) fn allow(&self, url: &str) -> Result<Url, String> {
        let url = Url::parse(url).map_err(|e| e.to_string())?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback_host(&url) && self.on_loopback => {}
            "http" => {
                return Err("plain http is for loopback names of a hub on loopback".to_owned());
            }
            other => return Err(format!("the scheme {other} is not https")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("a user name in an address".to_owned());
        }
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(_)) => None,
            None => return Err("no host".to_owned()),
        };
        match literal {
            Some(ip) if !self.reaches(ip) => Err(not_public(ip)),
            _ => Ok(url),
        }
    }

    /// Whether a connection to `ip` is allowed.
    pub(super) fn reaches(&self, ip: IpAddr) -> bool {
        self.on_loopback || is_public(ip) || self.private.iter().any(|net| net.contains(&ip))
    }
}

pub(crate) fn not_public(ip: IpAddr) -> String {
    format!("{ip} is no public address; allow its network in the configuration")
}

/// Name look-up that hands out allowed addresses only.
///
/// The connection is made to exactly the addresses judged here, so a name that
/// answers differently the second time (DNS rebinding) gains nothing.
#[derive(Debug)]
pub(super) struct Guarded(pub(super) Arc<Guard>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.0);
        Box::pin(async move {
            let found: Vec<IpAddr> = if is_loopback_name(name.as_str()) {
                // RFC 6761 section 6.3; glibc does not do it for *.localhost.
                vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
            } else {
                tokio::net::lookup_host((name.as_str(), 0)).await?.map(|a| a.ip()).collect()
            };
            let allowed: Vec<SocketAddr> = found
                .iter()
                .filter(|ip| guard.reaches(**ip))
                .map(|ip| SocketAddr::new(*ip, 0))
                .collect();
            match (allowed.is_empty(), found.first()) {
                (true, Some(ip)) => Err(not_public(*ip).into()),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

/// Networks that are not part of the public internet (IANA special-purpose registries).
const SPECIAL: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/96",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
];

/// Whether `ip` is a public address; one that carries an IPv4 address inside is judged by that.
pub(crate) fn is_public(ip: IpAddr) -> bool {
    let ip = match ip {
        IpAddr::V6(v6) => carried(v6).map_or(ip, IpAddr::V4),
        IpAddr::V4(_) => ip,
    };
    !SPECIAL.iter().filter_map(|net| net.parse::<IpNet>().ok()).any(|net| net.contains(&ip))
}

/// The IPv4 address in a mapped, NAT64 (RFC 6052, RFC 8215) or 6to4 (RFC 3056) address.
fn carried(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match ip.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, _, _, _, _, high, low] => {
            Some(of(high, low))
        }
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}
