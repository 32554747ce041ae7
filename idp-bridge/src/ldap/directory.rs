//! One member's directory: its servers, the connections to them, and who is asked next.
//!
//! Two kinds of connections are kept apart: those for searches are bound as the hub and stay
//! so; those for readers' binds carry one reader after another and never go back to a search.

use super::wire::{BindLink, Door, Link, LinkError, SearchLink};
use metadata::TcpError;
use metadata::ldap::{Entrance, LdapSettings};
use model::{Entropy, Moment, Timestamp};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

/// Until one server has answered, whichever it is.
const CONNECT: Duration = Duration::from_millis(2_800);
/// The next server is asked beside, when this one has not answered by then.
const HEAD_START: Duration = Duration::from_millis(700);
/// Readers of one member who are checked at a time; the others wait.
const AT_ONCE: usize = 8;
/// How many may wait.
const MOST_WAITING: usize = 32;
/// Connections of a kind that are kept.
const MOST_KEPT: usize = 4;
/// A server that failed is left alone so long, twice as long each time.
const FIRST_REST_S: i64 = 2;
const LONGEST_REST_S: i64 = 60;

/// One directory under one version of its settings.
pub(super) struct Directory {
    pub(super) settings: LdapSettings,
    pub(super) doors: Vec<Door>,
    /// The password of the hub's own name there.
    service: Option<Zeroizing<String>>,
    rests: Mutex<Vec<Rest>>,
    room: Arc<Semaphore>,
    waiting: AtomicUsize,
    searches: Mutex<Vec<SearchLink>>,
    binds: Mutex<Vec<BindLink>>,
}

/// How a server did last.
#[derive(Debug, Clone, Copy)]
struct Rest {
    failures: u32,
    until: Timestamp,
}

/// Too many are waiting for this member's directory.
#[derive(Debug)]
pub(super) struct Busy;

/// The right to use a connection of each kind.
pub(super) struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl Directory {
    pub(super) fn new(
        settings: LdapSettings,
        doors: Vec<Door>,
        service: Option<Zeroizing<String>>,
    ) -> Self {
        let rest = Rest { failures: 0, until: Timestamp::from_unix_s(0) };
        Self {
            rests: Mutex::new(vec![rest; doors.len()]),
            settings,
            doors,
            service,
            room: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: AtomicUsize::new(0),
            searches: Mutex::default(),
            binds: Mutex::default(),
        }
    }

    /// Whether both ask the same servers, in the same way, trusting the same authority.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let trust = |directory: &Self| directory.doors.first().and_then(|door| door.trust.clone());
        self.settings == other.settings
            && self.service == other.service
            && trust(self) == trust(other)
    }

    /// Waits for a turn, behind no more than [`MOST_WAITING`] others.
    pub(super) async fn turn(&self) -> Result<Turn, Busy> {
        let _place = Place::take(&self.waiting)?;
        let permit = Arc::clone(&self.room).acquire_owned().await.map_err(|_| Busy)?;
        Ok(Turn { _permit: permit })
    }

    /// A connection for searches in the hub's own name, and whether it was kept from before.
    pub(super) async fn search_link(
        &self,
        moment: &Moment,
    ) -> Result<(SearchLink, bool), LinkError> {
        if let Some(kept) = kept(&self.searches, SearchLink::is_open) {
            return Ok((kept, true));
        }
        Ok((self.fresh_search_link(moment).await?, false))
    }

    /// A new connection for searches.
    pub(super) async fn fresh_search_link(&self, moment: &Moment) -> Result<SearchLink, LinkError> {
        let Entrance::Search { bind_dn, .. } = &self.settings.entrance else {
            return Err(LinkError::Unauthenticated);
        };
        let password = self.service.as_ref().map_or("", |password| password.as_str());
        let (place, link) = self.connect(moment.now).await?;
        let bound = timeout(CONNECT, link.into_search(bind_dn, password)).await;
        bound.unwrap_or_else(|_| self.was_late(place, moment.now))
    }

    /// A connection for one reader's bind.
    pub(super) async fn bind_link(&self, moment: &Moment) -> Result<BindLink, LinkError> {
        if let Some(kept) = kept(&self.binds, BindLink::is_open) {
            return Ok(kept);
        }
        let (place, link) = self.connect(moment.now).await?;
        let nobody = self.nobody(&moment.entropy);
        let shown = timeout(CONNECT, link.into_binds(&nobody, &moment.entropy)).await;
        shown.unwrap_or_else(|_| self.was_late(place, moment.now))
    }

    /// Keeps a connection whose last question was answered whole.
    pub(super) fn keep_search(&self, link: SearchLink) {
        keep(&self.searches, link);
    }

    /// The same for one over which a reader was bound: only for the next reader's bind.
    pub(super) fn keep_bind(&self, link: BindLink) {
        keep(&self.binds, link);
    }

    /// A name that is nobody's.
    pub(super) fn nobody(&self, entropy: &Entropy) -> String {
        let name: String =
            entropy.short_token().chars().filter(char::is_ascii_alphanumeric).collect();
        match &self.settings.entrance {
            Entrance::Search { base, .. } => format!("cn={name},{base}"),
            Entrance::Named(template) | Entrance::Principal { name: template, .. } => {
                template.filled(&name).unwrap_or(name)
            }
        }
    }

    /// The first server that answers: each gets a head start before the next, and those that
    /// failed a moment ago are not asked.
    async fn connect(&self, now: Timestamp) -> Result<(usize, Link), LinkError> {
        let mut next = self.awake(now).into_iter();
        let mut trying: JoinSet<(usize, Result<Link, LinkError>)> = JoinSet::new();
        let mut open: Vec<usize> = Vec::new();
        let mut why = LinkError::Resting;
        let racing = async {
            loop {
                if let Some(place) = next.next()
                    && let Some(door) = self.doors.get(place).cloned()
                {
                    open.push(place);
                    trying.spawn(async move { (place, Link::open(&door, CONNECT).await) });
                }
                let is_last = next.len() == 0;
                let ended = tokio::select! {
                    ended = trying.join_next() => ended,
                    () = sleep(HEAD_START), if !is_last => continue,
                };
                match ended {
                    None => return None,
                    Some(Ok((place, Ok(link)))) => {
                        open.retain(|other| *other != place);
                        return Some((place, link));
                    }
                    Some(Ok((_, Err(e)))) => why = e,
                    // Ours, and said by the runtime: the server did nothing.
                    Some(Err(_)) => why = LinkError::Broken,
                }
            }
        };
        let outcome = timeout(CONNECT, racing).await;
        if outcome.is_err() {
            why = late();
        }
        let winner = outcome.ok().flatten();
        // Whoever had its chance and was not first has failed, or is slower than its neighbour.
        self.rest(&open, now);
        let (place, link) = winner.ok_or(why)?;
        self.wake(place);
        Ok((place, link))
    }

    /// It took the connection and then said nothing.
    fn was_late<L>(&self, place: usize, now: Timestamp) -> Result<L, LinkError> {
        self.rest(&[place], now);
        Err(late())
    }

    fn awake(&self, now: Timestamp) -> Vec<usize> {
        let rests = self.rests();
        let awake = rests.iter().enumerate().filter(|(_, rest)| rest.until <= now);
        awake.map(|(place, _)| place).collect()
    }

    fn rest(&self, places: &[usize], now: Timestamp) {
        let mut rests = self.rests();
        for place in places {
            if let Some(rest) = rests.get_mut(*place) {
                let length =
                    FIRST_REST_S.checked_shl(rest.failures.min(8)).unwrap_or(LONGEST_REST_S);
                rest.failures = rest.failures.saturating_add(1);
                rest.until = now.plus_s(length.min(LONGEST_REST_S));
            }
        }
    }

    fn wake(&self, place: usize) {
        if let Some(rest) = self.rests().get_mut(place) {
            *rest = Rest { failures: 0, until: Timestamp::from_unix_s(0) };
        }
    }

    fn rests(&self) -> MutexGuard<'_, Vec<Rest>> {
        self.rests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn late() -> LinkError {
    LinkError::Dial(TcpError::TimedOut)
}

fn kept<L>(all: &Mutex<Vec<L>>, is_open: impl Fn(&mut L) -> bool) -> Option<L> {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain_mut(is_open);
    all.pop()
}

fn keep<L>(all: &Mutex<Vec<L>>, link: L) {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    if all.len() < MOST_KEPT {
        all.push(link);
    }
}

/// A place among those who wait, left when dropped.
struct Place<'p>(&'p AtomicUsize);

impl<'p> Place<'p> {
    fn take(waiting: &'p AtomicUsize) -> Result<Self, Busy> {
        // Counted first, so that many at once cannot all find the last place free.
        let place = Place(waiting);
        if waiting.fetch_add(1, Ordering::Relaxed) < MOST_WAITING { Ok(place) } else { Err(Busy) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
