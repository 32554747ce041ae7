//! How a login is answered to an OpenID Connect client: with a code.

use super::records::{Bearer, CODE_LIFE_S, CodeRecord};
use super::return_to::AnswerTo;
use super::{KEY, Provider};
use async_trait::async_trait;
use login::{Answered, Ready, ServiceProtocol};
use metadata::{KeyRing, PublicUrl, Registry};
use model::{LogoutState, Moment, Next, OidcClient, Refusal, ReplyTo, code};
use std::sync::Arc;
use store::{SessionService, Shared, Space};

/// Answers logins with authorization codes.
pub struct OidcProtocol {
    provider: Provider,
}

impl OidcProtocol {
    /// Answers from this registry, with these keys, as the hub at this address.
    pub fn new(
        registry: Registry,
        keys: Arc<KeyRing>,
        shared: Shared,
        public_url: PublicUrl,
    ) -> Self {
        Self { provider: Provider::new(registry, keys, shared, public_url) }
    }
}

#[async_trait]
impl ServiceProtocol for OidcProtocol {
    fn key(&self) -> &'static str {
        KEY
    }

    async fn answer(
        &self,
        ready: &Ready,
        reply: &ReplyTo,
        moment: &Moment,
    ) -> Result<Answered, Refusal> {
        let provider = &self.provider;
        let answer = AnswerTo::from_reply(reply)
            .ok_or_else(|| Refusal::new(code::HUB_INTERNAL, "an oidc reply cannot be read"))?;
        let client = still_registered(ready, &answer)?;
        let session = ready.session();
        check_hint(provider, ready, client, &answer)?;
        let record = CodeRecord {
            service: ready.service().id.clone(),
            client_id: answer.to.client_id.clone(),
            redirect_uri: answer.to.redirect_uri.clone(),
            code_challenge: answer.code_challenge.clone(),
            nonce: answer.nonce.clone(),
            grant: session.grant(),
        };
        let bearer = Bearer::mint(moment.entropy.token(), |data| provider.code_mac(data));
        let sealed = bearer
            .seal(&record)
            .ok_or_else(|| Refusal::new(code::HUB_INTERNAL, "a code record does not seal"))?;
        let expires = moment.now.plus_s(CODE_LIFE_S);
        provider.shared.put(Space::Code, &bearer.hash(), &sealed, expires, moment.now).await?;
        Ok(Answered {
            next: answer.to.with_code(provider.issuer(), bearer.as_str()),
            detail: provider.client_sid(session.sid(), &client.client_id),
        })
    }

    fn refuse(&self, refusal: &Refusal, reply: &ReplyTo, _: &Moment) -> Option<Next> {
        let answer = AnswerTo::from_reply(reply)?;
        Some(answer.to.with_error(self.provider.issuer(), refusal.code()))
    }

    /// Front- and back-channel logout are not built: the client cannot be told.
    /// Its tokens end with the session all the same.
    async fn logout(&self, _: &SessionService) -> LogoutState {
        LogoutState::CannotBeTold
    }
}

/// The login took minutes: an address that was struck from the registry in the
/// meantime gets nothing.
fn still_registered<'a>(ready: &'a Ready, answer: &AnswerTo) -> Result<&'a OidcClient, Refusal> {
    let service = ready.service();
    service
        .oidc
        .as_ref()
        .filter(|client| client.client_id == answer.to.client_id)
        .filter(|client| client.redirect_uris.contains(&answer.to.redirect_uri))
        .ok_or_else(|| {
            Refusal::new(code::OIDC_REDIRECT_URI, "redirect_uri is no longer registered")
                .at_service(&service.id)
        })
}

/// Core 3.1.2.1: an answer for another reader than the hint names would let a
/// silent renewal swap the person behind a running session.
fn check_hint(
    provider: &Provider,
    ready: &Ready,
    client: &OidcClient,
    answer: &AnswerTo,
) -> Result<(), Refusal> {
    let Some(hinted) = &answer.hinted_sub else { return Ok(()) };
    let sub = provider.sub(ready.service(), client, &ready.session().reader().id);
    if *hinted == sub {
        return Ok(());
    }
    let log = "another reader is logged in than id_token_hint names";
    Err(Refusal::new(code::LOG_LOGIN_REQUIRED, log).at_service(&ready.service().id))
}
