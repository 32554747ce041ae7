//! Whose password is hashed next: every network has its turn, however many ask from one.
//!
//! A hash takes a core for some 20 ms, so whoever floods the form could keep all
//! readers waiting behind the flood. Here each network waits in a line of its own,
//! the lines are served in turn, and where no room is left the longest line loses
//! its newest: fair queueing (RFC 8290 section 4.1), with networks for flows. A
//! newcomer waits for as many hashes as networks wait, not for as many as were asked.
//!
//! A turn owns one of the few working memories, so no more hashes run than there
//! are memories, and no memory is ever made beside them.

use crate::argon::Memory;
use model::{Network, Timestamp};
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// "Busy" is said so often to one network in [`BUSY_WINDOW_S`]: a lecture hall that
/// logs in at once stays below, a machine that asks without end is not let in for
/// the rest of the window.
const MOST_BUSY: u32 = 1_000;
/// Length of that window in seconds.
const BUSY_WINDOW_S: i64 = 60;
/// Networks whose "busy" is counted at a time; the memory for it is bounded.
const MOST_COUNTED: usize = 1_024;

/// Who shares one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Asker {
    /// The hub's own commands.
    Hub,
    /// Who asks from there. With lines of /56 a site of IPv6 would have 256 of them, more than
    /// there is room for.
    Network(Network),
}

impl Asker {
    /// Who asks from an address.
    pub(crate) fn at(client: IpAddr) -> Self {
        Self::Network(Network::of_owner(client))
    }
}

/// Why nobody's turn comes here.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoTurn {
    /// No room is left, and no line is longer than this network's own.
    #[error("too many password checks are waiting")]
    Busy,
    /// The network was told so too often.
    #[error("the network goes on asking though it is told to wait")]
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
    lines: HashMap<Asker, VecDeque<Waiter>>,
    /// Networks with a line, the next one first.
    order: VecDeque<Asker>,
    waiting: usize,
    last_id: u64,
    busy: HashMap<Asker, ToldBusy>,
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
        self.lock().waiting
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
        if state.is_shut_out(asker, now) {
            return Err(NoTurn::TooOften);
        }
        if let Some(memory) = state.idle.pop() {
            drop(state);
            return Ok(Entered::Turn(Turn::of(self.clone(), memory)));
        }
        if state.waiting >= self.0.room && !state.make_room(asker, now) {
            state.tell_busy(asker, now);
            return Err(NoTurn::Busy);
        }
        let (gives, granted) = oneshot::channel();
        let id = state.join(asker, gives);
        Ok(Entered::Line(Waiting { turns: self.clone(), asker, id, granted }))
    }

    /// A memory is free: whose turn is it?
    fn pass_on(&self, memory: Memory) {
        let mut state = self.lock();
        let Some(next) = state.next() else {
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
        let line = self.lines.entry(asker).or_default();
        if line.is_empty() {
            self.order.push_back(asker);
        }
        line.push_back(Waiter { id: self.last_id, gives });
        self.waiting += 1;
        self.last_id
    }

    /// The oldest of the network whose turn it is; its network goes to the end.
    fn next(&mut self) -> Option<Waiter> {
        let asker = self.order.pop_front()?;
        let line = self.lines.get_mut(&asker)?;
        let waiter = line.pop_front()?;
        self.waiting -= 1;
        if line.is_empty() {
            self.lines.remove(&asker);
        } else {
            self.order.push_back(asker);
        }
        Some(waiter)
    }

    /// The longest line loses its newest, unless it is as short as the newcomer's
    /// would become: then one would only be exchanged for the other.
    fn make_room(&mut self, newcomer: Asker, now: Timestamp) -> bool {
        let own = self.lines.get(&newcomer).map_or(0, VecDeque::len);
        let longest = self.lines.iter().max_by_key(|(_, line)| line.len());
        let Some((asker, _)) = longest.filter(|(_, line)| line.len() > own + 1) else {
            return false;
        };
        let asker = *asker;
        // More than one waits there, so the line stays.
        if self.lines.get_mut(&asker).and_then(VecDeque::pop_back).is_none() {
            return false;
        }
        self.waiting -= 1;
        self.tell_busy(asker, now);
        true
    }

    fn leave(&mut self, asker: Asker, id: u64) {
        let Some(line) = self.lines.get_mut(&asker) else { return };
        let before = line.len();
        line.retain(|waiter| waiter.id != id);
        self.waiting -= before - line.len();
        if line.is_empty() {
            self.lines.remove(&asker);
            self.order.retain(|other| *other != asker);
        }
    }

    fn is_shut_out(&self, asker: Asker, now: Timestamp) -> bool {
        let told = self.busy.get(&asker).filter(|told| told.is_recent(now));
        told.is_some_and(|told| told.answers >= MOST_BUSY)
    }

    fn tell_busy(&mut self, asker: Asker, now: Timestamp) {
        if !self.busy.contains_key(&asker) && self.busy.len() >= MOST_COUNTED {
            self.busy.retain(|_, told| told.is_recent(now));
            if self.busy.len() >= MOST_COUNTED {
                return;
            }
        }
        let told = self.busy.entry(asker).or_insert(ToldBusy { since: now, answers: 0 });
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
