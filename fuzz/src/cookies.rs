//! Header lines to the edge, and to all that reads cookies.

use crate::fixtures::NOW;
use crate::parties::entropy;
use axum::extract::FromRequestParts as _;
use http::{HeaderName, HeaderValue, Request};
use login::fuzzing::{client, cookies};
use login::{EdgeSettings, Head, edge_layer};
use model::{Clock, Cookie, Inbound, LoginCode, MemberId, SameSite, Timestamp};
use std::net::{IpAddr, Ipv4Addr};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// A proxy with default limits takes so much in one line; ours are 7 kB with the library's.
const LONGEST_LINE: usize = 8 * 1024;

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// One input: header lines, the first of which may be an address.
pub fn run(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let address = lines.next().and_then(|line| std::str::from_utf8(line).ok()).unwrap_or("/");
    let Ok(mut request) = Request::get(address).body(()) else { return };
    for line in lines {
        let mut halves = line.splitn(2, |byte| *byte == b':');
        let (name, value) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value.trim_ascii()))
        {
            request.headers_mut().append(name, value);
        }
    }
    if let Some(inbound) = read(request) {
        hold(&inbound);
    }
}

fn read(mut request: Request<()>) -> Option<Inbound> {
    let trusted_proxies = vec!["10.0.0.0/8".parse().expect("a network")];
    let settings = EdgeSettings { clock: Arc::new(Still), entropy: entropy(), trusted_proxies };
    let (axum::Extension(state), _) = edge_layer(settings);
    request.extensions_mut().insert(state);
    let (mut parts, ()) = request.into_parts();
    let mut reading = pin!(Head::from_request_parts(&mut parts, &()));
    // Nothing in it waits for anything.
    match reading.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(head)) => Some(head.inbound),
        _ => None,
    }
}

fn hold(inbound: &Inbound) {
    let _ = (inbound.query_params(), inbound.form_params());
    for (name, value) in inbound.cookies() {
        let one = inbound.cookie(name);
        assert!(one.is_none_or(|one| one == value), "of two `{name}` one was chosen");
    }
    let trusted = ["10.0.0.0/8".parse().expect("a network")];
    let stranger = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));
    assert_eq!(client(stranger, &inbound.headers, &trusted), stranger, "a stranger's word counts");
    let _ = client(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), &inbound.headers, &trusted);
    set(inbound);
}

fn set(inbound: &Inbound) {
    let added = Cookie {
        name: "__Host-rp_s_HHHHHHHHHHHHHHHHHHHHHH".to_owned(),
        value: format!("{:x}.{}.s{}", NOW.unix_s(), code(), "A".repeat(2_000)),
        max_age_s: Some(600),
        same_site: SameSite::None,
    };
    let member = MemberId::parse("nju").expect("an id");
    let all = cookies(inbound, &added, code(), &member);
    assert!(all.len() <= 70, "{} cookies in one answer", all.len());
    for cookie in &all {
        let line = cookie.to_header();
        assert!(HeaderValue::from_str(&line).is_ok(), "no header line: {line}");
        assert!(cookie.name.starts_with("__Host-"), "{line}");
    }
    let removed: Vec<_> = all.iter().filter(|c| c.max_age_s == Some(0)).map(|c| &c.name).collect();
    let kept = all.iter().filter(|c| c.max_age_s != Some(0)).map(|c| c.name.len() + c.value.len());
    let left = inbound.cookies().filter(|(name, value)| {
        let is_state = name.starts_with("__Host-rp_s_") && !value.is_empty();
        is_state && !removed.iter().any(|gone| gone == name) && **name != *added.name
    });
    // Beyond 32 in one answer the rest goes with the next.
    if removed.len() < 32 {
        let size: usize = kept.chain(left.map(|(n, v)| n.len() + v.len())).sum();
        assert!(size <= LONGEST_LINE, "{size} bytes of cookies");
    }
}

fn code() -> LoginCode {
    LoginCode::draw(&entropy())
}
