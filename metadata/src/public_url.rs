//! The address of the hub, from which all its names are made.

use std::fmt;
use url::{Host, Url};

/// The hub's own address: an origin, never with a path, query or trailing slash.
///
/// Issuer, entityID and cookies are all made from it and never from a Host or
/// X-Forwarded header (rule 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    host: String,
    is_loopback: bool,
}

/// Why an address cannot be the hub's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("public_url `{given}`: {what} — {remedy}")]
pub struct PublicUrlFault {
    /// What was configured.
    pub given: String,
    /// What is wrong with it.
    pub what: &'static str,
    /// What to write instead.
    pub remedy: &'static str,
}

impl PublicUrl {
    /// Parses an origin; plain http is accepted for loopback names only.
    pub fn parse(text: &str) -> Result<Self, PublicUrlFault> {
        let fault = |what, remedy| PublicUrlFault { given: text.to_owned(), what, remedy };
        let example = "write it as in https://login.example.org";
        let url = Url::parse(text).map_err(|_| fault("not an absolute address", example))?;
        let Some(host) = url.host_str() else { return Err(fault("no host", example)) };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(fault("a user name in the address", example));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(fault(
                "more than scheme, host and port",
                "leave out path, query and fragment",
            ));
        }
        let is_loopback = is_loopback_host(&url);
        match url.scheme() {
            "https" => {}
            "http" if is_loopback => {}
            "http" => {
                return Err(fault(
                    "plain http",
                    "use https; http is for localhost and *.localhost only",
                ));
            }
            _ => return Err(fault("neither https nor http", example)),
        }
        Ok(Self { origin: url.origin().ascii_serialization(), host: host.to_owned(), is_loopback })
    }

    /// The origin, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// The address of `path`, which begins with a slash.
    pub fn join(&self, path: &str) -> String {
        let slash = if path.starts_with('/') { "" } else { "/" };
        format!("{}{slash}{path}", self.origin)
    }

    /// The host, without port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is plain http, which only a loopback name may be.
    pub fn is_loopback_http(&self) -> bool {
        self.is_loopback && self.origin.starts_with("http:")
    }

    /// Whether the hub lives on a loopback name.
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

/// Whether the host of `url` can only be this machine (RFC 6761 section 6.3).
pub(crate) fn is_loopback_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_loopback_name(name),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// `localhost` and everything below it.
pub(crate) fn is_loopback_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_kept_and_joined() {
        let url = PublicUrl::parse("https://Login.example.org/").expect("origin");
        assert_eq!(url.as_str(), "https://login.example.org");
        assert_eq!(url.join("/oauth2/token"), "https://login.example.org/oauth2/token");
        assert!(!url.is_loopback());
        let local = PublicUrl::parse("http://hub.localhost:8080").expect("loopback");
        assert_eq!(local.as_str(), "http://hub.localhost:8080");
        assert!(local.is_loopback_http());
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for bad in [
            "login.example.org",
            "http://login.example.org",
            "http://localhost.example.org",
            "https://login.example.org/sso",
            "https://login.example.org/?a=b",
            "https://login.example.org/#x",
            "https://user@login.example.org",
            "ftp://login.example.org",
            "file:///etc/passwd",
            "",
        ] {
            assert!(PublicUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
