//! The house against its plan.

mod arrows;
mod checks;
mod documents;
mod proofs;
