//! The second opinion: samael reads again what our verifier accepted.
//!
//! ```text
//! hub:   Asking (implements saml::SecondOpinion) ─▶ Question ─▶ │ pipe │
//! child: seccomp, limits ─▶ samael: libxml2, xmlsec1 ─▶ Reading ─▶ │ pipe │
//! hub:   compare(what we read, what it read) ─▶ good, Differs or Unavailable
//! ```
//!
//! The child is told nothing of what we read: it gets the bytes and the certificates that may
//! vouch, and says what it reads. The hub links none of its libraries: they belong to the
//! program `readerpass-second-opinion`, which the feature `samael` builds.

mod asking;
mod compare;
mod wire;

#[cfg(feature = "samael")]
pub mod child;
#[cfg(feature = "samael")]
mod confine;
#[cfg(feature = "samael")]
mod reading;

pub use asking::{Asking, Down, Settings};
pub use compare::compare;
#[cfg(feature = "samael")]
pub use reading::read;
pub use wire::{Attribute, NameId, Question, Reading, Reply};
