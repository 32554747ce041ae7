//! Lines that are served in turn, however long each is.

use super::Waiter;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Those who wait, and who of them is next.
pub(super) trait Waits: Default {
    /// Who is next leaves.
    fn serve(&mut self) -> Option<Waiter>;
    /// How many wait.
    fn waiting(&self) -> usize;
}

/// One line: the oldest first.
impl Waits for VecDeque<Waiter> {
    fn serve(&mut self) -> Option<Waiter> {
        self.pop_front()
    }

    fn waiting(&self) -> usize {
        self.len()
    }
}

/// Several lines, each with a name, none of them empty: one of each is served, then again.
pub(super) struct Rota<K, L> {
    lines: HashMap<K, L>,
    /// Whose turn it is, the next one first.
    order: VecDeque<K>,
    waiting: usize,
}

impl<K, L> Default for Rota<K, L> {
    fn default() -> Self {
        Self { lines: HashMap::new(), order: VecDeque::new(), waiting: 0 }
    }
}

impl<K: Copy + Eq + Hash, L: Waits> Rota<K, L> {
    /// How many wait in the line of that name.
    pub(super) fn waiting_in(&self, name: K) -> usize {
        self.lines.get(&name).map_or(0, Waits::waiting)
    }

    /// The line in which most wait; of several the one that is served last.
    pub(super) fn longest(&self) -> Option<(K, usize)> {
        let lines = self.order.iter().map(|name| (*name, self.waiting_in(*name)));
        lines.max_by_key(|(_, waiting)| *waiting)
    }

    /// The line of that name.
    pub(super) fn line(&self, name: K) -> Option<&L> {
        self.lines.get(&name)
    }

    /// Changes one line, which comes into being or ceases to be with those who wait in it.
    pub(super) fn change<T>(&mut self, name: K, change: impl FnOnce(&mut L) -> T) -> T {
        let is_new = !self.lines.contains_key(&name);
        let line = self.lines.entry(name).or_default();
        let before = line.waiting();
        let made = change(line);
        let after = line.waiting();
        self.waiting = self.waiting + after - before;
        if after == 0 {
            self.lines.remove(&name);
            if !is_new {
                self.order.retain(|other| *other != name);
            }
        } else if is_new {
            self.order.push_back(name);
        }
        made
    }
}

impl<K: Copy + Eq + Hash, L: Waits> Waits for Rota<K, L> {
    /// Of the line whose turn it is, which goes to the end.
    fn serve(&mut self) -> Option<Waiter> {
        let name = *self.order.front()?;
        let served = self.change(name, Waits::serve);
        // Its line may have ceased to be.
        if self.order.front() == Some(&name) {
            self.order.rotate_left(1);
        }
        served
    }

    fn waiting(&self) -> usize {
        self.waiting
    }
}
