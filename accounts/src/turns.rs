//! Whose password is hashed next: every network has its turn, however many ask from one.
//!
//! A hash takes a core for some 20 ms, so whoever floods the form could keep all
//! readers waiting behind the flood. Here each network waits in a line of its own,
//! the lines are served in turn, and where no room is left the longest line loses
//! its newest: fair queueing (RFC 8290 section 4.1), with networks for flows. A
//! newcomer waits for as many hashes as networks wait, not for as many as were asked.
//!
//! A network's line is made of its subscribers' lines, kept in the same way: a machine
//! that floods is neither before its neighbours nor instead of them.
//!
//! A turn owns one of the few working memories, so no more hashes run than there
//! are memories, and no memory is ever made beside them.

mod rota;

use crate::argon::Memory;
use model::{Network, Timestamp};
use rota::{Rota, Waits as _};
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// "Busy" is said so often to one subscriber in [`BUSY_WINDOW_S`]: a lecture hall that
/// logs in at once stays below, a machine that asks without end is not let in for
/// the rest of the window. Its network is: however many of it ask, all of them together
/// have one turn of many, so shutting out neighbours would protect nobody.
const MOST_BUSY: u32 = 1_000;
/// Length of that window in seconds.
const BUSY_WINDOW_S: i64 = 60;
/// Subscribers whose "busy" is counted at a time; the memory for it is bounded.
const MOST_COUNTED: usize = 2_048;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    /// The hub's own commands.
    Hub,
    /// Somebody at this address.
    Client(IpAddr),
}

/// The name of a line; the hub's own commands have one too.
type Name = Option<Network>;

impl Asker {
    /// In whose line. With lines of /56 a site of IPv6 would have 256 of them, more than
    /// there is room for.
    fn network(self) -> Name {
        match self {
            Self::Hub => None,
            Self::Client(client) => Some(Network::of_owner(client)),
        }
    }

    /// In whose line within that line, and whose "busy" is counted.
    fn subscriber(self) -> Name {
        match self {
            Self::Hub => None,
            Self::Client(client) => Some(Network::of_subscriber(client)),
        }
    }
}

/// Why nobody's turn comes here.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoTurn {
    /// No room is left, and no line is longer than the asker's own.
    #[error("too many password checks are waiting")]
    Busy,
    /// The asker was told so too often.
    #[error("the client goes on asking though it is told to wait")]
    TooOften,
}

/// The lines, and the turns that they wait for. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Turns(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    room: usize,
}

#[derive(Default)]
struct State {
    /// The memories that nobody works in: while there is one, nobody waits.
    idle: Vec<Memory>,
    /// By network, and within it by subscriber.
    lines: Rota<Name, Rota<Name, VecDeque<Waiter>>>,
    last_id: u64,
    busy: HashMap<Name, ToldBusy>,
}

struct Waiter {
    id: u64,
    /// Dropped without a word: turned away.
    gives: oneshot::Sender<Turn>,
}

struct ToldBusy {
    since: Timestamp,
    answers: u32,
}

/// One's turn, with the memory to hash in. The next begins when its last clone is gone.
#[derive(Clone)]
pub(crate) struct Turn(Arc<Held>);

struct Held {
    turns: Turns,
    memory: Mutex<Memory>,
}

impl Turns {
    /// So many at once, and so many more that wait.
    pub(crate) fn new(running: usize, room: usize) -> Self {
        let mut state = State::default();
        state.idle.resize_with(running, Memory::default);
        Self(Arc::new(Inner { state: Mutex::new(state), room }))
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().lines.waiting()
    }

    /// Waits for a turn; whoever stops waiting leaves the line.
    pub(crate) async fn take(&self, asker: Asker, now: Timestamp) -> Result<Turn, NoTurn> {
        let mut waiting = match self.enter(asker, now)? {
            Entered::Turn(turn) => return Ok(turn),
            Entered::Line(waiting) => waiting,
        };
        (&mut waiting.granted).await.map_err(|_| NoTurn::Busy)
    }

    fn enter(&self, asker: Asker, now: Timestamp) -> Result<Entered, NoTurn> {
        let mut state = self.lock();
        if state.is_shut_out(asker.subscriber(), now) {
            return Err(NoTurn::TooOften);
        }
        if let Some(memory) = state.idle.pop() {
            drop(state);
            return Ok(Entered::Turn(Turn::of(self.clone(), memory)));
        }
        if state.lines.waiting() >= self.0.room && !state.make_room(asker, now) {
            state.tell_busy(asker.subscriber(), now);
            return Err(NoTurn::Busy);
        }
        let (gives, granted) = oneshot::channel();
        let id = state.join(asker, gives);
        Ok(Entered::Line(Waiting { turns: self.clone(), asker, id, granted }))
    }

    /// A memory is free: whose turn is it?
    fn pass_on(&self, memory: Memory) {
        let mut state = self.lock();
        let Some(next) = state.lines.serve() else {
            state.idle.push(memory);
            return;
        };
        drop(state);
        // Where that one has just hung up, the turn comes back, is dropped, and passed on again.
        let _ = next.gives.send(Turn::of(self.clone(), memory));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn join(&mut self, asker: Asker, gives: oneshot::Sender<Turn>) -> u64 {
        self.last_id += 1;
        let waiter = Waiter { id: self.last_id, gives };
        self.change(asker.network(), asker.subscriber(), |line| line.push_back(waiter));
        self.last_id
    }

    /// The longest line loses its newest, unless it is as short as the newcomer's
    /// would become: then one would only be exchanged for the other. The same holds
    /// among the subscribers of the newcomer's own network.
    fn make_room(&mut self, newcomer: Asker, now: Timestamp) -> bool {
        let own = self.lines.waiting_in(newcomer.network());
        let Some((longest, waiting)) = self.lines.longest() else { return false };
        let (network, fewest) = if waiting > own + 1 {
            (longest, 0)
        } else {
            let neighbours = self.lines.line(newcomer.network());
            let own = neighbours.map_or(0, |line| line.waiting_in(newcomer.subscriber()));
            (newcomer.network(), own + 1)
        };
        let subscriber = self.lines.line(network).and_then(Rota::longest);
        let Some((subscriber, _)) = subscriber.filter(|(_, waiting)| *waiting > fewest) else {
            return false;
        };
        if self.change(network, subscriber, VecDeque::pop_back).is_none() {
            return false;
        }
        self.tell_busy(subscriber, now);
        true
    }

    fn leave(&mut self, asker: Asker, id: u64) {
        self.change(asker.network(), asker.subscriber(), |line| line.retain(|one| one.id != id));
    }

    fn change<T>(
        &mut self,
        network: Name,
        subscriber: Name,
        change: impl FnOnce(&mut VecDeque<Waiter>) -> T,
    ) -> T {
        self.lines.change(network, |line| line.change(subscriber, change))
    }

    fn is_shut_out(&self, subscriber: Name, now: Timestamp) -> bool {
        let told = self.busy.get(&subscriber).filter(|told| told.is_recent(now));
        told.is_some_and(|told| told.answers >= MOST_BUSY)
    }

    fn tell_busy(&mut self, subscriber: Name, now: Timestamp) {
        if !self.busy.contains_key(&subscriber) && self.busy.len() >= MOST_COUNTED {
            self.busy.retain(|_, told| told.is_recent(now));
            if self.busy.len() >= MOST_COUNTED {
                return;
            }
        }
        let told = self.busy.entry(subscriber).or_insert(ToldBusy { since: now, answers: 0 });
        if !told.is_recent(now) {
            *told = ToldBusy { since: now, answers: 0 };
        }
        told.answers = told.answers.saturating_add(1);
    }
}

impl ToldBusy {
    fn is_recent(&self, now: Timestamp) -> bool {
        (0..BUSY_WINDOW_S).contains(&now.seconds_since(self.since))
    }
}

impl Turn {
    fn of(turns: Turns, memory: Memory) -> Self {
        Self(Arc::new(Held { turns, memory: Mutex::new(memory) }))
    }

    /// Works in the memory of this turn.
    pub(crate) fn with_memory<T>(&self, work: impl FnOnce(&mut Memory) -> T) -> T {
        work(&mut self.0.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let memory = self.memory.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.turns.pass_on(std::mem::take(memory));
    }
}

enum Entered {
    Turn(Turn),
    Line(Waiting),
}

/// A place in a line, left when dropped.
struct Waiting {
    turns: Turns,
    asker: Asker,
    id: u64,
    granted: oneshot::Receiver<Turn>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.turns.lock().leave(self.asker, self.id);
    }
}

#[cfg(test)]
mod tests;
