//! The house against its plan.

mod arrows;
mod book;
mod checks;
mod documents;
mod proofs;
