//! `readerpass apply DIR [--dry-run]`

use super::print::Printer;
use super::{CommandError, Ended, configuration, installation};
use crate::cli::{ApplyArgs, Cli};
use crate::outside::moment_now;
use metadata::{ApplyError, Bundle, Diff, Fault};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use store::{Actor, AuditEntry};

pub(super) async fn run(
    cli: &Cli,
    args: &ApplyArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let bundle = match Bundle::read(&args.dir, moment_now().now) {
        Ok(bundle) => bundle,
        Err(faults) => return Ok(refuse(&faults, print)),
    };
    let warnings = bundle.warnings().to_vec();
    if args.dry_run {
        return dry_run(cli, &bundle, print).await;
    }
    let hub = installation(cli).await?;
    let moment = hub.moment();
    match metadata::apply(&hub.durable, &hub.keys, &hub.http, bundle, moment.now).await {
        Ok(applied) => {
            let personal = BTreeMap::new();
            let entry = AuditEntry {
                actor: Actor::Command,
                act: "registry.applied".to_owned(),
                member: None,
                service: None,
                code: None,
                outcome: None,
                personal,
            };
            hub.durable.append_audit(&entry, moment.now, moment.entropy.bytes()).await?;
            say(&applied.diff, Some(applied.version), &warnings, print);
            Ok(Ended::Good)
        }
        Err(ApplyError::Faults(faults)) => Ok(refuse(&faults, print)),
        Err(error) => Err(failed(error)),
    }
}

/// Compares and leaves no trace: where there is no installation, none is begun.
async fn dry_run(cli: &Cli, bundle: &Bundle, print: Printer) -> Result<Ended, CommandError> {
    let has_installation = cli.config.exists() && configuration(cli)?.has_installation();
    let diff = if has_installation {
        let hub = installation(cli).await?;
        metadata::plan(Some(&hub.durable), bundle).await
    } else {
        metadata::plan(None, bundle).await
    };
    say(&diff.map_err(failed)?, None, bundle.warnings(), print);
    Ok(Ended::Good)
}

fn failed(error: ApplyError) -> CommandError {
    CommandError::Failed(error.to_string())
}

fn say(diff: &Diff, version: Option<u64>, warnings: &[Fault], print: Printer) {
    let done = match (version, diff.is_empty()) {
        (_, true) => "nothing changes\n".to_owned(),
        (Some(version), false) => format!("applied as version {version}\n"),
        (None, false) => "dry run: nothing was changed\n".to_owned(),
    };
    let warned = warnings.iter().fold(String::new(), |mut text, warning| {
        let _ = writeln!(text, "warning: {warning}");
        text
    });
    let json = serde_json::json!({
        "version": version, "changes": diff.changes, "warnings": warnings,
    });
    print.result(&json, &format!("{diff}{warned}{done}"));
}

fn refuse(faults: &[Fault], print: Printer) -> Ended {
    let mut text = String::new();
    for fault in faults {
        let _ = writeln!(text, "{fault}");
    }
    print.result(&serde_json::json!({ "faults": faults }), &format!("{text}nothing was changed\n"));
    Ended::NotGood
}
