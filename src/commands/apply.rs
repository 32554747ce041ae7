//! `readerpass apply DIR [--dry-run]`

use super::print::Printer;
use super::{CommandError, Ended, installation};
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
    if args.dry_run && !cli.config.exists() {
        let diff = metadata::plan(None, &bundle).await.map_err(failed)?;
        say(&diff, None, print);
        return Ok(Ended::Good);
    }
    let hub = installation(cli).await?;
    if args.dry_run {
        let diff = metadata::plan(Some(&hub.durable), &bundle).await.map_err(failed)?;
        say(&diff, None, print);
        return Ok(Ended::Good);
    }
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
            say(&applied.diff, Some(applied.version), print);
            Ok(Ended::Good)
        }
        Err(ApplyError::Faults(faults)) => Ok(refuse(&faults, print)),
        Err(error) => Err(failed(error)),
    }
}

fn failed(error: ApplyError) -> CommandError {
    CommandError::Failed(error.to_string())
}

fn say(diff: &Diff, version: Option<u64>, print: Printer) {
    let done = match (version, diff.is_empty()) {
        (_, true) => "nothing changes\n".to_owned(),
        (Some(version), false) => format!("applied as version {version}\n"),
        (None, false) => "dry run: nothing was changed\n".to_owned(),
    };
    let json = serde_json::json!({ "version": version, "changes": diff.changes });
    print.result(&json, &format!("{diff}{done}"));
}

fn refuse(faults: &[Fault], print: Printer) -> Ended {
    let mut text = String::new();
    for fault in faults {
        let _ = writeln!(text, "{fault}");
    }
    print.result(&serde_json::json!({ "faults": faults }), &format!("{text}nothing was changed\n"));
    Ended::NotGood
}
