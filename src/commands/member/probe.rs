//! Whether a login could begin at a member's connectors.

use super::{NOBODY, connector};
use crate::assemble::connectors;
use crate::cli::{Cli, MemberTestArgs};
use crate::commands::print::Printer;
use crate::commands::snapshot::member;
use crate::commands::{CommandError, Ended, existing_installation};
use idp_bridge::{At, Connector, Probe};
use model::{ConnectorEntry, ConnectorId, LoginCode};
use std::fmt::Write as _;
use std::sync::Arc;

/// What this does not show, said each time: a green line must not promise more than it saw.
const NOT_SEEN: &str = "not looked at: a login at the library, and what it sends; give \
                        --attributes FILE with a sample to see what the hub makes of it";

pub(super) async fn run(
    cli: &Cli,
    args: &MemberTestArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let hub = existing_installation(cli).await?;
    let snapshot = hub.registry.current();
    let member = member(&snapshot, &args.member)?;
    let (first, entry) = connector(member, args.connector.as_deref())?;
    let wanted: Vec<(ConnectorId, &ConnectorEntry)> = match args.connector {
        Some(_) => vec![(first, entry)],
        None => member.connectors.iter().filter_map(|entry| Some((entry.id()?, entry))).collect(),
    };
    let kinds = connectors(&hub);
    let moment = hub.moment();
    let (mut text, mut rows) = (String::new(), Vec::new());
    let mut is_good = true;
    for (id, entry) in wanted {
        let at = At {
            snapshot: &snapshot,
            member,
            entry,
            connector: &id,
            moment: &moment,
            code: LoginCode::draw(&moment.entropy),
            client: NOBODY,
        };
        let probe = probe(&kinds, &at).await;
        is_good &= probe.is_ready;
        let stands = if probe.is_ready { "a login could begin" } else { "no login could begin" };
        let _ = writeln!(text, "{} · {id} ({}): {stands}", member.id, entry.kind);
        for finding in &probe.findings {
            let _ = writeln!(text, "  {finding}");
        }
        rows.push(serde_json::json!({
            "connector": id, "kind": entry.kind, "ready": probe.is_ready,
            "findings": probe.findings,
        }));
    }
    text.push_str(NOT_SEEN);
    let json = serde_json::json!({
        "member": member.id, "ready": is_good, "connectors": rows, "not_seen": NOT_SEEN,
    });
    print.result(&json, &text);
    Ok(if is_good { Ended::Good } else { Ended::NotGood })
}

async fn probe(kinds: &[Arc<dyn Connector>], at: &At<'_>) -> Probe {
    match kinds.iter().find(|kind| kind.kind() == at.entry.kind) {
        Some(kind) => kind.probe(at).await,
        None => Probe {
            is_ready: false,
            findings: vec![format!("this version has no connector kind `{}`", at.entry.kind)],
        },
    }
}
