//! `/saml/idp/sso`: a service asks for a login, by HTTP-Redirect or HTTP-POST.

use super::protocol::error_answer;
use super::request::{self, Own};
use super::return_to::{AnswerTo, ReturnTo};
use super::{Endpoints, IdentityProvider, KEY};
use crate::clipped;
use axum::extract::State;
use login::{Edge, Refused, Reply};
use metadata::Snapshot;
use model::{IdpChoice, LoginRequest, MemberId, Method, Params, Prompt, Refusal, Service, code};
use saml::{AuthnRequest, RawRequest, SpMetadata, decode_post, decode_redirect};

/// Until the ACS is proved every error stays on our page; after that the service
/// is told, by way of the reader where the reader can do something about it.
pub(crate) async fn sso(State(endpoints): State<Endpoints>, edge: Edge) -> Result<Reply, Refused> {
    let idp = &endpoints.idp;
    let snapshot = idp.registry.current();
    let on_page = |refusal: Refusal| Refused::from((refusal, edge.code));
    let (raw, params) = decode(&edge).map_err(on_page)?;
    let claimed = request::parse(&raw).map_err(on_page)?;
    let (service, sp) = find_service(&snapshot, &claimed.issuer).map_err(on_page)?;
    let (sso_url, sp_entity_id) = (idp.sso_url(), idp.own_sp_entity_id());
    let own = Own { sso_url: &sso_url, sp_entity_id: &sp_entity_id, now: edge.moment.now };
    let (asked, to) = prove(&raw, claimed, sp, &own)
        .map_err(|refusal| on_page(refusal.at_service(&service.id)))?;
    let accepted = request::read(&asked, &to, sp, &own)
        .and_then(|answer| Ok((answer, member(&snapshot, &params)?)));
    match accepted {
        Ok((answer, member)) => {
            let request = login_request(service, &asked, &answer, member);
            endpoints.login.start(&edge, request).await
        }
        Err(refusal) => answer_fault(idp, &edge, &to, refusal.at_service(&service.id)),
    }
}

fn decode(edge: &Edge) -> Result<(RawRequest, Params), Refusal> {
    let unreadable =
        |fault: model::ParamFault| Refusal::new(code::SAML_REQ_MALFORMED, fault.to_string());
    let query = edge.inbound.query_params().map_err(unreadable)?;
    let raw = match edge.inbound.method {
        Method::Get => decode_redirect(&edge.inbound.query)?,
        Method::Post => decode_post(&edge.inbound.form_params().map_err(unreadable)?)?,
    };
    Ok((raw, query))
}

/// The service by its entityID. The Issuer is not verified yet: it only chooses
/// the metadata by which everything else is judged.
fn find_service<'s>(
    snapshot: &'s Snapshot,
    issuer: &str,
) -> Result<(&'s Service, &'s SpMetadata), Refusal> {
    let (service, sp) = snapshot.service_by_entity_id(issuer).ok_or_else(|| {
        let log = format!("the Issuer {} is not registered", clipped(issuer));
        Refusal::new(code::SAML_REQ_UNKNOWN_ISSUER, log)
    })?;
    require_shared(service)?;
    Ok((service, sp))
}

/// Rule 6: a service that faces its members' own providers is not answered by
/// the shared one. The virtual ones are not built; `check` refuses the setting too.
fn require_shared(service: &Service) -> Result<(), Refusal> {
    match service.saml.as_ref().map(|saml| saml.idp) {
        Some(IdpChoice::Shared) => Ok(()),
        Some(IdpChoice::Member) | None => {
            let log = "idp = \"member\": virtual identity providers are not built";
            Err(Refusal::new(code::SAML_REQ_UNSUPPORTED, log).at_service(&service.id))
        }
    }
}

fn prove(
    raw: &RawRequest,
    claimed: AuthnRequest,
    sp: &SpMetadata,
    own: &Own<'_>,
) -> Result<(AuthnRequest, ReturnTo), Refusal> {
    let asked = request::authenticate(raw, claimed, sp)?;
    let to = request::address(&asked, raw.relay_state.as_deref(), sp, own)?;
    Ok((asked, to))
}

fn login_request(
    service: &Service,
    asked: &AuthnRequest,
    answer: &AnswerTo,
    member: Option<MemberId>,
) -> LoginRequest {
    // Core 3.4.1; the two together were refused before.
    let prompt = match (asked.is_passive, asked.force_authn) {
        (true, _) => Prompt::Never,
        (false, true) => Prompt::Login,
        (false, false) => Prompt::AsNeeded,
    };
    LoginRequest {
        service: service.id.clone(),
        protocol: KEY.to_owned(),
        reply: answer.to_reply(),
        member,
        only_member: None,
        prompt,
        max_age_s: None,
        lang: None,
        login_hint: None,
    }
}

/// `member=ID` or `tenant=CODE` in the address: skips discovery.
fn member(snapshot: &Snapshot, query: &Params) -> Result<Option<MemberId>, Refusal> {
    let one =
        |name| query.one(name).map_err(|f| Refusal::new(code::SAML_REQ_MALFORMED, f.to_string()));
    let Some(named) = one("member")?.or(one("tenant")?).filter(|named| !named.is_empty()) else {
        return Ok(None);
    };
    let found = snapshot.member_by_code(named).map(|member| member.id.clone());
    found
        .map(Some)
        .ok_or_else(|| Refusal::new(code::LOG_UNKNOWN_MEMBER, "member or tenant is not known"))
}

/// IsPassive and protocol errors go back at once; what the reader can mend
/// comes to our page first, with a button back (rule 7).
fn answer_fault(
    idp: &IdentityProvider,
    edge: &Edge,
    to: &ReturnTo,
    refusal: Refusal,
) -> Result<Reply, Refused> {
    let back = error_answer(idp, to, &refusal, &edge.moment);
    let is_for_reader = refusal.code() == code::LOG_UNKNOWN_MEMBER;
    match back {
        Some(back) if to.is_passive || !is_for_reader => {
            tracing::info!(login_code = %edge.code, %refusal, "AuthnRequest refused");
            Ok(Reply::from(back))
        }
        back => Err(Refused { back: back.map(Box::new), ..Refused::from((refusal, edge.code)) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::samples::service;
    use model::{MetadataRef, SamlSp, SignatureHash};

    #[test]
    fn a_service_of_the_virtual_providers_is_refused_by_name() {
        let facing = |idp| {
            let metadata = MetadataRef::File("sp.xml".into());
            let (encrypt, signature_hash) = (None, SignatureHash::default());
            let saml = SamlSp { metadata, idp, encrypt, signature_hash };
            Service { saml: Some(saml), ..service() }
        };
        assert!(require_shared(&facing(IdpChoice::Shared)).is_ok());
        let refused = require_shared(&facing(IdpChoice::Member)).expect_err("refused");
        assert_eq!(refused.code(), code::SAML_REQ_UNSUPPORTED);
    }
}
