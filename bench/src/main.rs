//! CPU time of the hub's work, beside its budget (DESIGN section 10).
//!
//! `cargo run --release -p bench [-- --json] [-- WORD…]` runs every figure, or those
//! whose name holds one of the words, and prints a table. Exit code 0: all within budget;
//! 1: one is over it; 2: wrong use. A debug build measures but judges nothing.
//!
//! What is measured is the CPU time of the whole process, user and system, over all its
//! threads, so other load on the machine does not count. A figure is the median over
//! several batches. A module holds the figures of one subject and has one function
//! `run(&mut Bench)`, named in [`SUBJECTS`]; work that is not the hub's (a library's
//! identity provider, a browser) stays outside [`measure::Meter::count`].

mod cpu;
mod crypto;
mod decision;
mod logins;
mod measure;
mod report;

use measure::Bench;
use std::error::Error;
use std::process::ExitCode;

/// Runs the figures of one subject.
type Subject = fn(&mut Bench) -> Result<(), Box<dyn Error>>;

/// Every subject. The cryptographic floor comes first: others are told as its multiples.
const SUBJECTS: [Subject; 3] = [crypto::run, decision::run, logins::run];

fn main() -> ExitCode {
    let mut json = false;
    let mut words = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--json" => json = true,
            option if option.starts_with('-') => {
                eprintln!("bench: `{option}` is no option; use: bench [--json] [WORD…]");
                return ExitCode::from(2);
            }
            _ => words.push(argument),
        }
    }
    let mut bench = Bench::new(words);
    for run in SUBJECTS {
        if let Err(error) = run(&mut bench) {
            eprintln!("bench: {error}");
            return ExitCode::FAILURE;
        }
    }
    let figures = bench.into_figures();
    if figures.is_empty() {
        eprintln!("bench: no figure has a name with these words");
        return ExitCode::from(2);
    }
    if json {
        report::json(&figures);
    } else {
        report::table(&figures);
    }
    let is_judged = !cfg!(debug_assertions);
    let is_over =
        figures.iter().any(|figure| figure.is_within(report::floor_us(&figures)) == Some(false));
    if is_judged && is_over { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
