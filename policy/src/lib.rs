//! Who may enter which service and what it is told, each with its reasons.
//!
//! Pure: no I/O, no clock, no cache. A decision is two steps. [`PolicySet::weigh`]
//! runs the rules over [`Facts`] and gives a [`Verdict`], which holds no value of a
//! reader and may be cached under the facts. [`fill`] makes the [`Outcome`] for one
//! reader; it alone can make a [`Release`].
//!
//! Rules come from two kinds of file, and mean the same in either: Cedar policies
//! (`*.cedar`, with the annotations `@id`, `@reason_zh`, `@reason_en` and, on a permit to
//! enter, `@max_age_s`) and rows of `matrix.toml`. Rows become Cedar policies before
//! anything is decided, so that one engine with one order of precedence decides:
//! nothing is allowed that no rule allows, and a `forbid` or `[[deny]]` beats all.
//!
//! What a class letter means lies in those files and nowhere here.

mod cedar_file;
mod cedar_shape;
mod engine;
mod facts;
mod fill;
mod matrix;
mod plain;
mod reasons;
mod rule;
mod set;
mod source;
mod verdict;
mod vocabulary;

pub use facts::{Context, Facts};
pub use fill::{Accounted, Decision, Outcome, Release, fill};
pub use plain::{Plain, plain};
pub use set::PolicySet;
pub use source::{PolicyFault, PolicySource, Unread};
pub use verdict::{Obligation, Reason, Verdict};

use model::ServiceId;

/// Ids of the hub's own services: no registry file may take them, and no rule
/// closes them, because they are where a refusal is explained.
pub const BUILT_IN: [&str; 4] = ["portal", "account", "desk", "console"];

/// Whether `service` is one of the hub's own.
pub fn is_built_in(service: &ServiceId) -> bool {
    BUILT_IN.contains(&service.as_str())
}

#[cfg(test)]
mod fixture;
