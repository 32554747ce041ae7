//! Addresses in a registry.

use crate::public_url::is_loopback_host;
use url::Url;

type AddressFault = (&'static str, &'static str);

const EXAMPLE: &str = "write it as in https://ill.example.org/callback";

/// An absolute https address; http for loopback names only.
pub(crate) fn web_address(text: &str) -> Result<Url, AddressFault> {
    let url = absolute(text)?;
    if url.scheme() == "http" && !is_loopback_host(&url) {
        return Err(("plain http", "use https; http is for localhost and *.localhost only"));
    }
    Ok(url)
}

/// An absolute https or http address, for a link that a reader may follow.
pub(super) fn link(text: &str) -> Result<Url, AddressFault> {
    absolute(text)
}

fn absolute(text: &str) -> Result<Url, AddressFault> {
    let url = Url::parse(text).map_err(|_| ("not an absolute address", EXAMPLE))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(("neither https nor http", EXAMPLE));
    }
    // Url::parse mends what a browser would mend; an address that is compared
    // letter for letter must not need it.
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(("a space, a backslash or a control character", EXAMPLE));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(("no host", EXAMPLE));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(("a user name in the address", "take it out"));
    }
    Ok(url)
}

/// A redirect URI (RFC 6749 section 3.1.2): absolute, without fragment or
/// wildcard; https, http for loopback, or a private-use scheme with a dot
/// (RFC 8252 section 7.1).
pub(super) fn redirect_uri(text: &str) -> Result<(), AddressFault> {
    if text.contains('#') {
        return Err(("a fragment", "take out # and what follows"));
    }
    if text.contains('*') {
        return Err(("a wildcard", "list every address; they are matched letter for letter"));
    }
    let scheme = text.split(':').next().unwrap_or_default();
    if scheme.contains('.') && Url::parse(text).is_ok() {
        return Ok(());
    }
    web_address(text).map(drop)
}
