//! `readerpass audit verify`

use super::print::Printer;
use super::{CommandError, Ended, existing_installation};
use crate::cli::Cli;
use std::fmt::Write as _;

pub(super) async fn verify(cli: &Cli, print: Printer) -> Result<Ended, CommandError> {
    let hub = existing_installation(cli).await?;
    let report = hub.durable.verify_audit().await?;
    let mut text = format!("{} entries of {} writers\n", report.entries, report.writers);
    for fault in &report.broken {
        let _ =
            writeln!(text, "broken: writer {} entry {}: {}", fault.writer, fault.seq, fault.what);
    }
    if report.broken.is_empty() {
        text.push_str("every chain is whole\n");
    }
    let broken: Vec<_> = report
        .broken
        .iter()
        .map(|f| serde_json::json!({ "writer": f.writer, "seq": f.seq, "what": f.what }))
        .collect();
    let json = serde_json::json!({
        "entries": report.entries, "writers": report.writers, "broken": broken,
    });
    print.result(&json, &text);
    Ok(if report.broken.is_empty() { Ended::Good } else { Ended::NotGood })
}
