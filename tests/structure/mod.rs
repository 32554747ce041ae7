//! The house against its plan.

mod arrows;
mod documents;
