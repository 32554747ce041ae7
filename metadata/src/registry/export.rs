//! The registry in force as a folder.

use super::apply::in_force;
use super::attach::setting_secrets;
use super::{ApplyError, canonical};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use store::Durable;

/// What an export wrote, and what it did not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExportReport {
    /// Files written, by path in the folder.
    pub files: Vec<String>,
    /// Files that hold secrets: only their names are known here; bring them along.
    pub secrets_to_bring: Vec<String>,
}

/// Writes the registry in force to `dir`, in canonical form and without secrets.
///
/// A folder with registry files that the export would not overwrite is
/// refused: they would read as part of it.
pub async fn export(durable: &Durable, dir: &Path) -> Result<ExportReport, ApplyError> {
    let (_, content) = in_force(durable).await?;
    let files = canonical::files(&content);
    let strangers = strangers(dir, &files);
    if !strangers.is_empty() {
        let folder = dir.display().to_string();
        return Err(ApplyError::Mixed { folder, files: strangers.join(", ") });
    }
    for (path, text) in &files {
        write(dir, path, text).map_err(|cause| ApplyError::Io { file: path.clone(), cause })?;
    }
    let secrets =
        content.services.iter().filter_map(|s| s.oidc.as_ref()?.client_secret_file.as_ref());
    let named = secrets.map(|name| placed("services", name));
    let connectors = content.members.iter().flat_map(|m| &m.connectors);
    let settings = connectors.flat_map(setting_secrets).map(|(_, name)| placed("members", name));
    let secrets_to_bring = named.chain(settings).collect();
    Ok(ExportReport { files: files.into_keys().collect(), secrets_to_bring })
}

/// Where a file that `folder`'s files name lies.
fn placed(folder: &str, name: &str) -> String {
    if Path::new(name).is_absolute() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Some registry files in `dir` that are not among `files`.
fn strangers(dir: &Path, files: &BTreeMap<String, String>) -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["", "members", "services", "policy", "sources"] {
        let Ok(entries) = fs::read_dir(dir.join(folder)) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            let ending = Path::new(&name).extension().and_then(|e| e.to_str());
            let is_registry = matches!(ending, Some("toml" | "cedar")) && !name.starts_with('.');
            if is_registry && !files.contains_key(&path) && found.len() < 5 {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn write(dir: &Path, path: &str, text: &str) -> io::Result<()> {
    let target = dir.join(path);
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(target, text)
}
