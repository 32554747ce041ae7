//! Desk and console as services of their own.

use super::Room;
use async_trait::async_trait;
use login::{Answered, Ready, ServiceProtocol, SessionService};
use model::{LogoutState, Moment, Next, Refusal, ReplyTo};

/// Answers with a redirect to its room, whatever was asked: nothing of a request can lead
/// elsewhere, and the page there looks at session and role anew.
#[derive(Debug, Clone, Copy)]
pub struct StaffProtocol(Room);

impl StaffProtocol {
    /// The librarian's desk.
    pub fn desk() -> Self {
        Self(Room::Desk)
    }

    /// The operator's console.
    pub fn console() -> Self {
        Self(Room::Console)
    }
}

#[async_trait]
impl ServiceProtocol for StaffProtocol {
    fn key(&self) -> &'static str {
        self.0.service()
    }

    async fn answer(&self, _: &Ready, _: &ReplyTo, _: &Moment) -> Result<Answered, Refusal> {
        Ok(Answered { next: Next::Redirect(self.0.path().to_owned()), detail: String::new() })
    }

    /// There is no one else to tell: who came to work sees our page.
    fn refuse(&self, _: &Refusal, _: &ReplyTo, _: &Moment) -> Option<Next> {
        None
    }

    /// Neither keeps a session but the hub's own.
    async fn logout(&self, _: &SessionService) -> LogoutState {
        LogoutState::Ended
    }
}
