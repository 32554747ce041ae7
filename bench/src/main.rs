//! What the hub's work costs, beside its budget (DESIGN section 10).
//!
//! `./test long bench` builds the program and this one and runs every figure. By hand:
//!
//! ```text
//! cargo build --release --bin readerpass
//! cargo run --release -p bench -- [--json] [--enforce] [--seed N] [--soak SECONDS | WORD…]
//! ```
//!
//! runs every figure, or those whose name holds one of the words, and prints a table and one
//! line for the record. Exit code 0: everything was measured; 1: a measurement failed, or,
//! with `--enforce`, a budget is not kept; 2: wrong use. Budgets are told and not enforced
//! otherwise, because machines differ.
//!
//! What is measured is CPU time, user and system, over all threads of the hub, so what else
//! runs on the machine shows only where it takes caches or clock from us; the cryptographic
//! floor, taken at the beginning and at the end, tells how much. A figure is the median over
//! several batches. The time of a start is the one figure of the wall.
//!
//! A module holds the figures of one subject and has one function `run(&mut Bench)`, named
//! in [`SUBJECTS`]; work that is not the hub's (a library's identity provider, a browser)
//! stays outside the count.

mod cpu;
mod crypto;
mod decision;
mod folder;
mod generated;
mod logins;
mod measure;
mod options;
mod provenance;
mod report;
mod serving;
mod soak;
mod wall;

use measure::{Bench, Extent};
use options::Options;
use provenance::Provenance;
use std::error::Error;
use std::process::ExitCode;

/// Runs the figures of one subject.
type Subject = fn(&mut Bench) -> Result<(), Box<dyn Error>>;

/// Every subject. The cryptographic floor comes first: others are told as its multiples.
/// Then the one that needs a program built before, so that a missing one is said at once.
const SUBJECTS: [Subject; 5] =
    [crypto::floor, serving::run, decision::run, logins::run, crypto::floor_at_the_end];

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(fault) => {
            eprintln!("bench: {fault}");
            return ExitCode::from(2);
        }
    };
    if let Some(seconds) = options.soak {
        return match soak::run(seconds, options.seed) {
            Ok(line) => {
                println!("{line}");
                ExitCode::SUCCESS
            }
            Err(fault) => {
                eprintln!("bench: {fault}");
                ExitCode::FAILURE
            }
        };
    }
    let mut bench = Bench::new(options.words, Extent::FULL, options.seed);
    for run in SUBJECTS {
        if let Err(error) = run(&mut bench) {
            eprintln!("bench: {error}");
            return ExitCode::FAILURE;
        }
    }
    if !bench.has_what_was_asked() {
        eprintln!("bench: no figure has a name with these words");
        return ExitCode::from(2);
    }
    let figures = bench.into_figures();
    let from = Provenance::of(options.seed);
    if options.json {
        println!("{}", report::json(&figures, &from));
    } else {
        print!("{}", report::table(&figures, &from));
    }
    if options.enforce && !report::over(&figures).is_empty() {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::{Bench, Extent, SUBJECTS, decision, logins, report, serving};
    use crate::crypto::{FLOOR, FLOOR_AT_THE_END};
    use crate::measure::Figure;
    use crate::provenance::Provenance;
    use std::time::Duration;

    /// Takes every figure once; how much it is, is no matter here.
    fn taken(subjects: &[super::Subject], words: &[&str]) -> Vec<Figure> {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        let mut bench = Bench::new(words, Extent::SMOKE, 1);
        for run in subjects {
            run(&mut bench).expect("measured");
        }
        bench.into_figures()
    }

    fn names(figures: &[Figure]) -> Vec<&str> {
        assert!(figures.iter().all(|figure| figure.median > 0.0), "{figures:?}");
        figures.iter().map(|figure| figure.name).collect()
    }

    #[test]
    fn the_extent_is_what_the_names_say() {
        assert_eq!((Extent::FULL.members, Extent::FULL.services), (1200, 200));
        assert_eq!((Extent::FULL.batches % 2, Extent::FULL.starts), (1, 9));
        assert!(Extent::FULL.settle > Duration::from_millis(250));
    }

    #[test]
    fn every_figure_within_this_process_is_taken() {
        let figures = taken(&[decision::run, logins::run], &[]);
        assert_eq!(
            names(&figures),
            [
                "policy: decision, cached",
                "policy: decision, uncached, 5 services",
                "policy: decision, uncached, 200 services",
                "policy: folder compiled, 200 services",
                "login: SAML in, SAML out",
                "login: SAML in, OpenID out",
                "OpenID on a running session",
            ]
        );
    }

    #[test]
    fn the_floor_is_taken_for_any_words_and_nothing_else_is_made() {
        let figures = taken(&SUBJECTS, &["no such figure"]);
        assert_eq!(names(&figures), [FLOOR, FLOOR_AT_THE_END]);
    }

    /// The least there is of it; that nothing grows shows in the long run only.
    #[test]
    #[cfg_attr(not(feature = "program"), ignore = "run `cargo build --bin readerpass` first")]
    fn a_short_soak_ends_by_itself_and_tells_one_line() {
        let told = super::soak::run(10, 1).unwrap_or_else(|fault| fault.to_string());
        for part in ["soak: commit ", ", seed 1, ", " logins, memory ", "descriptors ", "p99 "] {
            assert!(told.contains(part), "no `{part}`: {told}");
        }
        assert_eq!(told.lines().count(), 1, "{told}");
    }

    #[test]
    #[cfg_attr(not(feature = "program"), ignore = "run `cargo build --bin readerpass` first")]
    fn every_figure_of_the_program_is_taken() {
        let figures = taken(&[serving::run], &[]);
        let names = names(&figures);
        assert_eq!(names.len(), 10, "{names:?}");
        for part in ["start to first", "resident memory", "a keystroke", "the first page"] {
            assert!(names.iter().any(|name| name.contains(part)), "{part}: {names:?}");
        }
        let summary = report::json(&figures, &Provenance::of(1));
        assert!(summary["commit"].as_str().is_some_and(|commit| commit.len() >= 7), "{summary}");
    }
}
