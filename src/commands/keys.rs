//! `readerpass keys …`: the hub's own keys.

mod import;
mod list;
mod retire;
mod rotate;
mod said;

use super::print::Printer;
use super::{CommandError, Ended};
use crate::cli::{Cli, KeysCommand, UseArgs};
use crate::installation::Installation;
use metadata::{KeyError, KeyFacts, KeyPurpose, UseFrom};
use model::Moment;
use std::collections::BTreeMap;
use std::time::Duration;
use store::{Actor, AuditEntry};

pub(super) async fn run(
    cli: &Cli,
    command: &KeysCommand,
    print: Printer,
) -> Result<Ended, CommandError> {
    match command {
        KeysCommand::List => list::run(cli, print).await,
        KeysCommand::Rotate(args) => rotate::run(cli, args, print).await,
        KeysCommand::Retire(args) => retire::run(cli, args, print).await,
        KeysCommand::Import(args) => import::run(cli, args, print).await,
    }
}

fn failed(error: KeyError) -> CommandError {
    CommandError::Failed(match error {
        // In the zone of the list.
        KeyError::Timed { what, at, remedy } => format!("{what} {} — {remedy}", said::time(at)),
        error => error.to_string(),
    })
}

fn purpose(name: &str) -> Result<KeyPurpose, CommandError> {
    KeyPurpose::parse(name)
        .ok_or_else(|| CommandError::Usage(format!("--purpose `{name}` is not known")))
}

fn use_from(args: &UseArgs) -> UseFrom {
    match args.after {
        _ if args.now => UseFrom::Now,
        Some(s) => UseFrom::AfterS(s),
        None => UseFrom::Usual,
    }
}

/// Writes down what was done to which key, before it is said (rule 11).
async fn note(
    hub: &Installation,
    act: &str,
    key: &KeyFacts,
    moment: &Moment,
) -> Result<(), CommandError> {
    let entry = AuditEntry {
        actor: Actor::Command,
        // The number of a key is given once: no two acts are about another key of one name.
        act: format!("{act} {}/{}", key.purpose, key.generation),
        member: None,
        service: None,
        code: None,
        outcome: None,
        personal: BTreeMap::new(),
    };
    Ok(hub.durable.append_audit(&entry, moment.now, moment.entropy.bytes()).await?)
}

/// Returns when a key that is used at once is in use: what follows in a script may rely on it.
async fn until_in_use(args: &UseArgs, key: &KeyFacts, moment: &Moment) {
    if args.now {
        let ms = key.use_from.unix_ms().saturating_sub(moment.now.unix_ms());
        tokio::time::sleep(Duration::from_millis(u64::try_from(ms).unwrap_or(0))).await;
    }
}
