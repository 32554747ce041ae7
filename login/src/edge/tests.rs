use super::*;
use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use model::{Random, Timestamp};
use tower::ServiceExt as _;

struct Fixed;
impl Random for Fixed {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(9);
    }
}
impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_s(1_000)
    }
}

fn settings(trusted: &[&str]) -> EdgeSettings {
    EdgeSettings {
        clock: Arc::new(Fixed),
        entropy: Entropy::new(Arc::new(Fixed)),
        trusted_proxies: trusted.iter().map(|net| net.parse().expect("a network")).collect(),
    }
}

async fn echo(edge: Edge) -> Vec<u8> {
    edge.inbound.body
}

async fn page(head: Head) -> String {
    head.inbound.query
}

fn router() -> Router {
    Router::new()
        .route("/e", post(echo).get(echo).layer(DefaultBodyLimit::max(10)))
        .route("/wide", post(echo))
        .route("/h", get(page))
        .layer(edge_layer(settings(&[])))
}

async fn refused(request: http::Request<Body>) -> Refused {
    let response = router().oneshot(request).await.expect("infallible");
    response.extensions().get::<Refused>().cloned().expect("refused")
}

fn request(method: &str, uri: &str, body: impl Into<Body>) -> http::Request<Body> {
    http::Request::builder().method(method).uri(uri).body(body.into()).expect("a request")
}

#[tokio::test]
async fn a_body_above_the_routes_cap_is_refused_with_413() {
    let answer = router().oneshot(request("POST", "/e", "0123456789")).await.expect("infallible");
    assert_eq!(answer.status(), 200);
    let over = refused(request("POST", "/e", "0123456789a")).await;
    assert_eq!((over.status, over.refusal.code()), (413, code::WEB_BODY_TOO_LARGE));
}

#[tokio::test]
async fn a_route_without_a_cap_of_its_own_takes_64_kb() {
    let fits = request("POST", "/wide", vec![b'a'; DEFAULT_BODY]);
    assert_eq!(router().oneshot(fits).await.expect("infallible").status(), 200);
    let over = refused(request("POST", "/wide", vec![b'a'; DEFAULT_BODY + 1])).await;
    assert_eq!(over.status, 413);
}

#[tokio::test]
async fn head_is_refused_where_a_get_may_use_something_up() {
    let refused = refused(request("HEAD", "/e", "")).await;
    assert_eq!((refused.status, refused.refusal.code()), (405, code::WEB_METHOD));
    let page = router().oneshot(request("HEAD", "/h?x", "")).await.expect("infallible");
    assert_eq!(page.status(), 200);
}

#[tokio::test]
async fn long_addresses_and_headers_are_refused() {
    let long = refused(request("GET", &format!("/e?{}", "a".repeat(LONGEST_URI)), "")).await;
    assert_eq!((long.status, long.refusal.code()), (414, code::WEB_BAD_PARAMETERS));
    let mut many = request("GET", "/h", "");
    let value = "c".repeat(MOST_HEADER_BYTES).parse().expect("a header");
    many.headers_mut().insert("cookie", value);
    let many = refused(many).await;
    assert_eq!((many.status, many.refusal.code()), (431, code::WEB_HEADERS));
}

#[tokio::test]
async fn a_router_without_the_edge_layer_says_so() {
    let bare = Router::new().route("/h", get(page));
    let response = bare.oneshot(request("GET", "/h", "")).await.expect("infallible");
    let refused = response.extensions().get::<Refused>().cloned().expect("refused");
    assert_eq!(refused.refusal.code(), code::HUB_INTERNAL);
}

#[test]
fn a_forwarded_address_counts_only_where_a_trusted_proxy_wrote_it() {
    let headers = |lines: &[&str]| -> Vec<(String, String)> {
        lines.iter().map(|l| ("x-forwarded-for".to_owned(), (*l).to_owned())).collect()
    };
    let of = |peer: &str, lines: &[&str], trusted: &[&str]| {
        let trusted: Vec<IpNet> = trusted.iter().map(|t| t.parse().expect("a network")).collect();
        behind_proxies(peer.parse().expect("an address"), &headers(lines), &trusted).to_string()
    };
    let proxies = &["10.0.0.0/8", "::1/128"];
    // The peer is nobody we trust: what it claims is its own.
    assert_eq!(of("198.51.100.7", &["192.0.2.1"], proxies), "198.51.100.7");
    assert_eq!(of("198.51.100.7", &["192.0.2.1"], &[]), "198.51.100.7");
    // One proxy; what the client put in front does not count.
    assert_eq!(of("10.0.0.1", &["192.0.2.1, 203.0.113.9"], proxies), "203.0.113.9");
    // Two proxies, in one line and in two.
    assert_eq!(of("10.0.0.1", &["192.0.2.1, 203.0.113.9, 10.0.0.2"], proxies), "203.0.113.9");
    assert_eq!(of("10.0.0.1", &["192.0.2.1", "203.0.113.9, 10.0.0.2"], proxies), "203.0.113.9");
    // Rubbish ends the walk at the last hop that is known.
    assert_eq!(of("10.0.0.1", &["203.0.113.9, nonsense"], proxies), "10.0.0.1");
    assert_eq!(of("10.0.0.1", &["::ffff:203.0.113.9"], proxies), "203.0.113.9");
    assert_eq!(of("10.0.0.1", &[], proxies), "10.0.0.1");
}

async fn whom(head: Head) -> String {
    let seen = head.inbound.header("x-forwarded-for").is_some();
    format!("{} {seen} {}", head.inbound.client, head.inbound.cookie("__Host-a").unwrap_or("-"))
}

/// A proxy appends to the line that the client sent. Were it left out for one octet, every
/// client could pass for the proxy: at limits, in reading rooms, at `/metrics`.
#[tokio::test]
async fn an_octet_that_is_not_utf_8_hides_neither_address_nor_cookies() {
    let router = Router::new().route("/", get(whom)).layer(edge_layer(settings(&["10.0.0.0/8"])));
    let mut asked = request("GET", "/", "");
    let peer: SocketAddr = "10.0.0.1:7".parse().expect("an address");
    asked.extensions_mut().insert(ConnectInfo(peer));
    let octets = |octets: &[u8]| http::HeaderValue::from_bytes(octets).expect("a header");
    asked.headers_mut().insert("x-forwarded-for", octets(b"\xff, 203.0.113.9"));
    asked.headers_mut().insert("cookie", octets(b"sibling=\xff; __Host-a=b"));
    let answer = router.oneshot(asked).await.expect("infallible").into_body();
    let text = axum::body::to_bytes(answer, 100).await.expect("a text");
    assert_eq!(text, "203.0.113.9 true b");
}
