//! Putting a registry in force.

use super::content::{Content, Owner};
use super::remote::{Fetched, fetch, keep};
use super::{Bundle, Diff, Fault, check};
use crate::{HttpClient, KeyRing};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;
use store::{Durable, StoreError};

/// How often another writer may be faster before we give up.
const ATTEMPTS: usize = 5;

/// A registry put in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// The version in force now; that of before where nothing differed.
    pub version: u64,
    /// What differed.
    pub diff: Diff,
}

/// Why a registry was not put in force, compared or exported; nothing has changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// The store failed, or others wrote to it again and again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Documents could not be fetched, or what they hold cannot be used.
    #[error("{}", listed(.0))]
    Faults(Vec<Fault>),
    /// A file could not be written.
    #[error("{file}: {cause}")]
    Io {
        /// The file.
        file: String,
        /// Why.
        cause: io::Error,
    },
    /// The folder of an export holds other registry files, which would be mixed in.
    #[error(
        "{folder} holds registry files that are not part of this export ({files}) — name an empty folder"
    )]
    Mixed {
        /// The folder.
        folder: String,
        /// Some of the files.
        files: String,
    },
}

fn listed(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Fetches what lies elsewhere and puts the registry in force, all or nothing.
///
/// Where an address does not answer, the copy in force is kept if the
/// reference is unchanged. Where nothing differs, nothing is written.
pub async fn apply(
    durable: &Durable,
    keys: &KeyRing,
    http: &HttpClient,
    bundle: Bundle,
    now: Timestamp,
) -> Result<Applied, ApplyError> {
    let Bundle { content: mut wanted, secrets, connector_secrets, .. } = bundle;
    let macs = secrets.iter().map(|(id, secret)| {
        (id.clone(), URL_SAFE_NO_PAD.encode(keys.client_secret_mac(id, secret)))
    });
    wanted.secrets = macs.collect();
    for (owner, secret) in connector_secrets {
        let sealed = keys.seal_secret(owner.as_str(), &secret);
        let sealed =
            sealed.ok_or_else(|| StoreError::Corrupt(format!("sealing {}", owner.as_str())))?;
        wanted.sealed.insert(owner, sealed);
    }
    let fetched: BTreeMap<Owner, Fetched> = fetch(wanted.needed(), http)
        .await
        .into_iter()
        .map(|f| (f.needed.owner.clone(), f))
        .collect();
    for _ in 0..ATTEMPTS {
        let (version, before) = in_force(durable).await?;
        let after = with_remote(wanted.clone(), &before, &fetched, now)?;
        let diff = Diff::between(&before, &after);
        if after == before {
            return Ok(Applied { version, diff });
        }
        let encoded = after.encode().map_err(StoreError::Corrupt)?;
        match durable.swap_registry(version, &encoded, now).await {
            Ok(version) => return Ok(Applied { version, diff }),
            Err(StoreError::Conflict) => {}
            Err(e) => return Err(e.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// What `apply` would change; nothing is fetched or written. Without a store,
/// everything is new. Whether a secret is another one, only `apply` can tell.
pub async fn plan(durable: Option<&Durable>, bundle: &Bundle) -> Result<Diff, ApplyError> {
    let before = match durable {
        Some(durable) => in_force(durable).await?.1,
        None => Content::default(),
    };
    Ok(Diff::between(&before, &bundle.content))
}

/// Of which parts the folder would leave nothing that is in force: `members`, `services`. More
/// often than not it is the wrong folder.
pub async fn emptied(durable: &Durable, bundle: &Bundle) -> Result<Vec<&'static str>, ApplyError> {
    let (_, before) = in_force(durable).await?;
    let after = &bundle.content;
    let lost_members = !before.members.is_empty()
        && before.members.iter().all(|old| after.members.iter().all(|new| new.id != old.id));
    let lost_services = !before.services.is_empty()
        && before.services.iter().all(|old| after.services.iter().all(|new| new.id != old.id));
    let parts = [("members", lost_members), ("services", lost_services)];
    Ok(parts.into_iter().filter(|(_, is_lost)| *is_lost).map(|(part, _)| part).collect())
}

/// The registry in force and its version; an empty one with version 0 where there is none.
pub(super) async fn in_force(durable: &Durable) -> Result<(u64, Content), StoreError> {
    match durable.load_registry().await? {
        Some(stored) => {
            let content = Content::decode(&stored.content).map_err(StoreError::Corrupt)?;
            Ok((stored.version, content))
        }
        None => Ok((0, Content::default())),
    }
}

fn with_remote(
    mut wanted: Content,
    before: &Content,
    fetched: &BTreeMap<Owner, Fetched>,
    now: Timestamp,
) -> Result<Content, ApplyError> {
    // Copies in force count only for the same address and the same signer.
    let signers: BTreeMap<Owner, Option<&String>> = before
        .needed()
        .into_iter()
        .map(|n| (n.owner, n.signer.and_then(|s| before.files.get(&s))))
        .collect();
    let mut faults = Vec::new();
    for needed in wanted.needed() {
        let signer = needed.signer.as_ref().and_then(|s| wanted.files.get(s));
        let held = before.remote.get(&needed.owner);
        let held =
            held.filter(|h| h.url == needed.url && signers.get(&needed.owner) == Some(&signer));
        if let Some(held) = held {
            wanted.remote.insert(needed.owner.clone(), held.clone());
            if let Some(entity) = before.entities.get(&needed.owner) {
                wanted.entities.insert(needed.owner.clone(), entity.clone());
            }
        }
        let has_copy = held.is_some();
        let text = match fetched.get(&needed.owner).map(|f| &f.text) {
            Some(Ok(text)) => Ok(text.clone()),
            Some(Err(why)) => Err(why.clone()),
            None => Err("was not fetched".to_owned()),
        };
        match text.and_then(|text| keep(&mut wanted, &needed, text, now)) {
            Ok(_) => {}
            Err(why) if has_copy => {
                tracing::warn!(url = %needed.url, %why, "the copy in force is kept");
            }
            Err(why) => {
                let what = format!("`{}`: {why}", needed.url);
                faults.push(Fault::key(
                    &needed.file,
                    needed.key,
                    what,
                    "correct the reference, or ask its publisher",
                ));
            }
        }
    }
    faults.extend(check::entity_ids(&wanted));
    if faults.is_empty() { Ok(wanted) } else { Err(ApplyError::Faults(faults)) }
}
