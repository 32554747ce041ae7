//! What every operation of the stores takes.
//!
//! ```text
//!   rooms ──▶ measured (counts, times) ──▶ SQLite or Redis
//! ```
//!
//! Both stores are wrapped once, where they are opened. A figure costs two looks at the
//! clock and four additions; its names are those of the methods, so there are few.

mod figure;
mod wrap;

pub use figure::{BOUNDS_US, OperationFigures};

use crate::{Durable, Shared};
use figure::Figure;
use std::sync::Arc;
use std::time::Duration;
use wrap::{DurableFigures, MeasuredDurable, MeasuredShared, SharedFigures};

/// What was measured since the stores were opened, cheap to clone.
#[derive(Clone)]
pub struct Operations {
    watch: Watch,
    durable: Arc<DurableFigures>,
    shared: Arc<SharedFigures>,
}

/// Time that only goes forward, since whenever.
type Watch = Arc<dyn Fn() -> Duration + Send + Sync>;

/// Both stores, measured from here on. `watch` tells the time since some moment and never
/// goes back; it decides nothing.
pub fn measured(
    durable: Durable,
    shared: Shared,
    watch: impl Fn() -> Duration + Send + Sync + 'static,
) -> (Durable, Shared, Operations) {
    let operations =
        Operations { watch: Arc::new(watch), durable: Arc::default(), shared: Arc::default() };
    let durable = MeasuredDurable { inner: durable, operations: operations.clone() };
    let shared = MeasuredShared { inner: shared, operations: operations.clone() };
    (Arc::new(durable), Arc::new(shared), operations)
}

impl Operations {
    /// Every operation that was asked for so far, in the order of the contract.
    pub fn told(&self) -> Vec<OperationFigures> {
        let durable = self.durable.each().into_iter().map(|figure| ("durable", figure));
        let shared = self.shared.each().into_iter().map(|figure| ("shared", figure));
        durable.chain(shared).filter_map(|(store, (name, f))| f.told(store, name)).collect()
    }
}

#[cfg(test)]
mod tests;
