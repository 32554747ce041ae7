//! Batches, medians and budgets.

use crate::cpu;
use std::error::Error;
use std::thread;
use std::time::Duration;

/// What a figure is an amount of; says its unit, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// Processor time of one call, in microseconds.
    Cpu,
    /// Time on the wall, in microseconds.
    Wall,
    /// Memory, in bytes.
    Memory,
    /// What goes over the wire, in bytes.
    Wire,
}

/// What a figure may be, in the figure's own unit.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Budget {
    /// Told for comparison.
    None,
    /// Less than this.
    Most(f64),
    /// Less than so many times the cryptographic floor of the same run.
    TimesFloor(f64),
}

impl Budget {
    /// As an amount; `None` where there is none, or no floor was measured.
    pub(crate) fn most(self, floor_us: Option<f64>) -> Option<f64> {
        match self {
            Self::None => None,
            Self::Most(most) => Some(most),
            Self::TimesFloor(times) => floor_us.map(|floor| floor * times),
        }
    }
}

/// One figure.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) of: Of,
    pub(crate) median: f64,
    pub(crate) best: f64,
    /// From the first to the third quarter, as a part of the median: how noisy it was.
    pub(crate) spread: f64,
    pub(crate) budget: Budget,
}

impl Figure {
    /// Of what was measured again and again; needs at least one value.
    fn new(
        name: &'static str,
        of: Of,
        mut values: Vec<f64>,
        budget: Budget,
    ) -> Result<Self, Box<dyn Error>> {
        values.sort_by(f64::total_cmp);
        let at = |place: usize| {
            values.get(place).copied().ok_or_else(|| format!("{name}: nothing was measured"))
        };
        let (median, best) = (at(values.len() / 2)?, at(0)?);
        let quarters = at(values.len() * 3 / 4)? - at(values.len() / 4)?;
        let spread = if median > 0.0 { quarters / median } else { 0.0 };
        Ok(Self { name, of, median, best, spread, budget })
    }

    /// Whether it keeps its budget; `None` where it has none.
    pub(crate) fn is_within(&self, floor_us: Option<f64>) -> Option<bool> {
        self.budget.most(floor_us).map(|most| self.median < most)
    }
}

/// Adds up the CPU time of the parts of a batch that count.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    used_ns: u64,
}

impl Meter {
    /// Runs work that counts: the whole process, all threads. Reading the clock is a system
    /// call of about half a microsecond, so work of that order is repeated inside.
    pub(crate) fn count<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let before = cpu::used_ns();
        let made = work();
        self.used_ns += cpu::used_ns().saturating_sub(before);
        made
    }

    /// Counts what was used elsewhere, in another process.
    pub(crate) fn add_ns(&mut self, used_ns: u64) {
        self.used_ns += used_ns;
    }

    /// Counts what all threads but those of the `crowd` do meanwhile, each of which calls
    /// `work` with its number: what a hub does between and behind its answers belongs to
    /// it, what its clients do does not.
    pub(crate) fn count_beside(
        &mut self,
        crowd: u32,
        work: impl Fn(u32) -> Result<(), Box<dyn Error>> + Sync,
    ) -> Result<(), Box<dyn Error>> {
        let one = &|number| {
            work(number).map_err(|fault| fault.to_string())?;
            Ok::<_, String>(cpu::used_here_ns())
        };
        let before = cpu::used_by_others_ns();
        let clients: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..crowd).map(|n| scope.spawn(move || one(n))).collect();
            threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
        });
        let mut clients_ns = 0;
        for client in clients {
            clients_ns += client.map_err(|_| "a client of the bench panicked")??;
        }
        let used_ns = cpu::used_by_others_ns().saturating_sub(before);
        self.used_ns += used_ns.saturating_sub(clients_ns);
        Ok(())
    }
}

/// How much is done for each figure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    /// Batches of a figure; odd, so that the median is one of them.
    pub(crate) batches: usize,
    /// Calls of a batch at most.
    pub(crate) most_calls: u32,
    /// Starts of the program, one more before them to warm up; odd.
    pub(crate) starts: usize,
    /// From the first answered page to the reading of memory: longer than the 250 ms after
    /// which a node looks at the registry's version.
    pub(crate) settle: Duration,
    /// Of the generated consortium.
    pub(crate) members: usize,
    pub(crate) services: usize,
}

impl Extent {
    /// What the names of the figures say.
    pub(crate) const FULL: Self = Self {
        batches: 21,
        most_calls: u32::MAX,
        starts: 9,
        settle: Duration::from_millis(600),
        members: 1200,
        services: 200,
    };

    /// Enough to see that a figure is taken at all.
    #[cfg(test)]
    pub(crate) const SMOKE: Self = Self {
        batches: 1,
        most_calls: 1,
        starts: 1,
        settle: Duration::ZERO,
        members: 40,
        services: 8,
    };
}

/// The figures so far.
#[derive(Debug)]
pub(crate) struct Bench {
    words: Vec<String>,
    extent: Extent,
    seed: u64,
    figures: Vec<Figure>,
}

impl Bench {
    /// Only figures whose name holds one of `words`; all where there are none. `seed`
    /// chooses what is generated.
    pub(crate) fn new(words: Vec<String>, extent: Extent, seed: u64) -> Self {
        Self { words, extent, seed, figures: Vec::new() }
    }

    pub(crate) fn extent(&self) -> Extent {
        self.extent
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Whether one of these is asked for: what they stand on is made only then.
    pub(crate) fn wants(&self, names: &[&str]) -> bool {
        let holds_a_word = |name: &&str| self.words.iter().any(|word| name.contains(word));
        self.words.is_empty() || names.iter().any(holds_a_word)
    }

    /// Whether anything that was asked for was measured; the floor always is.
    pub(crate) fn has_what_was_asked(&self) -> bool {
        self.figures.iter().any(|figure| self.wants(&[figure.name]))
    }

    /// Takes one figure of CPU time where it is asked for: `batch` does the same thing
    /// `calls` times and counts what belongs to it. One batch more, before the others,
    /// warms up.
    pub(crate) fn take(
        &mut self,
        name: &'static str,
        budget: Budget,
        calls: u32,
        batch: impl FnMut(&mut Meter, u32) -> Result<(), Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        if self.wants(&[name]) { self.take_always(name, budget, calls, batch) } else { Ok(()) }
    }

    /// As [`Bench::take`], asked for or not.
    pub(crate) fn take_always(
        &mut self,
        name: &'static str,
        budget: Budget,
        calls: u32,
        mut batch: impl FnMut(&mut Meter, u32) -> Result<(), Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        let calls = calls.min(self.extent.most_calls);
        batch(&mut Meter::default(), calls)?;
        let mut batches_us = Vec::with_capacity(self.extent.batches);
        for _ in 0..self.extent.batches {
            let mut meter = Meter::default();
            batch(&mut meter, calls)?;
            batches_us.push(micros(meter.used_ns) / f64::from(calls));
        }
        self.push(Figure::new(name, Of::Cpu, batches_us, budget)?);
        Ok(())
    }

    /// Keeps a figure that was measured elsewhere, where it is asked for.
    pub(crate) fn keep(
        &mut self,
        name: &'static str,
        of: Of,
        values: Vec<f64>,
        budget: Budget,
    ) -> Result<(), Box<dyn Error>> {
        let figure = Figure::new(name, of, values, budget)?;
        if self.wants(&[name]) {
            self.push(figure);
        }
        Ok(())
    }

    fn push(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    /// What was measured, in order.
    pub(crate) fn into_figures(self) -> Vec<Figure> {
        self.figures
    }
}

/// Nanoseconds as microseconds.
#[expect(clippy::cast_precision_loss, reason = "a batch is far shorter than 2^53 ns, 104 days")]
pub(crate) fn micros(ns: u64) -> f64 {
    ns as f64 / 1000.0
}

/// An amount of bytes as a figure.
#[expect(clippy::cast_precision_loss, reason = "no process holds 2^53 bytes, 9 petabytes")]
pub(crate) fn bytes(amount: u64) -> f64 {
    amount as f64
}

#[cfg(test)]
mod tests {
    use super::{Bench, Budget, Extent, Figure, Of};

    #[test]
    fn a_figure_is_the_median_with_its_best_value_and_its_spread() {
        let values = vec![9.0, 1.0, 5.0, 4.0, 6.0];
        let figure = Figure::new("x", Of::Wall, values, Budget::Most(5.0)).expect("a figure");
        assert_eq!(
            (figure.median.to_bits(), figure.best.to_bits()),
            (5f64.to_bits(), 1f64.to_bits())
        );
        assert!((figure.spread - 0.4).abs() < 1e-9, "{}", figure.spread);
        assert_eq!(figure.is_within(None), Some(false), "at the budget is over it");
        assert!(Figure::new("x", Of::Wall, Vec::new(), Budget::None).is_err());
    }

    #[test]
    fn a_budget_in_floors_needs_the_floor() {
        let figure = |budget| Figure::new("x", Of::Cpu, vec![1.9], budget).expect("a figure");
        assert_eq!(figure(Budget::TimesFloor(2.0)).is_within(None), None);
        assert_eq!(figure(Budget::TimesFloor(2.0)).is_within(Some(1.0)), Some(true));
        assert_eq!(figure(Budget::TimesFloor(2.0)).is_within(Some(0.9)), Some(false));
        assert_eq!(figure(Budget::None).is_within(Some(1.0)), None);
    }

    #[test]
    fn words_choose_figures() {
        let mut bench = Bench::new(vec!["start".to_owned()], Extent::SMOKE, 1);
        assert!(bench.wants(&["memory", "start: page"]) && !bench.wants(&["memory"]));
        bench.keep("memory", Of::Memory, vec![1.0], Budget::None).expect("kept");
        bench.keep("start: page", Of::Wall, vec![1.0], Budget::None).expect("kept");
        bench.take("login", Budget::None, 1, |_, _| Err("not asked for".into())).expect("left out");
        bench.take_always("floor", Budget::None, 5, |_, _| Ok(())).expect("taken");
        let names: Vec<_> = bench.into_figures().iter().map(|figure| figure.name).collect();
        assert_eq!(names, ["start: page", "floor"]);
    }

    #[test]
    fn work_of_another_thread_is_the_hubs() {
        let mut meter = super::Meter::default();
        let work = || (0..1_000_000_u64).fold(0, |a, b| std::hint::black_box(a ^ b));
        let hub = |_| {
            let done = std::thread::spawn(work).join();
            done.map(drop).map_err(|_| "it ended early".into())
        };
        meter.count_beside(3, hub).expect("all end");
        assert!(meter.used_ns > 0);
    }
}
