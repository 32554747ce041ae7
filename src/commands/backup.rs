//! `readerpass backup FILE`

use super::print::Printer;
use super::{CommandError, Ended, existing_installation};
use crate::backup::{Draft, Manifest, has_room, place, write};
use crate::cli::Cli;
use crate::config::Config;
use crate::installation::{Installation, master_key};
use model::Moment;
use std::collections::BTreeMap;
use std::path::Path;
use store::{Actor, AuditEntry};

pub(super) async fn run(cli: &Cli, file: &Path, print: Printer) -> Result<Ended, CommandError> {
    let hub = existing_installation(cli).await?;
    outside(&hub.config, file)?;
    has_room(file)?;
    let moment = hub.moment();
    // In the log before the copy is taken, so that the copy tells of itself.
    note(&hub, "backup.taken", &moment).await?;
    hub.durable.write_heads(moment.now).await?;
    let snapshot = Draft::beside(file, &moment.entropy);
    hub.durable.snapshot_to(snapshot.path()).await?;
    let draft = Draft::beside(file, &moment.entropy);
    let master = master_key(&hub.config, &moment.entropy)?;
    let mut open = draft.create()?;
    let to = (&mut open, draft.path());
    let manifest = write(snapshot.path(), to, hub.config.public_url.as_str(), &master, &moment)?;
    place(&draft, file)?;
    say(file, &hub.config, &manifest, print);
    Ok(Ended::Good)
}

/// Writes down what is done with everything that is known of everybody (rule 11).
pub(super) async fn note(
    hub: &Installation,
    act: &str,
    moment: &Moment,
) -> Result<(), CommandError> {
    let entry = AuditEntry {
        actor: Actor::Command,
        act: act.to_owned(),
        member: None,
        service: None,
        code: None,
        outcome: None,
        personal: BTreeMap::new(),
    };
    Ok(hub.durable.append_audit(&entry, moment.now, moment.entropy.bytes()).await?)
}

fn outside(config: &Config, file: &Path) -> Result<(), CommandError> {
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let is_inside = match (folder.canonicalize(), config.data_dir.canonicalize()) {
        (Ok(folder), Ok(data)) => folder.starts_with(data),
        _ => false,
    };
    if is_inside {
        return Err(CommandError::Failed(format!(
            "{}: lies in the data folder and would be lost with it — name a file elsewhere, best on another disk",
            file.display()
        )));
    }
    Ok(())
}

fn say(file: &Path, config: &Config, manifest: &Manifest, print: Printer) {
    // One that was given lies where its giver keeps it.
    let file_of_key = config.master_key.is_none().then_some(&config.master_key_file);
    let key = file_of_key.map(|path| format!(" {}", path.display())).unwrap_or_default();
    let text = format!(
        "{}: {} octets of {}\n\
         not in it: the master key{key} — keep a copy of it, and apart from the backup: one without the other opens nothing\n\
         not in it: sessions — readers log in again after a restore\n",
        file.display(),
        manifest.bytes,
        manifest.public_url
    );
    let json = serde_json::json!({
        "file": file, "backup": manifest, "keep_apart": file_of_key.into_iter().collect::<Vec<_>>(),
    });
    print.result(&json, &text);
}
