//! `readerpass check DIR`

use super::Ended;
use super::print::{Printer, counted};
use crate::outside::moment_now;
use std::fmt::Write as _;
use std::path::Path;

pub(super) fn run(dir: &Path, print: Printer) -> Ended {
    let report = metadata::check(dir, moment_now().now);
    let mut text = String::new();
    for fault in &report.faults {
        let _ = writeln!(text, "{fault}");
    }
    for warning in &report.warnings {
        let _ = writeln!(text, "warning: {warning}");
    }
    let _ = match report.faults.len() {
        0 => writeln!(
            text,
            "good: {}, {}, {}",
            counted(report.members, "member", "members"),
            counted(report.services, "service", "services"),
            counted(report.policies, "policy file", "policy files"),
        ),
        n => writeln!(text, "{}", counted(n, "fault", "faults")),
    };
    print.result(&report, &text);
    if report.faults.is_empty() { Ended::Good } else { Ended::NotGood }
}
