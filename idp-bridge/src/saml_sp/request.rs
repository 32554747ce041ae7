//! The question: an AuthnRequest to the member's identity provider.

use super::SamlConnector;
use crate::{Ask, At, Begun};
use model::{Next, Refusal, Timestamp, code};
use saml::{
    AuthnRequestOut, Binding, Endpoint, IdpMetadata, MessageKind, post_fields, redirect_url,
};
use serde::{Deserialize, Serialize};

/// What the answer must match.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    /// ID of the request.
    pub(super) id: String,
    /// When it was written.
    pub(super) at: Timestamp,
    /// A fresh login was asked for.
    pub(super) force: bool,
}

impl SamlConnector {
    pub(super) fn ask(&self, at: &At<'_>, ask: &Ask<'_>) -> Result<Begun, Refusal> {
        self.ask_of(idp_in_force(at)?, at, ask)
    }

    pub(super) fn ask_of(
        &self,
        idp: &IdpMetadata,
        at: &At<'_>,
        ask: &Ask<'_>,
    ) -> Result<Begun, Refusal> {
        let endpoint = endpoint(idp)?;
        let state = State {
            // An XML name begins with no digit; 256 random bits (Core 1.3.4 asks for 128).
            id: format!("_{}", at.moment.entropy.token()),
            at: at.moment.now,
            force: ask.force,
        };
        let requesters = [ask.requester.to_owned()];
        let consortium = at.snapshot.consortium().name.r#in(ask.lang);
        let request = AuthnRequestOut {
            id: &state.id,
            destination: &endpoint.location,
            issuer: &self.entity_id,
            acs_url: &self.acs,
            force_authn: ask.force,
            is_passive: ask.passive,
            issue_instant: at.moment.now,
            requester_ids: &requesters,
            provider_name: (!consortium.is_empty()).then_some(consortium),
            proxy_count: None,
        };
        let next = self.send(&request, endpoint, idp.wants_signed_requests, ask)?;
        let state = serde_json::to_vec(&state)
            .map_err(|e| Refusal::new(code::HUB_INTERNAL, format!("saml state: {e}")))?;
        Ok(Begun { next, state })
    }

    /// By Redirect where the member takes it: a link, not a form, and nothing to resend.
    fn send(
        &self,
        request: &AuthnRequestOut<'_>,
        endpoint: &Endpoint,
        is_signed: bool,
        ask: &Ask<'_>,
    ) -> Result<Next, Refusal> {
        let relay_state = Some(ask.handle.as_str());
        let keys = self.keys.current();
        if endpoint.binding == Binding::Redirect {
            let signer = if is_signed { Some(keys.saml()) } else { None };
            let kind = MessageKind::Request;
            let url =
                redirect_url(&endpoint.location, kind, &request.to_xml(), relay_state, signer)?;
            return Ok(Next::Redirect(url));
        }
        let xml = if is_signed { request.to_signed_xml(keys.saml())? } else { request.to_xml() };
        let fields = post_fields(MessageKind::Request, &xml, relay_state);
        Ok(Next::AutoPost { action: endpoint.location.clone(), fields })
    }
}

/// The member's metadata, while they are in force.
pub(super) fn idp_in_force<'a>(at: &At<'a>) -> Result<&'a IdpMetadata, Refusal> {
    let idp = at.snapshot.idp_metadata(&at.member.id, at.connector).ok_or_else(|| {
        Refusal::new(code::LOG_NO_CONNECTOR, "no metadata of the identity provider")
    })?;
    require_in_force(idp, at.moment.now)?;
    Ok(idp)
}

/// Metadata 2.3.2: past `validUntil` they must not be used, or a key that the
/// member has given up would be believed for ever.
pub(super) fn require_in_force(idp: &IdpMetadata, now: Timestamp) -> Result<(), Refusal> {
    match idp.valid_until {
        Some(end) if end <= now => {
            Err(Refusal::new(code::SAML_METADATA, "metadata past their validUntil"))
        }
        _ => Ok(()),
    }
}

/// The first SingleSignOnService by Redirect, else by POST.
pub(super) fn endpoint(idp: &IdpMetadata) -> Result<&Endpoint, Refusal> {
    [Binding::Redirect, Binding::Post]
        .iter()
        .find_map(|binding| idp.sso.iter().find(|e| e.binding == *binding))
        .ok_or_else(|| {
            let what = "the identity provider takes neither HTTP-Redirect nor HTTP-POST";
            Refusal::new(code::LOG_NO_CONNECTOR, what)
        })
}
