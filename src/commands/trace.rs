//! `readerpass trace LOGIN-CODE`

use super::print::Printer;
use super::{CommandError, Ended, existing_installation};
use crate::cli::Cli;
use model::{Code, LoginCode, TraceRecord};
use std::fmt::Write as _;

pub(super) async fn run(cli: &Cli, code: &str, print: Printer) -> Result<Ended, CommandError> {
    let code = LoginCode::parse(code).map_err(|e| CommandError::Usage(e.to_string()))?;
    let hub = existing_installation(cli).await?;
    let Some(record) = hub.shared.find_trace(code).await? else {
        let text =
            format!("{code}: no such login is kept; only logins that ended are, for 14 days\n");
        print.result(&serde_json::json!({ "code": code, "found": false }), &text);
        return Ok(Ended::NotGood);
    };
    print.result(&record, &describe(&record));
    Ok(Ended::Good)
}

fn describe(record: &TraceRecord) -> String {
    let mut text = format!("login {}", record.code);
    if let Some(service) = &record.service {
        let _ = write!(text, " to {service}");
    }
    if let Some(member) = &record.member {
        let _ = write!(text, " at {member}");
    }
    text.push('\n');
    let start = record.steps.first().map(|s| s.at);
    for step in &record.steps {
        let after_ms = start.map_or(0, |s| step.at.unix_ms() - s.unix_ms());
        let kind = serde_json::to_value(step.kind).unwrap_or_default();
        let kind = kind.as_str().unwrap_or_default().to_owned();
        let _ =
            writeln!(text, "  {} +{after_ms:>6} ms  {kind:<15} {}", step.at.rfc3339(), step.note);
    }
    let _ = match record.refused.as_deref() {
        None => writeln!(text, "it ended well"),
        Some(code) => {
            let sentence = Code::find(code).map_or("", |c| c.info().en);
            writeln!(text, "refused: {code} {sentence}")
        }
    };
    text
}
