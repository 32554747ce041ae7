//! Reading a folder from disk.

use super::content::{Content, Owner, Renames, has_ending};
use super::{Fault, attach, check, parse, shape};
use model::{Member, Service, ServiceId, Timestamp};
use policy::Unread;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use toml::Table;
use zeroize::Zeroizing;

/// No file of ours comes near; what does is not one of ours.
const FILE_BYTES: u64 = 1 << 20;

/// A folder as far as it could be read, and everything that is wrong with it.
pub(super) struct Reading {
    pub(super) dir: PathBuf,
    pub(super) now: Timestamp,
    pub(super) content: Content,
    pub(super) secrets: BTreeMap<ServiceId, Zeroizing<String>>,
    pub(super) connector_secrets: BTreeMap<Owner, Zeroizing<String>>,
    /// Ids that files are named after, so that one broken file does not make
    /// every reference to it look wrong as well.
    pub(super) service_files: BTreeSet<String>,
    pub(super) member_files: BTreeSet<String>,
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttributesFile {
    #[serde(default)]
    service: Renames,
}

impl Reading {
    /// Reads and judges the whole folder.
    pub(super) fn of(dir: &Path, now: Timestamp) -> Self {
        let mut reading = Self {
            dir: dir.to_owned(),
            now,
            content: Content::default(),
            secrets: BTreeMap::new(),
            connector_secrets: BTreeMap::new(),
            service_files: BTreeSet::new(),
            member_files: BTreeSet::new(),
            faults: Vec::new(),
            warnings: Vec::new(),
        };
        if dir.is_dir() {
            reading.read();
            check::all(&mut reading);
            attach::all(&mut reading);
            check::across(&mut reading);
        } else {
            let shown = dir.display().to_string();
            reading.faults.push(Fault::file(&shown, "no such folder", "name the registry folder"));
        }
        reading.faults.sort();
        reading.faults.dedup();
        reading.warnings.sort();
        reading
    }

    fn read(&mut self) {
        for name in self.list("") {
            let is_known =
                matches!(name.as_str(), "consortium.toml" | "attributes.toml" | "roles.toml");
            if has_ending(&name, "toml") && !is_known {
                let remedy = "known here are consortium.toml, attributes.toml and the folders members, services and policy";
                self.faults.push(Fault::file(&name, "unknown file", remedy));
            }
            self.judge_folder(&name);
        }
        if self.has("consortium.toml") {
            self.content.consortium = self.document("consortium.toml", |_, _| Vec::new());
        }
        if self.has("attributes.toml") {
            let file: Option<AttributesFile> = self.document("attributes.toml", |_, _| Vec::new());
            self.content.renames = file.map(|f| f.service).unwrap_or_default();
        }
        for (part, what) in [("roles.toml", "roles"), ("sources", "metadata sources")] {
            if self.has(part) && (part != "sources" || !self.list(part).is_empty()) {
                let remedy = "take it out until a later version knows it";
                self.faults.push(Fault::file(part, format!("{what} are not built yet"), remedy));
            }
        }
        self.member_files = self.stems("members");
        self.service_files = self.stems("services");
        let (members, misnamed) =
            self.documents("members", shape::connectors, |m: &Member| m.id.to_string());
        self.content.members = members;
        self.member_files.extend(misnamed);
        let (services, misnamed) =
            self.documents("services", shape::service, |s: &Service| s.id.to_string());
        self.content.services = services;
        self.service_files.extend(misnamed);
        self.read_policy();
    }

    /// A folder of registry files under another name is a slip of the pen (`member`): passed
    /// over, it would take everything in it out of force. Folders of other files are theirs.
    fn judge_folder(&mut self, name: &str) {
        if matches!(name, "members" | "services" | "policy" | "sources") {
            return;
        }
        let is_ours = |file: &String| has_ending(file, "toml") || has_ending(file, "cedar");
        if let Some(file) = self.list(name).iter().find(|file| is_ours(file)) {
            let what = format!("unknown folder, with registry files in it (`{file}`)");
            let remedy = "known here are the folders members, services and policy: rename it, or keep it elsewhere";
            self.faults.push(Fault::file(name, what, remedy));
        }
    }

    fn read_policy(&mut self) {
        for name in self.list("policy") {
            let file = format!("policy/{name}");
            let is_ours = has_ending(&name, "cedar")
                || matches!(name.as_str(), "matrix.toml" | "assertions.toml");
            if is_ours {
                if let Some(text) = self.text(&file) {
                    self.content.policy.insert(name, text);
                }
            } else if has_ending(&name, "toml") {
                let remedy = "known here are *.cedar, matrix.toml and assertions.toml";
                self.faults.push(Fault::file(&file, "unknown file", remedy));
            }
        }
    }

    fn stems(&mut self, folder: &str) -> BTreeSet<String> {
        let names = self.list(folder).into_iter();
        names.filter_map(|n| n.strip_suffix(".toml").map(str::to_owned)).collect()
    }

    /// What others may refer to, though it could not be read.
    pub(super) fn unread(&self) -> Unread {
        let read: BTreeSet<&str> = self.content.services.iter().map(|s| s.id.as_str()).collect();
        let lost = self.service_files.iter().filter(|id| !read.contains(id.as_str()));
        Unread {
            services: lost.cloned().collect(),
            matrix: self.has("policy/matrix.toml")
                && !self.content.policy.contains_key("matrix.toml"),
        }
    }

    /// Every document of a folder, and the ids of those that are not named after theirs.
    fn documents<T: DeserializeOwned>(
        &mut self,
        folder: &str,
        shape: fn(&str, &Table) -> Vec<Fault>,
        id: fn(&T) -> String,
    ) -> (Vec<T>, Vec<String>) {
        let (mut read, mut misnamed) = (Vec::new(), Vec::new());
        for stem in self.stems(folder) {
            let file = format!("{folder}/{stem}.toml");
            let Some(document) = self.document(&file, shape) else { continue };
            let id = id(&document);
            if id == stem {
                read.push(document);
                continue;
            }
            let other = format!("{folder}/{id}.toml");
            let is_taken = self.has(&other);
            let (what, remedy) = if is_taken {
                (
                    format!("the id `{id}` is that of {other} already"),
                    "give each its own id and file".to_owned(),
                )
            } else {
                (
                    format!("the id `{id}` is not that of the file"),
                    format!("rename the file to {id}.toml"),
                )
            };
            self.faults.push(Fault::key(&file, "id", what, remedy));
            misnamed.push(id);
        }
        (read, misnamed)
    }

    fn document<T: DeserializeOwned>(
        &mut self,
        file: &str,
        shape: fn(&str, &Table) -> Vec<Fault>,
    ) -> Option<T> {
        let text = self.text(file)?;
        let parsed = parse::table(file, &text).map_err(|fault| vec![fault]).and_then(|table| {
            let faults = shape(file, &table);
            if faults.is_empty() { Ok(()) } else { Err(faults) }
        });
        match parsed.and_then(|()| parse::parse(file, &text).map_err(|fault| vec![fault])) {
            Ok(document) => Some(document),
            Err(faults) => {
                self.faults.extend(faults);
                None
            }
        }
    }

    /// Whether the folder has a file or folder of that exact name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.dir.join(name).exists()
    }

    /// The text of a file of ours; a fault where it cannot be read.
    fn text(&mut self, file: &str) -> Option<String> {
        match text(&self.dir.join(file), FILE_BYTES) {
            Ok(text) => Some(text),
            Err(what) => {
                self.faults.push(Fault::file(file, what, "make it a readable UTF-8 file"));
                None
            }
        }
    }

    /// Names in a folder, sorted; hidden ones (`.git`, `._nju.toml`) are passed over.
    fn list(&mut self, folder: &str) -> Vec<String> {
        let path = self.dir.join(folder);
        if !path.is_dir() {
            return Vec::new();
        }
        let listed: io::Result<Vec<String>> = fs::read_dir(&path).and_then(|entries| {
            let names = entries.map(|e| e.map(|e| e.file_name().to_string_lossy().into_owned()));
            names.collect()
        });
        let mut names = listed.unwrap_or_else(|e| {
            self.faults.push(Fault::file(folder, e.to_string(), "make the folder readable"));
            Vec::new()
        });
        names.retain(|name| !name.starts_with('.'));
        names.sort();
        names
    }
}

/// Reads a file of UTF-8 of at most `cap` bytes; the error is for people.
pub(super) fn text(path: &Path, cap: u64) -> Result<String, String> {
    let shown = |e: io::Error| match e.kind() {
        io::ErrorKind::NotFound => "the file is missing".to_owned(),
        _ => e.to_string(),
    };
    let file = File::open(path).map_err(shown)?;
    let mut bytes = Vec::new();
    file.take(cap + 1).read_to_end(&mut bytes).map_err(shown)?;
    if bytes.len() as u64 > cap {
        return Err(format!("larger than {cap} bytes"));
    }
    let text = String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
    // A byte order mark is no part of the text.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
