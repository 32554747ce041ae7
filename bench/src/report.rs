//! The figures, for people and for scripts.

use crate::crypto;
use crate::measure::{Figure, Of};
use crate::provenance::Provenance;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// A table, and one line that says all for a record.
pub(crate) fn table(figures: &[Figure], from: &Provenance) -> String {
    let mut table = String::new();
    let mut line = |cells: [&str; 6]| {
        let [name, median, best, spread, times, budget] = cells;
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "{name:<54} {median:>11} {best:>11} {spread:>7} {times:>8} {budget:>15}"
        );
    };
    line(["figure", "median", "best", "spread", "× floor", "budget"]);
    let floor = floor_us(figures);
    for figure in figures {
        let times = times_floor(figure, floor).map_or_else(String::new, |t| format!("{t:.3}"));
        let budget = figure.budget.most(floor).map(|most| shown(figure.of, most));
        let budget = match (figure.is_within(floor), budget) {
            (Some(true), Some(budget)) => format!("{budget} kept"),
            (Some(false), Some(budget)) => format!("{budget} OVER"),
            _ => String::new(),
        };
        let spread = format!("{:.0} %", figure.spread * 100.0);
        line([
            figure.name,
            &shown(figure.of, figure.median),
            &shown(figure.of, figure.best),
            &spread,
            &times,
            &budget,
        ]);
    }
    format!("{table}\n{}\n", summary(figures, from))
}

/// One JSON document.
pub(crate) fn json(figures: &[Figure], from: &Provenance) -> Value {
    let floor = floor_us(figures);
    let all: Vec<_> = figures
        .iter()
        .map(|figure| {
            let (of, unit) = words(figure.of);
            json!({
                "name": figure.name,
                "of": of,
                "unit": unit,
                "median": figure.median,
                "best": figure.best,
                "spread": figure.spread,
                "times_floor": times_floor(figure, floor),
                "budget": figure.budget.most(floor),
                "within": figure.is_within(floor),
            })
        })
        .collect();
    json!({
        "commit": from.commit,
        "seed": from.seed,
        "build": from.build,
        "cores": from.cores,
        "summary": summary(figures, from),
        "figures": all,
    })
}

/// The figures that are over their budgets.
pub(crate) fn over(figures: &[Figure]) -> Vec<&'static str> {
    let floor = floor_us(figures);
    let is_over = |figure: &&Figure| figure.is_within(floor) == Some(false);
    figures.iter().filter(is_over).map(|figure| figure.name).collect()
}

fn summary(figures: &[Figure], from: &Provenance) -> String {
    let Provenance { commit, seed, build, cores } = from;
    let floor = |name| figures.iter().find(|figure| figure.name == name);
    let floors = match (floor(crypto::FLOOR), floor(crypto::FLOOR_AT_THE_END)) {
        (Some(first), Some(last)) => {
            let told = |figure: &Figure| shown(figure.of, figure.median);
            format!("floor {} ({} at the end)", told(first), told(last))
        }
        _ => "no floor".to_owned(),
    };
    let judged = figures.iter().filter(|f| f.is_within(floor_us(figures)).is_some()).count();
    let over = over(figures);
    let mut line = format!(
        "bench: commit {commit}, seed {seed}, {build} build, {cores} cores, {floors}, \
         {} figures, {} of {judged} budgets kept",
        figures.len(),
        judged - over.len(),
    );
    if !over.is_empty() {
        let _ = write!(line, ", over: {}", over.join("; "));
    }
    if *build == "debug" {
        line.push_str(" — a debug build says nothing about a budget");
    }
    line
}

fn words(of: Of) -> (&'static str, &'static str) {
    match of {
        Of::Cpu => ("cpu", "us"),
        Of::Wall => ("wall", "us"),
        Of::Memory => ("memory", "bytes"),
        Of::Wire => ("wire", "bytes"),
    }
}

/// An amount with the unit that people say; powers of ten.
fn shown(of: Of, amount: f64) -> String {
    match of {
        Of::Cpu | Of::Wall if amount < 10_000.0 => format!("{amount:.2} µs"),
        Of::Cpu | Of::Wall => format!("{:.1} ms", amount / 1e3),
        Of::Memory | Of::Wire if amount < 1e6 => format!("{:.1} kB", amount / 1e3),
        Of::Memory | Of::Wire => format!("{:.1} MB", amount / 1e6),
    }
}

fn times_floor(figure: &Figure, floor_us: Option<f64>) -> Option<f64> {
    floor_us.filter(|_| figure.of == Of::Cpu).map(|floor| figure.median / floor)
}

/// One signature and one verification in the same run.
fn floor_us(figures: &[Figure]) -> Option<f64> {
    figures.iter().find(|figure| figure.name == crypto::FLOOR).map(|figure| figure.median)
}

#[cfg(test)]
mod tests {
    use super::{json, over, summary, table};
    use crate::crypto::{FLOOR, FLOOR_AT_THE_END};
    use crate::measure::{Budget, Figure, Of};
    use crate::provenance::Provenance;

    fn figure(name: &'static str, of: Of, median: f64, budget: Budget) -> Figure {
        Figure { name, of, median, best: median, spread: 0.05, budget }
    }

    fn figures() -> Vec<Figure> {
        vec![
            figure(FLOOR, Of::Cpu, 280.0, Budget::None),
            figure("slow", Of::Cpu, 700.0, Budget::TimesFloor(2.0)),
            figure("memory", Of::Memory, 31_250_000.0, Budget::Most(60e6)),
            figure("start", Of::Wall, 80_000.0, Budget::Most(150_000.0)),
            figure(FLOOR_AT_THE_END, Of::Cpu, 281.0, Budget::None),
        ]
    }

    fn from(build: &'static str) -> Provenance {
        Provenance { commit: "abc1234".to_owned(), seed: 7, build, cores: 2 }
    }

    #[test]
    fn one_line_says_commit_seed_and_what_is_over() {
        assert_eq!(
            summary(&figures(), &from("release")),
            "bench: commit abc1234, seed 7, release build, 2 cores, floor 280.00 µs (281.00 µs at \
             the end), 5 figures, 2 of 3 budgets kept, over: slow"
        );
        assert!(summary(&figures(), &from("debug")).ends_with("says nothing about a budget"));
    }

    #[test]
    fn people_and_scripts_read_the_same() {
        let (figures, from) = (figures(), from("release"));
        assert_eq!(over(&figures), ["slow"]);
        let table = table(&figures, &from);
        for part in ["700.00 µs", "2.500", "560.00 µs OVER", "31.2 MB", "150.0 ms kept", "5 %"] {
            assert!(table.contains(part), "{part}:\n{table}");
        }
        let json = json(&figures, &from);
        assert_eq!(json["figures"][1]["within"], false);
        assert_eq!(json["figures"][1]["times_floor"], 2.5);
        assert_eq!(json["figures"][2]["unit"], "bytes");
        assert!(json["figures"][2]["times_floor"].is_null());
        assert_eq!(json["seed"], 7);
    }
}
