//! Batches, medians and budgets.

use crate::cpu;
use std::error::Error;

/// Batches of a figure; odd, so that the median is one of them.
const BATCHES: usize = 21;

/// What a figure may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Budget {
    /// Told for comparison.
    None,
    /// At most so many microseconds.
    Micros(f64),
    /// At most so many times the cryptographic floor of the same run.
    TimesFloor(f64),
}

impl Budget {
    /// In microseconds; `None` where there is none, or no floor was measured.
    pub(crate) fn most_us(self, floor_us: Option<f64>) -> Option<f64> {
        match self {
            Self::None => None,
            Self::Micros(most) => Some(most),
            Self::TimesFloor(times) => floor_us.map(|floor| floor * times),
        }
    }
}

/// One figure.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    /// CPU time of one call: median, and the best batch.
    pub(crate) median_us: f64,
    pub(crate) best_us: f64,
    pub(crate) budget: Budget,
}

impl Figure {
    /// Whether it keeps its budget; `None` where it has none.
    pub(crate) fn is_within(&self, floor_us: Option<f64>) -> Option<bool> {
        self.budget.most_us(floor_us).map(|most| self.median_us < most)
    }
}

/// Adds up the CPU time of the parts of a batch that count.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    used_ns: u64,
}

impl Meter {
    /// Runs work that counts. Reading the clock is a system call of about half a
    /// microsecond, so work of that order is repeated inside.
    pub(crate) fn count<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let before = cpu::used_ns();
        let made = work();
        self.used_ns += cpu::used_ns().saturating_sub(before);
        made
    }
}

/// The figures so far.
#[derive(Debug)]
pub(crate) struct Bench {
    words: Vec<String>,
    figures: Vec<Figure>,
}

impl Bench {
    /// Only figures whose name holds one of `words`; all where there are none.
    pub(crate) fn new(words: Vec<String>) -> Self {
        Self { words, figures: Vec::new() }
    }

    /// Takes one figure: `batch` does the same thing `calls` times and counts what
    /// belongs to it. One batch more, before the others, warms up.
    pub(crate) fn take(
        &mut self,
        name: &'static str,
        budget: Budget,
        calls: u32,
        mut batch: impl FnMut(&mut Meter, u32) -> Result<(), Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        if !self.words.is_empty() && !self.words.iter().any(|word| name.contains(word.as_str())) {
            return Ok(());
        }
        batch(&mut Meter::default(), calls)?;
        let mut batches_us = Vec::with_capacity(BATCHES);
        for _ in 0..BATCHES {
            let mut meter = Meter::default();
            batch(&mut meter, calls)?;
            batches_us.push(micros(meter.used_ns) / f64::from(calls));
        }
        batches_us.sort_by(f64::total_cmp);
        let median_us = batches_us.get(BATCHES / 2).copied().ok_or("no batch was run")?;
        let best_us = batches_us.first().copied().ok_or("no batch was run")?;
        self.figures.push(Figure { name, median_us, best_us, budget });
        Ok(())
    }

    /// What was measured, in order.
    pub(crate) fn into_figures(self) -> Vec<Figure> {
        self.figures
    }
}

#[expect(clippy::cast_precision_loss, reason = "a batch is far shorter than 2^53 ns, 104 days")]
fn micros(ns: u64) -> f64 {
    ns as f64 / 1000.0
}
