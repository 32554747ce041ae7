//! A registry folder, read whole and found good.

use super::Fault;
use super::content::{Content, Owner};
use super::read::Reading;
use model::{ServiceId, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use zeroize::Zeroizing;

/// A registry folder without fault, with every file that it refers to.
///
/// It holds client secrets until `apply` has turned them into MACs, and those of connectors
/// until it has sealed them; Debug hides them.
pub struct Bundle {
    pub(crate) content: Content,
    pub(crate) secrets: BTreeMap<ServiceId, Zeroizing<String>>,
    pub(crate) connector_secrets: BTreeMap<Owner, Zeroizing<String>>,
    warnings: Vec<Fault>,
}

impl fmt::Debug for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bundle")
            .field("members", &self.content.members.len())
            .field("services", &self.content.services.len())
            .finish_non_exhaustive()
    }
}

impl Bundle {
    /// Reads a folder; every fault in it is told, not only the first.
    pub fn read(dir: &Path, now: Timestamp) -> Result<Self, Vec<Fault>> {
        let reading = Reading::of(dir, now);
        if reading.faults.is_empty() {
            let Reading { content, secrets, connector_secrets, warnings, .. } = reading;
            Ok(Self { content, secrets, connector_secrets, warnings })
        } else {
            Err(reading.faults)
        }
    }

    /// What may be meant and is worth a look; no reason to refuse the folder.
    pub fn warnings(&self) -> &[Fault] {
        &self.warnings
    }
}

/// What `check` found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Everything that is wrong, by file and key; empty: `apply` would take it.
    pub faults: Vec<Fault>,
    /// What may be meant and is worth a look; `apply` takes it.
    pub warnings: Vec<Fault>,
    /// Members that could be read.
    pub members: usize,
    /// Services that could be read.
    pub services: usize,
    /// Files of the policy folder.
    pub policies: usize,
}

/// Judges a folder without changing or asking anything; documents at an
/// address are fetched by `apply` only.
pub fn check(dir: &Path, now: Timestamp) -> CheckReport {
    let reading = Reading::of(dir, now);
    CheckReport {
        members: reading.content.members.len(),
        services: reading.content.services.len(),
        policies: reading.content.policy.len(),
        faults: reading.faults,
        warnings: reading.warnings,
    }
}
