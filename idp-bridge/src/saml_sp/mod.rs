//! The connector `saml`: the hub as service provider of a member's identity provider.
//!
//! ```text
//! begin  ─▶ AuthnRequest, RelayState = handle     (request.rs)
//! finish ─▶ verified answer ─▶ attributes ─▶ Claimed (answer.rs, said.rs)
//! ```

mod answer;
mod request;
mod said;
mod settings;

use crate::{Ask, At, Begun, Clue, Connector, Entry, Finished, Probe};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use metadata::{KeyRing, PublicUrl, Snapshot};
use model::{Answer, Handle, Inbound, Method, Moment, Refusal, code};
use saml::{SecondOpinion, SpSelf, decode_response, peek_issuer, write_sp_metadata};
use std::fmt;
use std::sync::Arc;

const METADATA: &str = "/saml/sp/metadata";
const ACS: &str = "/saml/sp/acs";
/// Room for the largest answer that is read, in base64 and percent-encoded.
const BODY_LIMIT: usize = 512 * 1024;
/// Bytes of a handle.
const HANDLE_BYTES: usize = 16;

/// Asks a member's SAML identity provider, and judges its answer.
#[derive(Clone)]
pub struct SamlConnector {
    entity_id: String,
    acs: String,
    /// Every name under which this very hub vouches begins so.
    own_names: String,
    keys: Arc<KeyRing>,
    second: Option<Arc<dyn SecondOpinion>>,
}

impl fmt::Debug for SamlConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SamlConnector").field("entity_id", &self.entity_id).finish_non_exhaustive()
    }
}

impl SamlConnector {
    /// With the hub's address and keys; `second` is asked before an answer is believed.
    pub fn new(
        public_url: &PublicUrl,
        keys: Arc<KeyRing>,
        second: Option<Arc<dyn SecondOpinion>>,
    ) -> Self {
        Self {
            entity_id: public_url.join(METADATA),
            acs: public_url.join(ACS),
            own_names: public_url.join("/saml/"),
            keys,
            second,
        }
    }
}

#[async_trait]
impl Connector for SamlConnector {
    fn kind(&self) -> &'static str {
        "saml"
    }

    fn entries(&self) -> Vec<Entry> {
        vec![
            Entry { path: METADATA, method: Method::Get, body_limit: 0 },
            Entry { path: ACS, method: Method::Post, body_limit: BODY_LIMIT },
        ]
    }

    fn identify(&self, inbound: &Inbound) -> Option<Clue> {
        if inbound.path == METADATA {
            return Some(Clue::Hub);
        }
        let params = inbound.form_params().ok()?;
        let relay_state = params.one("RelayState").ok()?;
        if let Some(handle) = relay_state.and_then(handle) {
            return Some(Clue::Handle(handle));
        }
        peek_issuer(&decode_response(&params).ok()?.xml).map(Clue::Issuer)
    }

    async fn begin(&self, at: &At<'_>, ask: &Ask<'_>) -> Result<Begun, Refusal> {
        self.ask(at, ask).map_err(|r| r.at_member(&at.member.id))
    }

    async fn finish(
        &self,
        at: &At<'_>,
        inbound: &Inbound,
        state: Option<&[u8]>,
        ask: Option<&Ask<'_>>,
    ) -> Result<Finished, Refusal> {
        self.judge(at, inbound, state, ask)
            .await
            .map(|claimed| Finished::Claimed(Box::new(claimed)))
            .map_err(|refusal| refusal.at_member(&at.member.id))
    }

    async fn hub_entry(
        &self,
        snapshot: &Snapshot,
        inbound: &Inbound,
        _moment: &Moment,
    ) -> Result<Answer, Refusal> {
        if inbound.path != METADATA {
            return Err(Refusal::new(
                code::WEB_NOT_FOUND,
                format!("{}: no such entry", inbound.path),
            ));
        }
        let keys = self.keys.current();
        let xml = write_sp_metadata(&SpSelf {
            entity_id: &self.entity_id,
            acs: &self.acs,
            certs: &keys.saml_certificates(),
            encryption_certs: &keys.saml_encryption_certificates(),
            name: &snapshot.consortium().name,
        });
        let kind = ("content-type".to_owned(), "application/samlmetadata+xml".to_owned());
        Ok(Answer { status: 200, headers: vec![kind], body: xml.into_bytes() })
    }

    async fn probe(&self, at: &At<'_>) -> Probe {
        settings::probe(at)
    }
}

/// A RelayState that has the shape of a handle of ours: 16 bytes in base64url.
/// Anything else can only be the target of an unsolicited start.
fn handle(relay_state: &str) -> Option<Handle> {
    let bytes = URL_SAFE_NO_PAD.decode(relay_state).ok()?;
    (bytes.len() == HANDLE_BYTES).then(|| Handle::parse(relay_state).ok())?
}

#[cfg(test)]
mod tests;
