//! What a service protocol is to the path of a login.

use crate::Ready;
use async_trait::async_trait;
use model::{LogoutState, Moment, Next, Refusal, ReplyTo};
use std::fmt;
use store::SessionService;

/// One way that services speak to the hub: OpenID Connect, SAML, the portal, …
///
/// It never holds the path of a login; its own handlers do.
#[async_trait]
pub trait ServiceProtocol: Send + Sync {
    /// Its key, as in [`model::LoginRequest::protocol`]; stable, it is part of what is stored.
    fn key(&self) -> &'static str;

    /// The answer to the service. Called at most once for a login (rule 2); every value
    /// in it comes from `ready`.
    async fn answer(
        &self,
        ready: &Ready,
        reply: &ReplyTo,
        moment: &Moment,
    ) -> Result<Answered, Refusal>;

    /// The protocol's own error, where the service can be told; `None` where it cannot.
    fn refuse(&self, refusal: &Refusal, reply: &ReplyTo, moment: &Moment) -> Option<Next>;

    /// Ends the service's session, where that can be done and told truthfully (rule 12).
    async fn logout(&self, service: &SessionService) -> LogoutState;
}

/// An answer to a service, ready to leave.
pub struct Answered {
    /// The browser takes it there.
    pub next: Next,
    /// What a logout must name later, e.g. NameID and SessionIndex; the protocol's own encoding.
    pub detail: String,
}

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answered")
    }
}
