//! `readerpass audit verify`

use super::print::Printer;
use super::{CommandError, Ended, existing_installation};
use crate::cli::{Cli, VerifyArgs};
use std::fmt::Write as _;
use store::{AuditHead, AuditReport, Durable};

pub(super) async fn verify(
    cli: &Cli,
    args: &VerifyArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let expected = args.expect.as_deref().map(head).transpose()?;
    let hub = existing_installation(cli).await?;
    let report = hub.durable.verify_audit().await?;
    let missing = match &expected {
        Some(head) => missing(&hub.durable, head).await?,
        None => None,
    };
    let text = said(&report, missing.as_deref());
    let broken: Vec<_> = report
        .broken
        .iter()
        .map(|f| serde_json::json!({ "writer": f.writer, "seq": f.seq, "what": f.what }))
        .collect();
    let json = serde_json::json!({
        "entries": report.entries, "writers": report.writers, "broken": broken,
        "newest_head": report.newest.as_ref().map(written), "missing": missing,
    });
    print.result(&json, &text);
    let is_good = report.broken.is_empty() && missing.is_none();
    Ok(if is_good { Ended::Good } else { Ended::NotGood })
}

fn said(report: &AuditReport, missing: Option<&str>) -> String {
    let mut text = format!("{} entries of {} writers\n", report.entries, report.writers);
    for fault in &report.broken {
        let _ =
            writeln!(text, "broken: writer {} entry {}: {}", fault.writer, fault.seq, fault.what);
    }
    if let Some(what) = missing {
        let _ = writeln!(text, "broken: {what}");
    }
    if report.broken.is_empty() && missing.is_none() {
        text.push_str("every chain is whole\n");
    }
    if let Some(head) = &report.newest {
        let head = written(head);
        let _ = writeln!(text, "newest head {head}");
        let _ = writeln!(
            text,
            "  kept on another machine, `audit verify --expect {head}` later shows that nothing before it is gone"
        );
    }
    text
}

/// What is wrong where the log no longer holds the head that it once had.
async fn missing(durable: &Durable, expected: &AuditHead) -> Result<Option<String>, CommandError> {
    let n = expected.n;
    Ok(match durable.find_audit_head(n).await? {
        Some(found) if found == *expected => None,
        Some(_) => Some(format!("heads record {n} is another than expected: the log was replaced")),
        None => Some(format!("heads record {n} is gone: the log was cut, or is another's")),
    })
}

fn written(head: &AuditHead) -> String {
    format!("{}:{}", head.n, head.hash)
}

/// `N:HASH`, as `written`.
fn head(text: &str) -> Result<AuditHead, CommandError> {
    let wrong = || {
        CommandError::Usage(format!(
            "--expect {text}: wanted N:HASH, the newest head that an earlier `audit verify` printed"
        ))
    };
    let (n, hash) = text.split_once(':').ok_or_else(wrong)?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let n = n.parse().ok().filter(|n| *n > 0 && is_hash).ok_or_else(wrong)?;
    Ok(AuditHead { n, hash: hash.to_ascii_lowercase() })
}
