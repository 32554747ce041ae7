//! The portal as a service of its own: a login that leads to `/`.

use crate::PORTAL;
use async_trait::async_trait;
use login::{Answered, Ready, ServiceProtocol, SessionService};
use model::{LogoutState, Moment, Next, Refusal, ReplyTo};

/// Answers with a redirect to `/`, whatever was asked: nothing of a request can lead
/// elsewhere, and the page there looks at the session anew.
#[derive(Debug, Clone, Copy, Default)]
pub struct PortalProtocol;

#[async_trait]
impl ServiceProtocol for PortalProtocol {
    fn key(&self) -> &'static str {
        PORTAL
    }

    async fn answer(&self, _: &Ready, _: &ReplyTo, _: &Moment) -> Result<Answered, Refusal> {
        Ok(Answered { next: Next::Redirect("/".to_owned()), detail: String::new() })
    }

    /// There is no one else to tell: the reader sees our page.
    fn refuse(&self, _: &Refusal, _: &ReplyTo, _: &Moment) -> Option<Next> {
        None
    }

    /// The portal keeps no session but the hub's own.
    async fn logout(&self, _: &SessionService) -> LogoutState {
        LogoutState::Ended
    }
}
