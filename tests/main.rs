//! Whole-system tests: one binary.
//!
//! `structure` holds the house against its plan, `flows` walks whole logins in
//! process, `attack` tries what LESSONS and DESIGN say attackers try, `peers`
//! and `browser` drive real programs over the network.
#![expect(missing_docs, unreachable_pub, reason = "tests are read, not called")]

mod attack;
mod flows;
mod harness;
#[cfg(feature = "peers")]
mod peers;
mod structure;
