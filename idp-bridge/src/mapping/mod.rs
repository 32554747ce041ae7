//! From what a member said of a reader, whatever its kind of connector, to the hub's words.
//!
//! ```text
//! answer ─▶ Values ─▶ read ─┬─ sources of the entry, else the usual names  (take.rs, usual.rs)
//!                           ├─ scopes, key, standing, end, profile         (reading.rs, key.rs)
//!                           └─▶ Facts, with notes for the trace
//! ```
//! The language is data (`model::Rule`): each step runs once over what is there, so it ends.
//! A value that is there and bad is refused or dropped by name; it never passes for
//! missing. Notes and refusals name attributes, never values.

mod key;
mod names;
mod reading;
mod rehearsal;
mod take;
mod usual;
mod values;

use crate::At;
use crate::claimed::Facts;
use model::Refusal;

pub(crate) use names::{EMAIL, PERSISTENT, is_name_id};
pub use rehearsal::{Filled, Received, Rehearsal, rehearse};
pub(crate) use usual::{names, usual};
pub use values::Values;

/// What `values` say of one reader of the member and connector of `at`.
///
/// # Errors
/// `LOG-032` where a scope is not the member's (rule 5), `LOG-033` without a key, `LOG-036`
/// for a value on which a decision hangs and that cannot be read, `LOG-038` where one is
/// missing that the entry requires.
pub(crate) fn read(at: &At<'_>, values: &Values) -> Result<Facts, Refusal> {
    reading::Reading::new(at, values).facts()
}

#[cfg(test)]
mod tests;
