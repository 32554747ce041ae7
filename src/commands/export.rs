//! `readerpass export DIR`

use super::print::{Printer, counted};
use super::{CommandError, Ended, existing_installation};
use crate::cli::Cli;
use std::fmt::Write as _;
use std::path::Path;

pub(super) async fn run(cli: &Cli, dir: &Path, print: Printer) -> Result<Ended, CommandError> {
    let is_taken = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    if is_taken {
        return Err(CommandError::Failed(format!(
            "{}: not empty — name a new folder: an export keeps no comments and would overwrite yours",
            dir.display()
        )));
    }
    let hub = existing_installation(cli).await?;
    let report = metadata::export(&hub.durable, dir)
        .await
        .map_err(|e| CommandError::Failed(e.to_string()))?;
    let mut text = String::new();
    let files = counted(report.files.len(), "file", "files");
    let _ = writeln!(text, "{files} written to {}", dir.display());
    for secret in &report.secrets_to_bring {
        let _ = writeln!(text, "to bring: {secret} (secrets are never written)");
    }
    print.result(&report, &text);
    Ok(Ended::Good)
}
