//! The figures, for people and for scripts.

use crate::crypto;
use crate::measure::Figure;

/// A table on standard output.
pub(crate) fn table(figures: &[Figure]) {
    if cfg!(debug_assertions) {
        println!("debug build: these figures say nothing about a budget; use --release\n");
    }
    println!(
        "{:<54} {:>12} {:>12} {:>8} {:>12}",
        "CPU time of one call", "median µs", "best µs", "× floor", "budget µs"
    );
    let floor = floor_us(figures);
    for figure in figures {
        let times = floor.map_or_else(String::new, |us| format!("{:.3}", figure.median_us / us));
        let budget = figure.budget.most_us(floor).map_or_else(String::new, |us| format!("{us:.0}"));
        let verdict = match figure.is_within(floor) {
            Some(false) => " OVER",
            Some(true) | None => "",
        };
        println!(
            "{:<54} {:>12.2} {:>12.2} {times:>8} {budget:>12}{verdict}",
            figure.name, figure.median_us, figure.best_us,
        );
    }
}

/// One JSON document on standard output.
pub(crate) fn json(figures: &[Figure]) {
    let floor = floor_us(figures);
    let all: Vec<_> = figures
        .iter()
        .map(|figure| {
            let budget_us = figure.budget.most_us(floor);
            serde_json::json!({
                "name": figure.name,
                "median_us": figure.median_us,
                "best_us": figure.best_us,
                "times_floor": floor.map(|us| figure.median_us / us),
                "budget_us": budget_us,
                "within": figure.is_within(floor),
            })
        })
        .collect();
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    println!("{}", serde_json::json!({ "build": build, "figures": all }));
}

/// One signature and one verification in the same run.
pub(crate) fn floor_us(figures: &[Figure]) -> Option<f64> {
    figures.iter().find(|figure| figure.name == crypto::FLOOR).map(|figure| figure.median_us)
}
