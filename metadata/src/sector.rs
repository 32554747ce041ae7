//! The sector that a reader's `sub` is made for (OpenID Connect Core 8.1).

use model::ServiceId;
use url::{Host, Url};

/// The host of the client's first redirect URI, so that all clients of one site
/// know a reader by one `sub` and no other site does.
///
/// Where the first URI names no site (a loopback host or an app's own scheme),
/// the service's id stands in: two native apps must not share a sector. The
/// *first* URI counts, so adding one more never changes anybody's `sub`.
pub fn sector(service: &ServiceId, redirect_uris: &[String]) -> String {
    redirect_uris
        .first()
        .and_then(|uri| Url::parse(uri).ok())
        .and_then(|url| site(&url))
        .unwrap_or_else(|| format!("service:{service}"))
}

fn site(url: &Url) -> Option<String> {
    if !matches!(url.scheme(), "https" | "http") {
        return None;
    }
    match url.host()? {
        Host::Domain(name) if name == "localhost" || name.ends_with(".localhost") => None,
        Host::Ipv4(address) if address.is_loopback() => None,
        Host::Ipv6(address) if address.is_loopback() => None,
        host => Some(host.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sector_of(uris: &[&str]) -> String {
        let uris: Vec<String> = uris.iter().map(|u| (*u).to_owned()).collect();
        sector(&ServiceId::parse("ill").expect("an id"), &uris)
    }

    #[test]
    fn the_host_of_the_first_uri_is_the_sector_and_stays_when_one_is_added() {
        assert_eq!(sector_of(&["https://ill.example.org/cb"]), "ill.example.org");
        assert_eq!(
            sector_of(&["https://ill.example.org:8443/cb", "https://other.example.org/cb"]),
            "ill.example.org"
        );
    }

    #[test]
    fn a_loopback_host_or_an_apps_scheme_names_no_site() {
        for uri in [
            "http://localhost:8090/cb",
            "http://ill.localhost/cb",
            "http://127.0.0.1/cb",
            "http://[::1]/cb",
            "org.example.app:/cb",
        ] {
            assert_eq!(sector_of(&[uri]), "service:ill", "{uri}");
        }
    }
}
