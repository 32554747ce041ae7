//! A login that was asked for, and proved as another person than the one whose session
//! runs in this browser: the reader is asked before that session ends.
//!
//! ```text
//! finish ─▶ admit ─▶ another reader's mark ─▶ pending session ─▶ GET /login?h=H (same site)
//!     no session, or the same reader ─▶ settle ─▶ the answer
//!     another person's session       ─▶ Confirm ─▶ POST /login/confirm ─▶ settle
//! ```
//! A page elsewhere can make a browser begin a login, also at a library whose system
//! answers for the attacker. Without the question the reader would go on under the
//! attacker's name (login cross-site request forgery, RFC 9700 4.7). A password typed into our own form is such a press already: nobody else knows
//! the handle that the form needs.

use crate::decide::{live_service, open_member};
use crate::flight::{Flight, Waits};
use crate::resolve::Resolved;
use crate::take_up::{CONFIRM, ask_first};
use crate::turn::{Passage, Turn};
use crate::{Login, Refused, Reply, cookies};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{ConfirmKind, Evidence, Handle, Next, PageModel, ReaderId, Refusal, Sid, code};
use store::Actor;

/// Bytes of a mark: two readers of one browser never share one by chance.
const MARK_LEN: usize = 12;

impl Login {
    /// The mark of a reader: says to nobody who it is.
    pub(crate) fn mark_of(&self, reader: &ReaderId) -> String {
        let mac = self.0.keys.mac("session mark", reader.as_str().as_bytes());
        URL_SAFE_NO_PAD.encode(mac.first_chunk::<MARK_LEN>().unwrap_or(&[0; MARK_LEN]))
    }

    /// Whether the browser carries the mark of another reader than the one just proved by
    /// a library's word. The mark comes with a cross-site post, which carries no session;
    /// where it is missing, the session that ran when the library was asked tells as much.
    pub(crate) async fn is_another_person(
        &self,
        turn: &Turn<'_>,
        old: Option<&Sid>,
        resolved: &Resolved,
    ) -> Result<bool, Refusal> {
        let reader = &resolved.reader().id;
        if resolved.membership().evidence == Evidence::PasswordChecked {
            return Ok(false);
        }
        if let Some(mark) = turn.inbound().cookie(cookies::MARK) {
            return Ok(mark != self.mark_of(reader));
        }
        let Some(old) = old else { return Ok(false) };
        let running = self.running(old, turn.moment()).await?;
        Ok(running.is_some_and(|session| session.reader().id != *reader))
    }

    /// Sends the browser to a same-site step, which alone shows whose session runs.
    pub(crate) async fn hold_back(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
        waits: Waits,
    ) -> Result<Next, Refusal> {
        self.audit_login(turn, passage, "login.admitted", None).await?;
        passage.flight.waits = Some(waits);
        passage.handle = None;
        let handle = self.carry(turn, passage).await?;
        Ok(Next::Redirect(self.0.public_url.join(&format!("/login?h={handle}"))))
    }

    /// The login goes on as the person who was proved, or asks first.
    pub(crate) async fn take_over(
        &self,
        turn: &Turn<'_>,
        handle: Handle,
        flight: Flight,
        is_confirmed: bool,
    ) -> Result<Reply, Refused> {
        let mut passage = Passage::new(flight, Some(handle.clone()));
        let outcome = self.change_person(turn, &mut passage, &handle, is_confirmed).await;
        self.leave(turn, passage, outcome).await
    }

    async fn change_person(
        &self,
        turn: &Turn<'_>,
        passage: &mut Passage,
        handle: &Handle,
        is_confirmed: bool,
    ) -> Result<Next, Refusal> {
        let (Some(waits), Some(leg)) = (passage.flight.waits.take(), passage.flight.leg.clone())
        else {
            return Err(nobody_waits());
        };
        // The claim was verified and admitted before: what fails from here on is audited.
        passage.actor = Some(Actor::System);
        live_service(&turn.snapshot, &passage.flight.request.service)?;
        open_member(&turn.snapshot, &leg.member)?;
        let held = match waits {
            Waits::Replaces(held) => held,
            Waits::IsItYou(held) if is_confirmed => held,
            Waits::IsItYou(held) => return self.ask_who(turn, passage, handle, &held).await,
            Waits::Circle => return Err(nobody_waits()),
        };
        let Some(live) = self.claim(turn, &held, is_confirmed).await? else {
            return Ok(ask_first(handle, &leg.member, &passage.flight.request.service));
        };
        passage.actor = Some(Actor::Reader(live.session().reader().id.clone()));
        self.settle(turn, passage, &leg, live).await
    }

    /// Names whom the library named: a ticket brought here by another would log this browser
    /// in as that other, and only its reader can tell.
    async fn ask_who(
        &self,
        turn: &Turn<'_>,
        passage: &Passage,
        handle: &Handle,
        held: &Sid,
    ) -> Result<Next, Refusal> {
        let found = self.find_session(held, turn.now()).await?.filter(|record| record.pending);
        let Some(found) = found else {
            return Err(Refusal::new(code::LOG_LOGIN_ENDED, "this login was taken up before"));
        };
        let key = || found.membership.key.as_str().to_owned();
        Ok(Next::Page(PageModel::Confirm {
            kind: ConfirmKind::IsItYou,
            action: CONFIRM,
            hidden: vec![("handle".to_owned(), handle.as_str().to_owned())],
            member: Some(found.membership.member.clone()),
            service: Some(passage.flight.request.service.clone()),
            reader: Some(found.reader.profile.name.clone().unwrap_or_else(key)),
        }))
    }

    /// The reader pressed the button that this login waits for.
    pub(crate) async fn press(
        &self,
        turn: &Turn<'_>,
        handle: Handle,
        mut flight: Flight,
    ) -> Result<Reply, Refused> {
        if let Some(Waits::Replaces(_) | Waits::IsItYou(_)) = flight.waits {
            return self.take_over(turn, handle, flight, true).await;
        }
        flight.waits = None;
        let mut passage = Passage::new(flight, Some(handle));
        let outcome = self.walk_on(turn, &mut passage).await;
        self.leave(turn, passage, outcome).await
    }
}

fn nobody_waits() -> Refusal {
    Refusal::new(code::LOG_STATE_FORGED, "no session waits for this login")
}

#[cfg(test)]
mod tests;
