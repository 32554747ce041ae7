//! Answers over HTTP/2 that wait to be fetched.
//!
//! A peer that opens its windows by an octet at a time has us keep a page for each of its
//! streams, at no cost of its own. What waits is counted, over all connections; while it is
//! too much, whoever has most of it waiting and asks for more is ended.

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

/// Octets handed on at a time: the protocol takes them whole at the first octet of a window.
const PIECE: usize = 4096;
/// Octets that may wait, of all connections.
const MOST: usize = 256 << 20;
/// Octets that one connection may have waiting while all have more than theirs: two pages
/// with all that they load.
const SHARE: usize = 256 << 10;

/// What waits, of all connections of a listener.
#[derive(Clone)]
pub(in crate::listen) struct Waiting {
    octets: Arc<AtomicUsize>,
    most: usize,
}

impl Waiting {
    pub(in crate::listen) fn new() -> Self {
        Self::up_to(MOST)
    }

    pub(super) fn up_to(most: usize) -> Self {
        Self { octets: Arc::default(), most }
    }
}

/// What waits of one connection.
#[derive(Clone)]
pub(super) struct Share {
    all: Waiting,
    own: Arc<AtomicUsize>,
}

impl Share {
    pub(super) fn of(all: Waiting) -> Self {
        Self { all, own: Arc::default() }
    }

    /// Whether this connection may still ask.
    pub(super) fn has_room(&self) -> bool {
        self.all.octets.load(Ordering::Relaxed) <= self.all.most
            || self.own.load(Ordering::Relaxed) <= SHARE
    }

    /// Counts an answer until it is fetched, or nobody wants it any more.
    pub(super) fn keep(&self, body: Body) -> Body {
        let mut kept = Kept { body, rest: Bytes::new(), counted: 0, share: self.clone() };
        kept.count(usize::try_from(kept.body.size_hint().lower()).unwrap_or(usize::MAX));
        Body::new(kept)
    }

    fn change(&self, from: usize, to: usize) {
        for octets in [&self.all.octets, &self.own] {
            if to >= from {
                octets.fetch_add(to - from, Ordering::Relaxed);
            } else {
                octets.fetch_sub(from - to, Ordering::Relaxed);
            }
        }
    }
}

/// A body that is handed on piece by piece.
struct Kept {
    body: Body,
    /// Taken from `body`, not handed on yet.
    rest: Bytes,
    counted: usize,
    share: Share,
}

impl Kept {
    fn count(&mut self, octets: usize) {
        self.share.change(self.counted, octets);
        self.counted = octets;
    }

    fn known(&self) -> usize {
        let unseen = usize::try_from(self.body.size_hint().lower()).unwrap_or(usize::MAX);
        unseen.saturating_add(self.rest.len())
    }
}

impl HttpBody for Kept {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        // Asked for more, the peer has made room: the piece before is on its way.
        let known = self.known();
        self.count(known);
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(other) => return Poll::Ready(Some(Ok(other))),
                },
                end => return Poll::Ready(end),
            }
            let known = self.known();
            self.count(known);
        }
        let piece = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = self.rest.len() as u64;
        let inner = self.body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower().saturating_add(rest));
        if let Some(upper) = inner.upper().and_then(|upper| upper.checked_add(rest)) {
            hint.set_upper(upper);
        }
        hint
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.count(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    #[tokio::test]
    async fn what_is_kept_comes_whole_and_is_counted_until_it_is_fetched() {
        let all = Waiting::up_to(MOST);
        let share = Share::of(all.clone());
        let text = "读".repeat(10_000);
        let counted = || all.octets.load(Ordering::Relaxed);
        let mut kept = share.keep(Body::from(text.clone()));
        assert_eq!((counted(), kept.size_hint().exact()), (30_000, Some(30_000)));
        let first = kept.frame().await.expect("a frame").expect("no fault");
        assert_eq!(first.into_data().expect("data").len(), PIECE);
        assert_eq!(counted(), 30_000, "it may wait at the first octet of a window");
        let rest = kept.collect().await.expect("no fault").to_bytes();
        assert_eq!(rest, text.as_bytes()[PIECE..]);
        assert_eq!(counted(), 0);
        drop(share.keep(Body::from(text)));
        assert_eq!(counted(), 0, "nobody wants it any more");
    }

    #[tokio::test]
    async fn who_has_most_waiting_gets_no_more_while_it_is_too_much() {
        let all = Waiting::up_to(2 * SHARE);
        let (greedy, other) = (Share::of(all.clone()), Share::of(all));
        let page = || Body::from(vec![b'x'; SHARE]);
        let mut held = vec![greedy.keep(page())];
        assert!(greedy.has_room());
        held.push(greedy.keep(page()));
        assert!(greedy.has_room(), "all together have no more than they may");
        held.push(other.keep(page()));
        assert!(!greedy.has_room() && other.has_room());
        held.clear();
        assert!(greedy.has_room());
    }
}
