//! The service's own HTTP client.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// A client that maps the hub's `*.localhost` name to loopback, as browsers do.
#[expect(clippy::disallowed_methods, reason = "a stranger to the hub has a client of its own")]
pub(crate) fn client(hub: &str) -> Result<reqwest::Client, reqwest::Error> {
    let host =
        url::Url::parse(hub).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default();
    let mut builder = reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none());
    if host.ends_with("localhost") {
        builder = builder.resolve(&host, SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0));
    }
    builder.build()
}

/// The text at an address, at most 256 kB.
pub(crate) async fn fetch(client: &reqwest::Client, address: &str) -> Result<String, String> {
    let answer = client.get(address).send().await.map_err(|e| e.without_url().to_string())?;
    if !answer.status().is_success() {
        return Err(format!("{} answered {}", address, answer.status()));
    }
    let body = answer.bytes().await.map_err(|e| e.without_url().to_string())?;
    if body.len() > 256 * 1024 {
        return Err(format!("{address} answered more than 256 kB"));
    }
    String::from_utf8(body.to_vec()).map_err(|_| format!("{address} did not answer UTF-8"))
}
