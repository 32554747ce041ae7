//! Who may read `/metrics`: whoever is on this machine, and those whom `metrics_from` names.
//!
//! An address of this machine shows nothing by itself where a proxy runs on it: whoever the
//! proxy serves comes from there. What tells them apart is a port of its own (`metrics_listen`),
//! which no proxy leads to; without one, the header that a proxy adds, and the name asked for.

use crate::config::Config;
use ipnet::IpNet;
use metadata::PublicUrl;
use model::Inbound;
use std::sync::Arc;

/// Which port a request came in by. Not a word of the request: only we can set it.
#[derive(Debug, Clone, Copy)]
pub(super) struct OwnPort;

/// Who may read the figures.
#[derive(Clone)]
pub(super) struct Readers {
    named: Arc<[IpNet]>,
    /// There is a port for this machine, so the main one is for readers alone.
    has_own_port: bool,
    /// TLS ends before us: what comes in may have been passed on.
    is_behind_proxy: bool,
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

impl Readers {
    pub(super) fn of(config: &Config) -> Self {
        let speaks_https = config.public_url.as_str().starts_with("https://");
        Self {
            named: config.metrics_from.clone().into(),
            has_own_port: config.metrics_listen.is_some(),
            is_behind_proxy: speaks_https && config.tls.is_none(),
        }
    }

    /// Whether the sender of this request may read them.
    pub(super) fn include(&self, inbound: &Inbound, port: Option<OwnPort>) -> bool {
        let is_here = match port {
            Some(OwnPort) => inbound.client.is_loopback(),
            None => !self.has_own_port && self.is_here(inbound),
        };
        is_here || self.named.iter().any(|net| net.contains(&inbound.client))
    }

    /// What a proxy passes on comes from elsewhere, even where the proxy runs on this machine
    /// and nobody told us to trust it. One that adds nothing commonly passes the public name on.
    fn is_here(&self, inbound: &Inbound) -> bool {
        let is_forwarded = PASSED_ON.iter().any(|name| inbound.header(name).is_some());
        let asks_here = || inbound.header("host").is_some_and(is_name_of_this_machine);
        inbound.client.is_loopback() && !is_forwarded && (!self.is_behind_proxy || asks_here())
    }
}

/// `localhost`, `127.0.0.1:8080`, `[::1]`: plain http is good for nothing else.
fn is_name_of_this_machine(host: &str) -> bool {
    PublicUrl::parse(&format!("http://{host}")).is_ok()
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

    fn readers() -> Readers {
        let named: IpNet = "10.0.0.0/24".parse().expect("a network");
        Readers { named: Arc::new([named]), has_own_port: false, is_behind_proxy: false }
    }

    #[test]
    fn figures_are_for_this_machine_and_those_that_are_named() {
        let may =
            |client, headers: &[(&str, &str)]| readers().include(&asked_by(client, headers), None);
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

    #[test]
    fn behind_a_proxy_the_public_name_is_no_name_of_this_machine() {
        let behind = Readers { is_behind_proxy: true, ..readers() };
        let may = |host| behind.include(&asked_by("127.0.0.1", &[("host", host)]), None);
        for host in ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "a.localhost"] {
            assert!(may(host), "{host}");
        }
        for host in [
            "login.example.org",
            "login.example.org:443",
            "localhost.example.org",
            "localhost@login.example.org",
            "login.example.org/localhost",
            "10.0.0.7",
            "",
        ] {
            assert!(!may(host), "{host}");
        }
        assert!(!behind.include(&asked_by("127.0.0.1", &[]), None), "no name at all");
        assert!(behind.include(&asked_by("10.0.0.7", &[("host", "login.example.org")]), None));
    }

    #[test]
    fn a_port_of_its_own_is_for_this_machine_and_closes_the_other_to_it() {
        let own = Readers { has_own_port: true, ..readers() };
        let may = |client, port| own.include(&asked_by(client, &[("host", "localhost")]), port);
        assert!(may("127.0.0.1", Some(OwnPort)) && may("10.0.0.7", Some(OwnPort)));
        assert!(!may("203.0.113.7", Some(OwnPort)));
        assert!(!may("127.0.0.1", None) && !may("::1", None));
        assert!(may("10.0.0.7", None));
    }
}
