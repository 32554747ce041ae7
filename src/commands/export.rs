//! `readerpass export DIR`

use super::print::Printer;
use super::{CommandError, Ended, installation};
use crate::cli::Cli;
use std::fmt::Write as _;
use std::path::Path;

pub(super) async fn run(cli: &Cli, dir: &Path, print: Printer) -> Result<Ended, CommandError> {
    let hub = installation(cli).await?;
    let report = metadata::export(&hub.durable, dir)
        .await
        .map_err(|e| CommandError::Failed(e.to_string()))?;
    let mut text = String::new();
    let _ = writeln!(text, "{} files written to {}", report.files.len(), dir.display());
    for secret in &report.secrets_to_bring {
        let _ = writeln!(text, "to bring: {secret} (secrets are never written)");
    }
    print.result(&report, &text);
    Ok(Ended::Good)
}
