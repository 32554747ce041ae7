//! The registry that a question is about: a folder, or the applied one.

use super::nearest::nearest;
use super::{CommandError, existing_installation};
use crate::cli::Cli;
use crate::outside::moment_now;
use metadata::{Bundle, PublicUrl, Snapshot};
use model::{Member, Service, ServiceId};
use std::path::Path;
use std::sync::Arc;

/// The folder, where one is named, else what the installation answers from.
pub(super) async fn snapshot(
    cli: &Cli,
    folder: Option<&Path>,
) -> Result<Arc<Snapshot>, CommandError> {
    let Some(dir) = folder else {
        return Ok(existing_installation(cli).await?.registry.current());
    };
    let faults = |faults: Vec<metadata::Fault>| {
        let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
        CommandError::Failed(lines.join("\n"))
    };
    let bundle = Bundle::read(dir, moment_now().now).map_err(faults)?;
    let public_url =
        PublicUrl::parse("https://hub.invalid").map_err(|e| CommandError::Failed(e.to_string()))?;
    Ok(Arc::new(Snapshot::from_bundle(&bundle, 0, &public_url).map_err(faults)?))
}

/// The member of that id or code.
pub(super) fn member<'s>(snapshot: &'s Snapshot, id: &str) -> Result<&'s Member, CommandError> {
    snapshot.member_by_code(id).ok_or_else(|| {
        let near = nearest(id, snapshot.members().map(|m| m.id.as_str()));
        CommandError::Failed(format!("no member `{id}`: {near}"))
    })
}

/// The service of that id.
pub(super) fn service<'s>(snapshot: &'s Snapshot, id: &str) -> Result<&'s Service, CommandError> {
    let found = ServiceId::parse(id).ok().and_then(|id| snapshot.service(&id));
    found.ok_or_else(|| {
        let near = nearest(id, snapshot.services().map(|s| s.id.as_str()));
        CommandError::Failed(format!("no service `{id}`: {near}"))
    })
}
