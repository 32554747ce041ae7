//! `readerpass member test ID`
//!
//! With `--attributes`, the mapping of a connector is tried on a sample: what came, what
//! became of it, and what each service would be told. Nobody is logged in, and nothing of
//! it could be answered to a service.

mod accept;
mod probe;
mod sample;
mod say;
mod tried;

use super::nearest::nearest;
use super::print::Printer;
use super::snapshot::{member, service, snapshot};
use super::{CommandError, Ended};
use crate::cli::{Cli, MemberTestArgs};
use crate::outside::moment_now;
use idp_bridge::{At, rehearse};
use model::{ConnectorEntry, ConnectorId, LoginCode, Member};
use std::net::{IpAddr, Ipv4Addr};
use tried::Tried;

pub(super) use accept::accept;

/// No browser asks.
const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

pub(super) async fn test(
    cli: &Cli,
    args: &MemberTestArgs,
    print: Printer,
) -> Result<Ended, CommandError> {
    let Some(file) = &args.attributes else {
        return probe::run(cli, args, print).await;
    };
    let values = sample::read(file)?;
    let snapshot = snapshot(cli, args.registry.as_deref()).await?;
    let member = member(&snapshot, &args.member)?;
    let (connector, entry) = connector(member, args.connector.as_deref())?;
    if entry.kind == "central" {
        return Err(CommandError::Failed(format!(
            "connector `{connector}`: its readers have accounts at the hub, so nothing is mapped — \
             try `readerpass explain`, or name another with --connector"
        )));
    }
    let moment = moment_now();
    let at = At {
        snapshot: &snapshot,
        member,
        entry,
        connector: &connector,
        code: LoginCode::draw(&moment.entropy),
        moment: &moment,
        client: NOBODY,
    };
    let rehearsal = rehearse(&at, &values);
    let asked = args.service.as_deref().map(|id| service(&snapshot, id)).transpose()?;
    let tried = Tried::of(&at, rehearsal, asked);
    say::say(&at, &tried, print);
    Ok(if tried.is_good() { Ended::Good } else { Ended::NotGood })
}

/// The connector of that id, else the first.
fn connector<'m>(
    member: &'m Member,
    wanted: Option<&str>,
) -> Result<(ConnectorId, &'m ConnectorEntry), CommandError> {
    let all = || member.connectors.iter().filter_map(|entry| Some((entry.id()?, entry)));
    let Some(wanted) = wanted else {
        return all().next().ok_or_else(|| {
            CommandError::Failed(format!("{}: no connector — add a [[connector]]", member.id))
        });
    };
    all().find(|(id, _)| id.as_str() == wanted).ok_or_else(|| {
        let ids: Vec<ConnectorId> = all().map(|(id, _)| id).collect();
        let near = nearest(wanted, ids.iter().map(ConnectorId::as_str));
        CommandError::Failed(format!("{}: no connector `{wanted}`: {near}", member.id))
    })
}
