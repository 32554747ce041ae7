//! `readerpass check DIR`

use super::Ended;
use super::print::Printer;
use crate::outside::moment_now;
use std::fmt::Write as _;
use std::path::Path;

pub(super) fn run(dir: &Path, print: Printer) -> Ended {
    let report = metadata::check(dir, moment_now().now);
    let mut text = String::new();
    for fault in &report.faults {
        let _ = writeln!(text, "{fault}");
    }
    let _ = match report.faults.len() {
        0 => writeln!(
            text,
            "good: {} members, {} services, {} policies",
            report.members, report.services, report.policies
        ),
        1 => writeln!(text, "1 fault"),
        n => writeln!(text, "{n} faults"),
    };
    print.result(&report, &text);
    if report.faults.is_empty() { Ended::Good } else { Ended::NotGood }
}
