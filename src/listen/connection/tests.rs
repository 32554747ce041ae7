use super::ledger::{IDLE, REQUESTS};
use super::*;
use axum::routing::get;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// `GET https://a/` in the static table of RFC 7541, and `GET https://a/slow` by literals.
const FAST: &[u8] = &[0x82, 0x87, 0x84, 0x41, 1, b'a'];
const SLOW: &[u8] = &[0x82, 0x87, 0x44, 5, b'/', b's', b'l', b'o', b'w', 0x41, 1, b'a'];

/// It announces five octets of body, with none to come.
const FAULTY: &[u8] = &[0x82, 0x87, 0x84, 0x41, 1, b'a', 0x0f, 0x0d, 1, b'5'];

const PAGE_AT: &[u8] = &[0x82, 0x87, 0x44, 5, b'/', b'p', b'a', b'g', b'e', 0x41, 1, b'a'];
const PAGE: usize = 100_000;
/// SETTINGS_INITIAL_WINDOW_SIZE (RFC 9113 section 6.5.2) of one octet.
const NARROW: &[u8] = &[0, 4, 0, 0, 0, 1];

/// A peer that writes what it likes, and answers pings as an honest one does.
struct Peer {
    stream: DuplexStream,
    began: Arc<AtomicUsize>,
    stopping: watch::Sender<bool>,
    served: tokio::task::JoinHandle<()>,
}

struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: Vec<u8>,
}

impl Peer {
    async fn connected() -> Self {
        Self::with(Waiting::new(), &[]).await
    }

    async fn with(waiting: Waiting, settings: &[u8]) -> Self {
        let (near, far) = tokio::io::duplex(1 << 20);
        let began = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&began);
        let router = Router::new().route("/", get(|| async { "here" }));
        let router = router.route("/page", get(|| async { "x".repeat(PAGE) })).route(
            "/slow",
            get(move || {
                counted.fetch_add(1, Ordering::SeqCst);
                std::future::pending::<&str>()
            }),
        );
        let (stopping, stopped) = watch::channel(false);
        let connection = Connection { peer: ([127, 0, 0, 1], 1).into(), router, waiting };
        let served = tokio::spawn(connection.http2(far, Stop(stopped)));
        let mut peer = Self { stream: near, began, stopping, served };
        peer.raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
        peer.send(SETTINGS, 0, 0, settings).await;
        peer
    }

    async fn raw(&mut self, octets: &[u8]) {
        // Fails where we were cut off, which the reader notices.
        let _ = self.stream.write_all(octets).await;
    }

    async fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        self.raw(&frame(kind, flags, stream, payload)).await;
    }

    async fn ask(&mut self, stream: u32, block: &[u8]) {
        self.send(HEADERS, END_STREAM | END_HEADERS, stream, block).await;
    }

    /// The next frame; `None` at the end of the connection.
    async fn next(&mut self) -> Option<Frame> {
        loop {
            let mut head = [0; 9];
            self.stream.read_exact(&mut head).await.ok()?;
            let [a, b, c, kind, flags, stream @ ..] = head;
            let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
            self.stream.read_exact(&mut payload).await.ok()?;
            match kind {
                SETTINGS if flags & ACK == 0 => self.send(SETTINGS, ACK, 0, &[]).await,
                PING if flags & ACK == 0 => self.send(PING, ACK, 0, &payload).await,
                SETTINGS | PING => {}
                _ => {
                    return Some(Frame {
                        kind,
                        flags,
                        stream: u32::from_be_bytes(stream),
                        payload,
                    });
                }
            }
        }
    }

    /// All that comes until the end of the connection.
    async fn rest(&mut self) -> Vec<Frame> {
        let mut all = Vec::new();
        while let Some(frame) = self.next().await {
            all.push(frame);
        }
        all
    }

    fn began(&self) -> usize {
        self.began.load(Ordering::SeqCst)
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// RFC 9113 section 7: the peer has no more interest.
fn cancelled(stream: u32) -> Vec<u8> {
    frame(RESET, 0, stream, &[0, 0, 0, 8])
}

#[tokio::test]
async fn requests_are_answered_beside_each_other() {
    let mut peer = Peer::connected().await;
    peer.ask(1, SLOW).await;
    peer.ask(3, FAST).await;
    peer.ask(5, FAST).await;
    let mut answered = Vec::new();
    while answered.len() < 2 {
        let frame = peer.next().await.expect("an answer");
        if frame.kind == DATA && frame.flags & END_STREAM != 0 {
            assert!(frame.payload.is_empty() || frame.payload == b"here");
            answered.push(frame.stream);
        }
    }
    assert_eq!(answered, [3, 5]);
}

/// CVE-2023-44487: each request is taken back at once, so the limit of streams never holds.
#[tokio::test]
async fn a_flood_of_requests_that_are_taken_back_ends_the_connection() {
    let mut peer = Peer::connected().await;
    let mut flood = Vec::new();
    for number in 0..3000 {
        let stream = number * 2 + 1;
        flood.extend(frame(HEADERS, END_STREAM | END_HEADERS, stream, SLOW));
        flood.extend(cancelled(stream));
    }
    peer.raw(&flood).await;
    let rest = peer.rest().await;
    assert!(rest.iter().all(|frame| frame.kind != HEADERS), "it was answered");
    assert!(peer.began() <= 2 * RESETS, "{} requests ran", peer.began());
}

/// The same at a pace at which each is taken up before it is taken back.
#[tokio::test]
async fn requests_that_are_taken_back_while_they_run_are_counted() {
    let mut peer = Peer::connected().await;
    for number in 0..1000 {
        let stream = number * 2 + 1;
        peer.ask(stream, SLOW).await;
        let before = peer.began();
        for _ in 0..50 {
            if peer.began() > before || peer.served.is_finished() {
                break;
            }
            tokio::task::yield_now().await;
        }
        peer.raw(&cancelled(stream)).await;
        tokio::task::yield_now().await;
        if peer.served.is_finished() {
            break;
        }
    }
    peer.rest().await;
    assert!(peer.began() > RESETS / 2, "only {} were taken up: nothing is shown", peer.began());
    assert!(peer.began() <= RESETS + 20, "{} requests ran", peer.began());
}

/// CVE-2025-8671: it is we who take each request back, for an error that the peer makes.
#[tokio::test(start_paused = true)]
async fn a_flood_of_faulty_requests_ends_the_connection() {
    let mut peer = Peer::connected().await;
    let head = |number: u32| frame(HEADERS, END_STREAM | END_HEADERS, number * 2 + 1, FAULTY);
    peer.raw(&(0..3000).flat_map(head).collect::<Vec<_>>()).await;
    let rest = peer.rest().await;
    // RFC 9113 section 7: ENHANCE_YOUR_CALM.
    let calm = |frame: &Frame| frame.kind == GOAWAY && frame.payload[4..8] == [0, 0, 0, 11];
    assert!(rest.iter().any(calm), "{} frames, and it goes on", rest.len());
}

/// A proxy keeps a connection of HTTP/1.1 for as long as it likes.
#[tokio::test(start_paused = true)]
async fn a_connection_of_http2_has_its_share_of_requests() {
    for (ledger, over) in [(Ledger::http2(), Over::Worn), (Ledger::http1(), Over::Idle)] {
        let ledger = Arc::new(ledger);
        for _ in 0..REQUESTS {
            ledger.enter().ended();
        }
        assert_eq!(ledger.over().await, over);
    }
}

#[tokio::test]
async fn more_streams_than_allowed_are_refused() {
    let mut peer = Peer::connected().await;
    let mut many = Vec::new();
    for number in 0..=STREAMS {
        many.extend(frame(HEADERS, END_STREAM | END_HEADERS, number * 2 + 1, SLOW));
    }
    peer.raw(&many).await;
    let refused = peer.next().await.expect("an answer");
    assert_eq!((refused.kind, refused.stream), (RESET, STREAMS * 2 + 1));
    assert!(peer.began() <= STREAMS as usize);
}

/// RFC 9113 section 6.10: a head in pieces has no end of its own.
#[tokio::test(start_paused = true)]
async fn a_head_that_trickles_in_is_not_waited_for() {
    let mut peer = Peer::connected().await;
    peer.send(HEADERS, END_STREAM, 1, FAST).await;
    let ended = tokio::time::timeout((IDLE + LAST) * 2, async {
        loop {
            tokio::select! {
                frame = peer.next() => if frame.is_none() { return },
                () = tokio::time::sleep(Duration::from_secs(7)) => {
                    peer.send(CONTINUATION, 0, 1, &[0x0f, 0, 1, b'b']).await;
                }
            }
        }
    });
    assert!(ended.await.is_ok(), "it is held for ever");
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_requests_is_ended_and_told() {
    let mut peer = Peer::connected().await;
    peer.ask(1, FAST).await;
    let rest = tokio::time::timeout((IDLE + LAST) * 2, peer.rest()).await.expect("an end");
    assert!(rest.iter().any(|frame| frame.kind == DATA), "the request was answered");
    assert!(rest.iter().any(|frame| frame.kind == GOAWAY), "the peer is told");
}

/// A peer that does not even answer pings is gone.
#[tokio::test(start_paused = true)]
async fn a_peer_that_is_gone_holds_nothing() {
    let mut peer = Peer::connected().await;
    peer.ask(1, SLOW).await;
    let silent = async {
        let mut scrap = [0; 4096];
        while peer.stream.read(&mut scrap).await.is_ok_and(|n| n > 0) {}
    };
    let ended = tokio::time::timeout((super::PING + PONG) * 3, silent).await;
    assert!(ended.is_ok(), "it is held for ever");
}

#[tokio::test]
async fn a_head_of_any_length_is_not_taken() {
    let mut peer = Peer::connected().await;
    // A literal of 4 kB, without indexing, again and again.
    let mut piece = vec![0x0f, 0, 0x7f, 0x81, 0x1f];
    piece.extend(vec![b'b'; 4096]);
    let mut head = frame(HEADERS, END_STREAM, 1, SLOW);
    for _ in 0..64 {
        head.extend(frame(CONTINUATION, 0, 1, &piece));
    }
    head.extend(frame(CONTINUATION, END_HEADERS, 1, &[]));
    peer.raw(&head).await;
    let answer = tokio::time::timeout(Duration::from_secs(30), peer.next()).await;
    let answer = answer.expect("it is taken and runs");
    let is_refused = answer.is_none_or(|frame| matches!(frame.kind, HEADERS | RESET | GOAWAY));
    assert!(is_refused && peer.began() == 0, "{} requests ran", peer.began());
}

#[tokio::test]
async fn what_runs_is_answered_after_the_stop() {
    let mut peer = Peer::connected().await;
    peer.ask(1, FAST).await;
    peer.stopping.send(true).expect("it runs");
    let rest = peer.rest().await;
    assert!(rest.iter().any(|frame| frame.kind == DATA && frame.stream == 1), "lost");
    assert!(rest.iter().any(|frame| frame.kind == GOAWAY), "the peer is told");
}

/// A peer that asks and reads nothing would else hold its place for ever: the kernel asks it
/// again and again whether it has room.
#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_fetched_holds_no_connection() {
    let (mut near, far) = tokio::io::duplex(1024);
    let router = Router::new().route("/", get(|| async { "x".repeat(1 << 20) }));
    let (_stopping, stopped) = watch::channel(false);
    let waiting = Waiting::new();
    let connection = Connection { peer: ([127, 0, 0, 1], 1).into(), router, waiting };
    let served = tokio::spawn(connection.http1(far, Stop(stopped)));
    near.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("asks");
    let ended = tokio::time::timeout((IDLE + LAST) * 2, served).await;
    assert!(ended.is_ok(), "it is held for ever");
}

/// One octet a stream is fetched, and a page a stream kept for it.
#[tokio::test]
async fn who_asks_for_pages_and_fetches_none_is_ended_before_those_who_do() {
    let waiting = Waiting::up_to(3 * PAGE);
    let mut honest = Peer::with(waiting.clone(), NARROW).await;
    honest.ask(1, PAGE_AT).await;
    let mut greedy = Peer::with(waiting.clone(), NARROW).await;
    for number in 0..STREAMS {
        greedy.ask(number * 2 + 1, PAGE_AT).await;
        tokio::task::yield_now().await;
    }
    tokio::time::timeout(Duration::from_secs(30), greedy.rest()).await.expect("it is ended");
    // Room for the whole page, on the stream and on the connection.
    for stream in [1_u32, 0] {
        honest.send(WINDOW_UPDATE, 0, stream, &200_000_u32.to_be_bytes()).await;
    }
    let mut fetched = 0;
    while fetched < PAGE {
        let frame = honest.next().await.expect("the page");
        fetched += if frame.kind == DATA { frame.payload.len() } else { 0 };
    }
}
