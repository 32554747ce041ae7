//! The parts of the mapping language that must be read before they can be used: patterns
//! and dates. `check` reads them when a folder is judged, a connector when a reader comes.

mod date;
mod pattern;

pub use date::{DateFormat, Zone};
pub use pattern::Pattern;
pub(crate) use pattern::Patterns;
