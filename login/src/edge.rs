//! The HTTP edge: raw octets in, with one clock reading and one login code a request.

use crate::reply::Refused;
use axum::Extension;
use axum::body::Bytes;
use axum::extract::connect_info::ConnectInfo;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request};
use http::StatusCode;
use http::request::Parts;
use ipnet::IpNet;
use model::{Clock, Entropy, Inbound, LoginCode, Method, Moment, Refusal, code};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Longest path and query together: a deflated AuthnRequest with RelayState fits.
const LONGEST_URI: usize = 16 * 1024;
/// All header names and values together; our own cookies are 7 kB at most.
const MOST_HEADER_BYTES: usize = 32 * 1024;
/// Body cap of a route that sets none of its own.
const DEFAULT_BODY: usize = 64 * 1024;

/// A whole body: one that trickles in, octet by octet, would hold its connection for hours.
const LONGEST_READ: Duration = Duration::from_secs(30);

/// Where time, chance and the client's address come from.
#[derive(Clone)]
pub struct EdgeSettings {
    /// The clock, asked once a request.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Entropy,
    /// Peers whose `X-Forwarded-For` counts (rule 9).
    pub trusted_proxies: Vec<IpNet>,
}

/// The settings as they lie in the request's extensions.
#[derive(Clone)]
pub struct EdgeState(Arc<EdgeSettings>);

/// Gives every request inside it what [`Edge`] and [`Head`] need, and caps bodies at 64 kB
/// where a route sets no [`DefaultBodyLimit`] of its own.
pub fn edge_layer(settings: EdgeSettings) -> (Extension<EdgeState>, DefaultBodyLimit) {
    (Extension(EdgeState(Arc::new(settings))), DefaultBodyLimit::max(DEFAULT_BODY))
}

/// A request with its body, within all caps. HEAD is refused, since axum runs GET
/// handlers for it and a handler that takes this may use something up.
#[derive(Debug, Clone)]
pub struct Edge {
    /// What came in, octet for octet.
    pub inbound: Inbound,
    /// The one `now` of this request.
    pub moment: Moment,
    /// The login code, should a login begin or something be refused here.
    pub code: LoginCode,
}

/// A request without its body; HEAD counts as GET. For pages that use nothing up.
#[derive(Debug, Clone)]
pub struct Head {
    /// What came in; the body is empty.
    pub inbound: Inbound,
    /// The one `now` of this request.
    pub moment: Moment,
    /// The login code, should something be refused here.
    pub code: LoginCode,
}

impl<S: Send + Sync> FromRequest<S> for Edge {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let (parts, body) = request.into_parts();
        let (moment, login_code) = begin(&parts)?;
        let refused = |status, refusal| Refused::with_status(status, refusal, login_code);
        let method = method(&parts, false).map_err(|refusal| refused(405, refusal))?;
        let mut inbound = read_head(&parts, method).map_err(|(s, refusal)| refused(s, refusal))?;
        // The extractor keeps the route's own cap and cuts a chunked body off at it.
        let body = Bytes::from_request(Request::from_parts(parts, body), state);
        let read = tokio::time::timeout(LONGEST_READ, body).await.map_err(|_| {
            let log = format!("the body did not come within {} s", LONGEST_READ.as_secs());
            refused(408, Refusal::new(code::WEB_BAD_PARAMETERS, log))
        })?;
        inbound.body = read.map_err(|fault| refused_body(&fault, login_code))?.into();
        Ok(Self { inbound, moment, code: login_code })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Head {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let (moment, login_code) = begin(parts)?;
        let refused = |status, refusal| Refused::with_status(status, refusal, login_code);
        let method = method(parts, true).map_err(|refusal| refused(405, refusal))?;
        let inbound = read_head(parts, method).map_err(|(s, refusal)| refused(s, refusal))?;
        Ok(Self { inbound, moment, code: login_code })
    }
}

fn refused_body(fault: &BytesRejection, login_code: LoginCode) -> Refused {
    let status = fault.status();
    let code = match status {
        StatusCode::PAYLOAD_TOO_LARGE => code::WEB_BODY_TOO_LARGE,
        _ => code::WEB_BAD_PARAMETERS,
    };
    Refused::with_status(status.as_u16(), Refusal::new(code, fault.body_text()), login_code)
}

/// Takes the time and draws the code.
fn begin(parts: &Parts) -> Result<(Moment, LoginCode), Refused> {
    let Some(EdgeState(settings)) = parts.extensions.get::<EdgeState>() else {
        // Without a source of chance there is no code; this one is valid and says nothing.
        let refusal = Refusal::new(code::HUB_INTERNAL, "edge_layer is not on this router");
        return Err(Refused::from((refusal, LoginCode::draw(&no_entropy()))));
    };
    let moment = Moment { now: settings.clock.now(), entropy: settings.entropy.clone() };
    let login_code = LoginCode::draw(&moment.entropy);
    Ok((moment, login_code))
}

/// A source for the one code that is drawn where none was configured.
fn no_entropy() -> Entropy {
    struct Zero;
    impl model::Random for Zero {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0);
        }
    }
    Entropy::new(Arc::new(Zero))
}

fn method(parts: &Parts, head_counts: bool) -> Result<Method, Refusal> {
    match parts.method {
        http::Method::GET => Ok(Method::Get),
        http::Method::POST => Ok(Method::Post),
        http::Method::HEAD if head_counts => Ok(Method::Get),
        _ => Err(Refusal::new(code::WEB_METHOD, format!("{} is not served here", parts.method))),
    }
}

fn read_head(parts: &Parts, method: Method) -> Result<Inbound, (u16, Refusal)> {
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or_default();
    if path.len() + query.len() > LONGEST_URI {
        let log = format!("the address has {} bytes", path.len() + query.len());
        return Err((414, Refusal::new(code::WEB_BAD_PARAMETERS, log)));
    }
    let size: usize =
        parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > MOST_HEADER_BYTES {
        return Err((431, Refusal::new(code::WEB_HEADERS, format!("{size} bytes of headers"))));
    }
    let headers: Vec<(String, String)> = parts
        .headers
        .iter()
        .map(|(name, value)| {
            // Never left out: a proxy adds the client's address to the line that the client
            // sent, and one octet of the client's would hide both.
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let client = client_address(parts, &headers);
    Ok(Inbound {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: Vec::new(),
        client,
    })
}

/// The address that limits and reading-room ranges count by.
///
/// Without a known peer (in-process callers) it is `0.0.0.0`, which no proxy list
/// should hold: all such callers then share one limit.
fn client_address(parts: &Parts, headers: &[(String, String)]) -> IpAddr {
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip().to_canonical());
    let trusted = match parts.extensions.get::<EdgeState>() {
        Some(EdgeState(settings)) => settings.trusted_proxies.as_slice(),
        None => &[],
    };
    behind_proxies(peer, headers, trusted)
}

/// Walks `X-Forwarded-For` from the right for as long as the hop that wrote it is
/// trusted (rule 9). What stands further left was written by the client and is never
/// looked at, or anyone could pass for a reading room or slip every limit (N22).
pub(crate) fn behind_proxies(
    peer: IpAddr,
    headers: &[(String, String)],
    trusted: &[IpNet],
) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    let hops: Vec<&str> = headers
        .iter()
        .filter(|(name, _)| name == "x-forwarded-for")
        .flat_map(|(_, line)| line.split(','))
        .collect();
    let mut client = peer;
    for hop in hops.into_iter().rev() {
        if !is_trusted(client) {
            break;
        }
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        client = address.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests;
