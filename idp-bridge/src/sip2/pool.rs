//! The few connections that one member's server spares us.

use super::link::{Link, LinkFault};
use super::settings::Settings;
use metadata::TcpDialer;
use model::Timestamp;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

/// A server may hang up on whoever was idle for two minutes (dp2 does).
const MOST_IDLE_S: i64 = 100;
/// So many logins may wait for a connection of one member.
pub(super) const MOST_WAITING: usize = 32;

/// The connections to one server under one version of its settings.
pub(super) struct Pool {
    pub(super) settings: Settings,
    dialer: TcpDialer,
    room: Arc<Semaphore>,
    waiting: AtomicUsize,
    idle: Mutex<Idle>,
}

/// Connections that wait for the next question.
#[derive(Default)]
struct Idle {
    links: Vec<Kept>,
    /// Somebody will close those that nobody takes.
    is_watched: bool,
}

struct Kept {
    link: Link,
    /// It lay here when they were last looked through.
    is_old: bool,
}

/// Too many are waiting for this member's server.
#[derive(Debug)]
pub(super) struct Busy;

impl Pool {
    pub(super) fn new(settings: Settings, dialer: TcpDialer) -> Arc<Self> {
        let room = Arc::new(Semaphore::new(settings.connections));
        let (waiting, idle) = (AtomicUsize::new(0), Mutex::default());
        Arc::new(Self { settings, dialer, room, waiting, idle })
    }

    /// Waits for the right to use one connection, behind no more than [`MOST_WAITING`] others.
    pub(super) async fn turn(self: &Arc<Self>) -> Result<Turn, Busy> {
        let _place = Place::take(&self.waiting)?;
        let permit = Arc::clone(&self.room).acquire_owned().await.map_err(|_| Busy)?;
        Ok(Turn { pool: Arc::clone(self), _permit: permit })
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among those who wait, left when dropped.
struct Place<'p>(&'p AtomicUsize);

impl<'p> Place<'p> {
    fn take(waiting: &'p AtomicUsize) -> Result<Self, Busy> {
        // Counted first, so that many at once cannot all find the last place free.
        let place = Place(waiting);
        let before = waiting.fetch_add(1, Ordering::Relaxed);
        if before < MOST_WAITING { Ok(place) } else { Err(Busy) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The right to use one connection.
pub(super) struct Turn {
    pool: Arc<Pool>,
    _permit: OwnedSemaphorePermit,
}

impl Turn {
    /// A connection that was kept, where one is young enough.
    pub(super) fn kept(&self, now: Timestamp) -> Option<Link> {
        let mut idle = self.pool.idle();
        idle.links.retain(|kept| (0..MOST_IDLE_S).contains(&kept.link.idle_s(now)));
        idle.links.pop().map(|kept| kept.link)
    }

    /// A new connection, its terminal logged in.
    pub(super) async fn fresh(&self, now: Timestamp) -> Result<Link, LinkFault> {
        Link::open(self.pool.dialer, &self.pool.settings, now).await
    }

    /// Keeps a connection whose last question was answered without a doubt, where its server
    /// numbers its replies.
    pub(super) fn keep(&self, mut link: Link, now: Timestamp) {
        if !link.may_be_kept() {
            return;
        }
        link.rest(now);
        let mut idle = self.pool.idle();
        idle.links.push(Kept { link, is_old: false });
        if !std::mem::replace(&mut idle.is_watched, true) {
            tokio::spawn(close_idle(Arc::downgrade(&self.pool)));
        }
    }
}

/// Closes connections that nobody takes: a server that has hung up would leave ours half open
/// for as long as nobody of its library logs in.
async fn close_idle(pool: Weak<Pool>) {
    loop {
        sleep(Duration::from_secs(MOST_IDLE_S.unsigned_abs())).await;
        let Some(pool) = pool.upgrade() else { return };
        let mut idle = pool.idle();
        idle.links.retain(|kept| !kept.is_old);
        if idle.links.is_empty() {
            idle.is_watched = false;
            return;
        }
        idle.links.iter_mut().for_each(|kept| kept.is_old = true);
    }
}
