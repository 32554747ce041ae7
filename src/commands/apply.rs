//! `readerpass apply DIR [--dry-run]`

use super::print::Printer;
use super::{CommandError, Ended, configuration, installation};
use crate::cli::{ApplyArgs, Cli};
use crate::outside::moment_now;
use metadata::{ApplyError, Bundle, Diff, Fault, emptied};
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
        return dry_run(cli, &bundle, args.remove_all, print).await;
    }
    let hub = installation(cli).await?;
    let moment = hub.moment();
    let lost = emptied(&hub.durable, &bundle).await.map_err(failed)?;
    if !lost.is_empty() && !args.remove_all {
        let diff = metadata::plan(Some(&hub.durable), &bundle).await.map_err(failed)?;
        say_emptied(&diff, &lost, &warnings, print);
        return Ok(Ended::NotGood);
    }
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
async fn dry_run(
    cli: &Cli,
    bundle: &Bundle,
    remove_all: bool,
    print: Printer,
) -> Result<Ended, CommandError> {
    let has_installation = cli.config.exists() && configuration(cli)?.has_installation();
    let (diff, lost) = if has_installation {
        let hub = installation(cli).await?;
        let lost = emptied(&hub.durable, bundle).await.map_err(failed)?;
        (metadata::plan(Some(&hub.durable), bundle).await, lost)
    } else {
        (metadata::plan(None, bundle).await, Vec::new())
    };
    let diff = diff.map_err(failed)?;
    if lost.is_empty() || remove_all {
        say(&diff, None, bundle.warnings(), print);
        return Ok(Ended::Good);
    }
    say_emptied(&diff, &lost, bundle.warnings(), print);
    Ok(Ended::NotGood)
}

/// An empty folder, or another one than was meant, reads as an order to close everything.
fn say_emptied(diff: &Diff, lost: &[&str], warnings: &[Fault], print: Printer) {
    let lost = lost.join(" and ");
    let why = format!(
        "none of the {lost} in force would be left — name the right folder, or give --remove-all where this is meant"
    );
    let json = serde_json::json!({
        "error": why, "version": null, "changes": diff.changes, "warnings": warnings,
    });
    print.result(&json, &format!("{diff}{}{why}\nnothing was changed\n", warned(warnings)));
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
    let json = serde_json::json!({
        "version": version, "changes": diff.changes, "warnings": warnings,
    });
    print.result(&json, &format!("{diff}{}{done}", warned(warnings)));
}

fn warned(warnings: &[Fault]) -> String {
    warnings.iter().fold(String::new(), |mut text, warning| {
        let _ = writeln!(text, "warning: {warning}");
        text
    })
}

fn refuse(faults: &[Fault], print: Printer) -> Ended {
    let mut text = String::new();
    for fault in faults {
        let _ = writeln!(text, "{fault}");
    }
    print.result(&serde_json::json!({ "faults": faults }), &format!("{text}nothing was changed\n"));
    Ended::NotGood
}
