//! Whole-system tests: one binary.
//!
//! `structure` holds the house against its plan, `flows` walks whole logins in
//! process, `attack` tries what LESSONS and DESIGN say attackers try, `logs` searches the
//! log of all that, `peers` and `browser` drive real programs over the network.
#![expect(unreachable_pub, reason = "tests are read, not called")]
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test stands on fails the test when it fails"
)]

mod attack;
#[cfg(feature = "browser")]
mod browser;
#[cfg(feature = "peers")]
mod commands;
#[cfg(any(feature = "browser", feature = "peers"))]
mod demo;
mod flows;
mod harness;
#[cfg(feature = "peers")]
mod logs;
mod nodes;
#[cfg(feature = "peers")]
mod peers;
mod structure;
