//! `readerpass account …`: accounts of the central store.

mod create;
mod keep;
mod list;

pub(super) use create::create;
pub(super) use keep::{block, forget_factor, reset, unblock};
pub(super) use list::list;

use super::CommandError;
use crate::installation::Installation;
use accounts::AccountError;
use model::{MemberId, Moment};
use std::collections::BTreeMap;
use store::{Actor, AuditEntry};

fn failed(error: AccountError) -> CommandError {
    CommandError::Failed(error.to_string())
}

/// The member that is named, whether or not the registry has it.
fn member(named: Option<&str>) -> Result<Option<MemberId>, CommandError> {
    named.map(MemberId::parse).transpose().map_err(|e| CommandError::Usage(e.to_string()))
}

/// Writes down what was done, before it is said (rule 11).
pub(super) async fn note(
    hub: &Installation,
    act: &str,
    member: Option<&MemberId>,
    login: Option<&str>,
    moment: &Moment,
) -> Result<(), CommandError> {
    let personal = login.map(|login| ("login".to_owned(), login.to_owned()));
    let entry = AuditEntry {
        actor: Actor::Command,
        act: act.to_owned(),
        member: member.cloned(),
        service: None,
        code: None,
        outcome: None,
        personal: BTreeMap::from_iter(personal),
    };
    Ok(hub.durable.append_audit(&entry, moment.now, moment.entropy.bytes()).await?)
}
