//! Documents that lie elsewhere: fetched, verified, kept. The last good copy wins (rule 8).

use super::attach::{certificate, jwks};
use super::content::{Content, Needed, Owner, Remote};
use super::entity::{identity_provider, judge_idp, judge_sp, service_provider};
use crate::HttpClient;
use model::Timestamp;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const METADATA_BYTES: usize = 2 << 20;
const JWKS_BYTES: usize = 64 << 10;
/// So many at once: a registry of a thousand addresses must not open a thousand sockets.
const AT_ONCE: usize = 8;

/// What became of one address at a refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteOutcome {
    /// The address.
    pub url: String,
    /// Whether the document has changed; the error says why the copy held was kept.
    pub changed: Result<bool, String>,
}

/// A document as fetched, for one that needs it.
pub(super) struct Fetched {
    pub(super) needed: Needed,
    pub(super) text: Result<String, String>,
}

/// Fetches every document; nothing is judged yet.
pub(super) async fn fetch(needed: Vec<Needed>, http: &HttpClient) -> Vec<Fetched> {
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    for needed in needed {
        let (http, permits) = (http.clone(), Arc::clone(&permits));
        tasks.spawn(async move {
            let permit = permits.acquire_owned().await;
            let cap = if needed.signer.is_some() { METADATA_BYTES } else { JWKS_BYTES };
            let answer = http.get(&needed.url, cap).await.and_then(crate::HttpAnswer::ok);
            drop(permit);
            let text = answer.map_err(|e| e.to_string());
            let text = text.and_then(|b| String::from_utf8(b).map_err(|_| "not UTF-8".to_owned()));
            Fetched { needed, text }
        });
    }
    tasks.join_all().await
}

/// Judges a document and keeps it; the error says why the copy held stays.
pub(super) fn keep(
    content: &mut Content,
    needed: &Needed,
    text: String,
    now: Timestamp,
) -> Result<bool, String> {
    let held = content.remote.get(&needed.owner);
    if held.is_some_and(|h| h.text == text && h.url == needed.url) {
        return Ok(false);
    }
    let known = content.entities.get(&needed.owner);
    let reading = read(content, needed, &text, now)?;
    if let Some(held) = held.filter(|h| h.url == needed.url) {
        // Signed long ago and shown again: a key that was taken out would be back.
        let before =
            read(content, needed, &held.text, held.fetched).ok().and_then(|r| r.valid_until);
        if before.is_some() && reading.valid_until < before {
            return Err("is older than the copy held".to_owned());
        }
        if known.is_some() && known != reading.entity.as_ref() {
            return Err("is of another entityID than the copy held".to_owned());
        }
    }
    if let Some(entity) = reading.entity {
        let same_role = |owner: &Owner| owner.is_service() == needed.owner.is_service();
        let other = |(owner, id): (&Owner, &String)| {
            *id == entity && *owner != needed.owner && same_role(owner)
        };
        if content.entities.iter().any(other) {
            return Err(format!("is of the entityID `{entity}`, which another entry has already"));
        }
        content.entities.insert(needed.owner.clone(), entity);
    }
    let url = needed.url.clone();
    content.remote.insert(needed.owner.clone(), Remote { url, text, fetched: now });
    Ok(true)
}

struct Read {
    entity: Option<String>,
    valid_until: Option<Timestamp>,
}

fn read(content: &Content, needed: &Needed, text: &str, now: Timestamp) -> Result<Read, String> {
    let Some(signer) = &needed.signer else {
        return jwks(text).map(|_| Read { entity: None, valid_until: None });
    };
    let pem = content.files.get(signer).ok_or("its signer's certificate is missing")?;
    let entities = saml::verify_metadata(text.as_bytes(), &certificate(pem)?, now)
        .map_err(|e| e.to_string())?;
    if needed.owner.is_service() {
        let sp = service_provider(entities)?;
        let of = |service: &&model::Service| Owner::service(&service.id) == needed.owner;
        let service = content.services.iter().find(of).and_then(|s| s.saml.as_ref());
        judge_sp(&sp, service.and_then(|s| s.encrypt), now)?;
        return Ok(Read {
            entity: Some(sp.entity_id.as_str().to_owned()),
            valid_until: sp.valid_until,
        });
    }
    let idp = identity_provider(entities)?;
    judge_idp(&idp, now)?;
    Ok(Read { entity: Some(idp.entity_id.as_str().to_owned()), valid_until: idp.valid_until })
}

/// Fetches everything anew into `content`; what is worse than the copy held changes nothing.
pub(crate) async fn refresh(
    content: &mut Content,
    http: &HttpClient,
    now: Timestamp,
) -> Vec<RemoteOutcome> {
    let mut outcomes = Vec::new();
    for fetched in fetch(content.needed(), http).await {
        let Fetched { needed, text } = fetched;
        let mut changed = text.and_then(|text| keep(content, &needed, text, now));
        if let Err(why) = &mut changed {
            why.push_str("; the copy held stays in force");
        }
        outcomes.push(RemoteOutcome { url: needed.url, changed });
    }
    outcomes
}

impl Owner {
    fn is_service(&self) -> bool {
        self.as_str().starts_with("service/")
    }
}
