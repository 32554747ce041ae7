//! `readerpass restore FILE`

use super::backup::note;
use super::print::Printer;
use super::{CommandError, Ended, configuration};
use crate::backup::{BackupError, Draft, Manifest, Opened, place};
use crate::cli::Cli;
use crate::config::Config;
use crate::installation::Installation;
use crate::outside::system_entropy;
use metadata::MasterKey;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use store::AuditReport;

pub(super) async fn run(cli: &Cli, file: &Path, print: Printer) -> Result<Ended, CommandError> {
    let config = configuration(cli)?;
    let opened = Opened::open(file)?;
    let manifest = opened.manifest().clone();
    same_hub(&manifest, &config)?;
    empty(&config)?;
    opened.sealed_by(&master(&config)?)?;

    let folder = &config.data_dir;
    let fault = |e| BackupError::File(folder.clone(), e);
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(fault)?;
    let target = folder.join("durable.db");
    let draft = Draft::beside(&target, &system_entropy());
    opened.unpack((&mut draft.create()?, draft.path()))?;
    let report = store::verify_snapshot(draft.path()).await?;
    place(&draft, &target)?;
    drop(draft);
    // Opens as the server will, and brings an older form up to this program's.
    let hub = Installation::open(config).await?;
    note(&hub, "backup.restored", &hub.moment()).await?;
    say(&hub, &manifest, &report, print);
    Ok(if report.broken.is_empty() { Ended::Good } else { Ended::NotGood })
}

/// Names of the hub are in keys, metadata and the ids of readers.
fn same_hub(manifest: &Manifest, config: &Config) -> Result<(), CommandError> {
    let (theirs, ours) = (manifest.public_url.as_str(), config.public_url.as_str());
    if theirs == ours {
        return Ok(());
    }
    Err(CommandError::Failed(format!(
        "the backup is of {theirs:?}, this configuration of {ours:?} — restore it under `public_url = {theirs:?}`"
    )))
}

/// The data folder may hold the master key, and nothing else.
fn empty(config: &Config) -> Result<(), CommandError> {
    let folder = &config.data_dir;
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(fault) => return Err(BackupError::File(folder.clone(), fault).into()),
    };
    let key = config.master_key_file.file_name();
    for entry in entries.map_while(Result::ok) {
        if Some(entry.file_name().as_os_str()) != key {
            return Err(CommandError::Failed(format!(
                "data_dir {}: not empty ({}) — stop the hub and move what is there away, but for the master key: a restore overwrites nothing",
                folder.display(),
                entry.file_name().display()
            )));
        }
    }
    Ok(())
}

fn master(config: &Config) -> Result<MasterKey, CommandError> {
    if let Some(given) = &config.master_key {
        return Ok(given.clone());
    }
    let path = &config.master_key_file;
    if !path.exists() {
        return Err(CommandError::Failed(format!(
            "master_key_file {}: missing — put the master key there that the hub had when the backup was made: what is secret in it is sealed under it",
            path.display()
        )));
    }
    Ok(MasterKey::load_or_create(path, &system_entropy()).map_err(BackupError::from)?)
}

fn say(hub: &Installation, manifest: &Manifest, report: &AuditReport, print: Printer) {
    let snapshot = hub.registry.current();
    let mut text = format!(
        "restored into {}: {} as of {}\n\
         registry version {}, {} members, {} services; {} audit entries\n",
        hub.config.data_dir.display(),
        manifest.public_url,
        manifest.created,
        snapshot.version(),
        snapshot.members().count(),
        snapshot.services().count(),
        report.entries,
    );
    text.push_str(if report.broken.is_empty() {
        "every chain of the audit log is whole\n"
    } else {
        "the audit log was broken already when the backup was made: run `readerpass audit verify`\n"
    });
    text.push_str(
        "what was changed since then is not in it; start it ten minutes after the old hub stopped, for what was used up once is not in it either\n",
    );
    let json = serde_json::json!({
        "data_dir": hub.config.data_dir, "backup": manifest,
        "registry_version": snapshot.version(),
        "audit": { "entries": report.entries, "broken": report.broken.len() },
    });
    print.result(&json, &text);
}
