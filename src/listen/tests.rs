use super::connection::HEAD;
use super::peers::MOST_PER_ADDRESS;
use super::*;
use axum::http::StatusCode;
use axum::routing::{get, post};
use std::net::IpAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

async fn started() -> (SocketAddr, tokio::sync::oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let listener = bind(([127, 0, 0, 1], 0).into(), "a port").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let router = Router::new()
        .route("/", get(|| async { "here" }))
        .route("/post", post(|body: String| async move { body }));
    let served = tokio::spawn(async move {
        let stop = async {
            let _ = stopped.await;
        };
        serve(Ear { listener, tls: None, places: Places::new() }, router, stop).await;
    });
    (at, stop, served)
}

async fn all(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let _ended = stream.read_to_string(&mut text).await;
    text
}

/// The clock of the runtime stands still and jumps where nothing else is to be done.
#[tokio::test(start_paused = true)]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let (at, _stop, _served) = started().await;
    for begun in ["", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow"] {
        let mut stream = TcpStream::connect(at).await.expect("connects");
        stream.write_all(begun.as_bytes()).await.expect("writes");
        let ended = tokio::time::timeout(HEAD * 4, all(&mut stream)).await;
        assert!(ended.is_ok(), "`{begun}` is held for ever");
    }
}

/// What is read of a head is kept until its end comes.
#[tokio::test]
async fn a_head_of_any_length_is_not_taken() {
    let (at, _stop, _served) = started().await;
    let (mut read, mut write) = TcpStream::connect(at).await.expect("connects").into_split();
    let flood = async {
        let _ = write.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: ").await;
        let piece = [b'x'; 1_000];
        // 20 MB, or until we are cut off.
        let mut sent = 0;
        while sent < 20_000 && write.write_all(&piece).await.is_ok() {
            sent += 1;
        }
        sent
    };
    let mut answer = String::new();
    let (sent, _ended) = tokio::join!(flood, read.read_to_string(&mut answer));
    assert!(sent < 20_000, "all of it was read");
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn a_running_request_is_answered_after_the_stop_and_no_new_one_is() {
    let (at, stop, served) = started().await;
    let mut stream = TcpStream::connect(at).await.expect("connects");
    let head =
        "POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("writes");
    // The server asks for the body: the request is running.
    let mut asked = [0; 8];
    stream.read_exact(&mut asked).await.expect("100");
    stop.send(()).expect("it runs");
    stream.write_all(b"body").await.expect("writes");
    assert!(all(&mut stream).await.ends_with("body"));
    served.await.expect("ends");
    assert!(TcpStream::connect(at).await.is_err(), "it still listens");
}

#[test]
fn an_address_holds_only_so_many_connections() {
    let peers = Peers::default();
    let address = IpAddr::from([192, 0, 2, 1]);
    let mut guests: Vec<_> = (0..MOST_PER_ADDRESS).map(|_| peers.enter(address)).collect();
    assert!(guests.iter().all(Option::is_some));
    assert!(peers.enter(address).is_none(), "one too many");
    assert!(peers.enter(IpAddr::from([192, 0, 2, 2])).is_some(), "another address");
    guests.pop();
    assert!(peers.enter(address).is_some(), "a place is free again");
}

#[test]
fn one_site_of_ipv6_is_one_address() {
    let peers = Peers::default();
    let at = |text: &str| text.parse::<IpAddr>().expect("an address");
    let guests: Vec<_> =
        (0..MOST_PER_ADDRESS).map(|n| peers.enter(at(&format!("2001:db8:1:{n:x}::1")))).collect();
    assert!(guests.iter().all(Option::is_some));
    assert!(peers.enter(at("2001:db8:1:ffff::1")).is_none(), "the same /48");
    assert!(peers.enter(at("2001:db8:2::1")).is_some(), "another");
    let four: Vec<_> = (0..MOST_PER_ADDRESS).map(|_| peers.enter(at("192.0.2.1"))).collect();
    assert!(peers.enter(at("::ffff:192.0.2.1")).is_none(), "{}", four.len());
}

/// The status alone: pages are drawn by another room.
async fn answer_of(edge: Result<login::Edge, login::Refused>) -> StatusCode {
    let refused = edge.err().map(|refused| refused.status);
    StatusCode::from_u16(refused.unwrap_or(200)).expect("a status")
}

/// Octet by octet a body of 64 kB would last a week: each comes in time, the whole does not.
#[tokio::test(start_paused = true)]
async fn a_body_that_trickles_in_is_not_waited_for() {
    let edge = login::EdgeSettings {
        clock: Arc::new(crate::outside::SystemClock),
        entropy: crate::outside::system_entropy(),
        trusted_proxies: Vec::new(),
    };
    let router = Router::new().route("/", post(answer_of)).layer(login::edge_layer(edge));
    let listener = bind(([127, 0, 0, 1], 0).into(), "a port").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    let ear = Ear { listener, tls: None, places: Places::new() };
    tokio::spawn(serve(ear, router, std::future::pending()));
    let (mut read, mut write) = TcpStream::connect(at).await.expect("connects").into_split();
    let head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n";
    write.write_all(head).await.expect("writes");
    let mut answer = [0; 12];
    let answered = async {
        loop {
            tokio::select! {
                read = read.read_exact(&mut answer) => return read.is_ok(),
                () = tokio::time::sleep(Duration::from_secs(9)) => {
                    let _ = write.write_all(b"x").await;
                }
            }
        }
    };
    let answered = tokio::time::timeout(Duration::from_mins(5), answered).await;
    assert!(answered.expect("it is waited for"), "it was cut off without a word");
    assert_eq!(&answer, b"HTTP/1.1 408");
}
