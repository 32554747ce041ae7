//! How a login is answered to a SAML service: with a Response, by HTTP-POST.

use super::attributes::{self, Identifier};
use super::request::{REQUEST_LIFE_S, SKEW_S};
use super::return_to::{AnswerTo, ReturnTo};
use super::{IdentityProvider, KEY, authn_context, status};
use async_trait::async_trait;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use login::{Answered, Ready, ServiceProtocol, Session};
use metadata::{KeyRing, PublicUrl, Registry};
use model::{LogoutState, Moment, Next, Refusal, ReplyTo, Service, code};
use saml::{
    Binding, ErrorOut, NameId, ResponseOut, SamlError, Sign, SpMetadata, write_encrypted_response,
    write_error_response, write_response,
};
use std::sync::Arc;
use store::{SessionService, Shared, Space};

/// An answer is posted at once; the rest is for clocks that differ.
const ANSWER_LIFE_S: i64 = 300;

/// A request id is remembered for as long as the request could be answered once
/// more: while it is fresh, and through the longest login that it can start.
const REMEMBERED_S: i64 = REQUEST_LIFE_S + SKEW_S + 3600;

/// Answers logins with SAML Responses.
pub struct SamlIdpProtocol {
    idp: IdentityProvider,
}

impl SamlIdpProtocol {
    /// Answers from this registry, with these keys, as the hub at this address.
    pub fn new(
        registry: Registry,
        keys: Arc<KeyRing>,
        shared: Shared,
        public_url: PublicUrl,
    ) -> Self {
        Self { idp: IdentityProvider::new(registry, keys, shared, public_url) }
    }
}

#[async_trait]
impl ServiceProtocol for SamlIdpProtocol {
    fn key(&self) -> &'static str {
        KEY
    }

    async fn answer(
        &self,
        ready: &Ready,
        reply: &ReplyTo,
        moment: &Moment,
    ) -> Result<Answered, Refusal> {
        let answer = AnswerTo::from_reply(reply)
            .ok_or_else(|| Refusal::new(code::HUB_INTERNAL, "a saml reply cannot be read"))?;
        let service = &ready.service().id;
        let snapshot = self.idp.registry.current();
        let sp = snapshot.sp_metadata(service);
        let sp = still_registered(sp, &answer.to).map_err(|r| r.at_service(service))?;
        let context = check_login(ready.session(), &answer).map_err(|r| r.at_service(service))?;
        use_up(&self.idp, &answer.to, moment).await?;
        let name_id = self.idp.name_id(ready.session(), &answer, moment);
        let index = self.idp.session_index(ready.session(), &answer.to.entity_id);
        let detail = detail(&name_id, &index);
        let response =
            self.idp.response(ready, sp, &answer.to, Said { name_id, index, context }, moment);
        let xml = self.idp.written(&response, ready.service(), sp, moment);
        let xml = xml.map_err(|e| Refusal::from(e).at_service(service))?;
        Ok(Answered { next: answer.to.carry(&xml), detail })
    }

    fn refuse(&self, refusal: &Refusal, reply: &ReplyTo, moment: &Moment) -> Option<Next> {
        let answer = AnswerTo::from_reply(reply)?;
        error_answer(&self.idp, &answer.to, refusal, moment)
    }

    /// Single logout is not built: the service cannot be told.
    async fn logout(&self, _: &SessionService) -> LogoutState {
        LogoutState::CannotBeTold
    }
}

/// A Response that says no; `None` where it cannot be signed.
pub(crate) fn error_answer(
    idp: &IdentityProvider,
    to: &ReturnTo,
    refusal: &Refusal,
    moment: &Moment,
) -> Option<Next> {
    let (status, second) = status::of(refusal, to.is_passive);
    let out = ErrorOut {
        response_id: fresh_id(moment),
        issuer: idp.entity_id(),
        destination: to.acs.clone(),
        in_response_to: Some(to.request_id.clone()),
        issue_instant: moment.now,
        status,
        second,
        message: Some(status::message(refusal)),
    };
    let xml = write_error_response(&out, idp.keys.current().saml());
    let xml = xml.inspect_err(|error| tracing::error!(%error, "an error answer is not signed"));
    Some(to.carry(&xml.ok()?))
}

/// The login took minutes: an ACS that was struck from the metadata in the
/// meantime gets nothing.
fn still_registered<'a>(
    sp: Option<&'a SpMetadata>,
    to: &ReturnTo,
) -> Result<&'a SpMetadata, Refusal> {
    let holds = |sp: &&SpMetadata| {
        sp.entity_id == *to.entity_id
            && sp.acs.iter().any(|acs| acs.binding == Binding::Post && acs.location == to.acs)
    };
    sp.filter(holds)
        .ok_or_else(|| Refusal::new(code::SAML_REQ_ACS, "the ACS is no longer registered"))
}

/// Whether this login is what the request asked for; the class to state.
fn check_login(session: &Session, answer: &AnswerTo) -> Result<String, Refusal> {
    // Core 3.4.1.5.1: ProxyCount 0 wants the hub's own word.
    if answer.forbids_proxy && !session.authorities().is_empty() {
        let log = "ProxyCount is 0 and the login was made at a library";
        return Err(Refusal::new(code::SAML_REQ_PROXY_COUNT, log));
    }
    authn_context::stated(session.acr(), &answer.contexts).ok_or_else(|| {
        let log = "the login was made in another way than RequestedAuthnContext";
        Refusal::new(code::SAML_REQ_AUTHN_CONTEXT, log)
    })
}

/// Rule 3: one request, one answer, over all nodes. A second one would be an
/// assertion that its service did not ask for.
async fn use_up(idp: &IdentityProvider, to: &ReturnTo, moment: &Moment) -> Result<(), Refusal> {
    let name = format!("{}\n{}", to.entity_id, to.request_id);
    let digest = digest::digest(&digest::SHA256, name.as_bytes());
    let key = URL_SAFE_NO_PAD.encode(digest.as_ref());
    let until = moment.now.plus_s(REMEMBERED_S);
    if idp.shared.put_once(Space::Request, &key, until, moment.now).await? {
        return Ok(());
    }
    Err(Refusal::new(code::SAML_REQ_REPLAY, "the request id was answered before"))
}

/// What is said of the login beside its attributes.
struct Said {
    name_id: NameId,
    index: String,
    context: String,
}

impl IdentityProvider {
    fn name_id(&self, session: &Session, answer: &AnswerTo, moment: &Moment) -> NameId {
        let sp = &answer.to.entity_id;
        let pairwise = self.keys.pairwise(&session.reader().id, sp);
        answer.format.name(&pairwise, &moment.entropy.short_token(), &self.entity_id(), sp)
    }

    /// The service's own name of the session: two services cannot compare theirs,
    /// and the browser's secret never leaves the hub.
    fn session_index(&self, session: &Session, sp: &str) -> String {
        let mac =
            self.keys.mac("saml-session-index", format!("{sp}\n{}", session.sid()).as_bytes());
        format!("_{}", URL_SAFE_NO_PAD.encode(mac.get(..16).unwrap_or_default()))
    }

    /// Signed once, where the service looks for it, and encrypted where it or the registry asks.
    fn written(
        &self,
        response: &ResponseOut,
        service: &Service,
        sp: &SpMetadata,
        moment: &Moment,
    ) -> Result<String, SamlError> {
        let settings = service.saml.as_ref();
        let hash = settings.map(|s| s.signature_hash).unwrap_or_default();
        let keys = self.keys.current();
        let signer = keys.saml().hashing(hash);
        let sign = if sp.wants_assertions_signed { Sign::Assertion } else { Sign::Response };
        match sp.encryption.recipient(settings.and_then(|s| s.encrypt))? {
            Some(to) => write_encrypted_response(response, signer, sign, to, &moment.entropy),
            None => write_response(response, signer, sign),
        }
    }

    fn response(
        &self,
        ready: &Ready,
        sp: &SpMetadata,
        to: &ReturnTo,
        said: Said,
        moment: &Moment,
    ) -> ResponseOut {
        let session = ready.session();
        let snapshot = self.registry.current();
        let name_of = |identifier| {
            let sector = match identifier {
                Identifier::Subject => saml::attr::SUBJECT_ID,
                _ => &to.entity_id,
            };
            self.keys.pairwise(&session.reader().id, sector)
        };
        let identifier = Identifier::wanted_by(sp);
        let mut attributes: Vec<_> = identifier
            .attribute(name_of, ready.member(), self.public_url.host())
            .into_iter()
            .collect();
        attributes.extend(attributes::released(ready.release().values(), |value| {
            snapshot.wire_name(&ready.service().id, value).map(str::to_owned)
        }));
        ResponseOut {
            response_id: fresh_id(moment),
            assertion_id: fresh_id(moment),
            issuer: self.entity_id(),
            destination: to.acs.clone(),
            in_response_to: Some(to.request_id.clone()),
            audience: to.entity_id.clone(),
            issue_instant: moment.now,
            name_id: said.name_id,
            attributes,
            authn_instant: session.auth_time(),
            authn_context: said.context,
            session_index: said.index,
            session_not_on_or_after: Some(session.expires()),
            authenticating_authorities: session.authorities().to_vec(),
            lifetime_s: ANSWER_LIFE_S,
        }
    }
}

/// An xs:ID: begins with a letter or `_`.
fn fresh_id(moment: &Moment) -> String {
    format!("_{}", moment.entropy.short_token())
}

/// What a later logout must name (SAML Core section 3.7.1).
fn detail(name_id: &NameId, index: &str) -> String {
    serde_json::json!({ "name_id": name_id.value, "format": name_id.format, "index": index })
        .to_string()
}
