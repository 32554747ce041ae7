//! One connection, from its first octet to its last.

mod ledger;
mod unfetched;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use ledger::{Ledger, Over};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tower::ServiceExt as _;
use unfetched::Share;

pub(super) use unfetched::Waiting;

/// From the first octet of a request, or the end of the last one, to the end of its head.
pub(super) const HEAD: Duration = Duration::from_secs(15);
/// The longest head; `login` refuses more than 16 kB with a page.
const HEAD_BYTES: u32 = 65_536;
/// Streams of one HTTP/2 connection at once.
const STREAMS: u32 = 100;
/// Streams that were reset before we took them up, and requests reset while they ran: a
/// flood of either costs us work and the peer nothing (CVE-2023-44487).
const RESETS: usize = 100;
/// Streams that we had to reset for errors of the peer: the same flood by a detour (CVE-2025-8671).
const FAULTS: usize = 100;
/// What a stream may send before we take it, and all of a connection.
const WINDOW: u32 = 65_535;
const WINDOWS: u32 = 262_144;
/// What waits to be sent on one stream.
const SEND: usize = 65_536;
/// A peer that is gone without a word is noticed after both.
const PING: Duration = Duration::from_secs(20);
const PONG: Duration = Duration::from_secs(10);
/// What a connection that is to end may take to hand over its last answers.
const LAST: Duration = Duration::from_secs(15);

/// Becomes true when the server ends; the server waits until all are dropped.
pub(super) struct Stop(pub(super) watch::Receiver<bool>);

impl Stop {
    async fn came(&mut self) {
        // An error tells the same: the server is gone.
        let _ = self.0.wait_for(|is_over| *is_over).await;
    }
}

/// What requests of one connection are answered by.
pub(super) struct Connection {
    pub(super) peer: SocketAddr,
    pub(super) router: Router,
    pub(super) waiting: Waiting,
}

impl Connection {
    /// HTTP/1.1 to the end: as long as it is used, and its answers are fetched. A fault of a
    /// connection is the peer's own affair.
    pub(super) async fn http1<S>(self, stream: S, mut stop: Stop)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let ledger = Arc::new(Ledger::http1());
        let counted = Arc::clone(&ledger);
        let service = service_fn(move |request| self.answer_in(&counted, request));
        let served = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(HEAD_BYTES as usize)
            .serve_connection(TokioIo::new(stream), service);
        let mut served = pin!(served);
        let longest = tokio::select! {
            ended = served.as_mut() => return note(ended),
            () = stop.came() => Duration::MAX,
            _ = ledger.over() => LAST,
        };
        served.as_mut().graceful_shutdown();
        let ended = tokio::select! {
            ended = served => ended,
            () = ledger.quiet_for(longest) => return,
        };
        note(ended);
    }

    /// HTTP/2 to the end (RFC 9113): as long as it is used, for so many requests.
    pub(super) async fn http2<S>(self, stream: S, mut stop: Stop)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let ledger = Arc::new(Ledger::http2());
        let counted = Arc::clone(&ledger);
        let share = Share::of(self.waiting.clone());
        let service = service_fn(move |request| {
            if !share.has_room() {
                counted.fetches_nothing();
            }
            let (answer, share) = (self.answer_in(&counted, request), share.clone());
            async move { Ok::<_, Infallible>(answer.await?.map(|body| share.keep(body))) }
        });
        let served = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_pending_accept_reset_streams(RESETS)
            .max_local_error_reset_streams(FAULTS)
            .max_header_list_size(HEAD_BYTES)
            .initial_stream_window_size(WINDOW)
            .initial_connection_window_size(WINDOWS)
            .max_send_buf_size(SEND)
            .keep_alive_interval(PING)
            .keep_alive_timeout(PONG)
            .serve_connection(TokioIo::new(stream), service);
        let mut served = pin!(served);
        let over = tokio::select! {
            ended = served.as_mut() => return note(ended),
            () = stop.came() => None,
            over = ledger.over() => Some(over),
        };
        if over == Some(Over::Flooded) {
            tracing::debug!("a connection asked for more than it fetched");
            return;
        }
        served.as_mut().graceful_shutdown();
        // On a stop the server itself sets the time for the last answers.
        let longest = if over.is_some() { LAST } else { Duration::MAX };
        let ended = tokio::select! {
            ended = served => ended,
            () = ledger.quiet_for(longest) => return,
        };
        note(ended);
    }

    fn answer_in(
        &self,
        ledger: &Arc<Ledger>,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response<Body>, Infallible>> + use<> {
        let turn = ledger.enter();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let answer = self.router.clone().oneshot(request);
        async move {
            let answered = answer.await;
            turn.ended();
            answered
        }
    }
}

fn note(ended: hyper::Result<()>) {
    if let Err(fault) = ended {
        tracing::debug!(%fault, "a connection ended early");
    }
}

#[cfg(test)]
mod tests;
