//! Logout, honest: what was ended, and what cannot be told (rule 12).

use crate::Login;
use crate::cookies::{self, MARK, SESSION, sent_sid};
use crate::turn::Turn;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use idp_bridge::LogoutName;
use model::{
    ConnectorId, Cookie, Evidence, Inbound, LogoutLine, LogoutState, MemberId, Moment, Refusal,
    SameSite, Sid,
};
use std::collections::BTreeMap;
use store::{Actor, AuditEntry, EndedSession};

/// Sessions that one message may name.
const MOST_NAMED: usize = 100;

/// Whose session ends.
#[derive(Debug, Clone)]
pub enum SignOut {
    /// This browser's: the reader pressed the button.
    Browser,
    /// The one that a proved message names; never found by cookie.
    Session(Sid),
}

/// What became of a logout.
#[derive(Debug, Clone)]
pub struct SignedOut {
    /// Service by service; empty where no session ran.
    pub lines: Vec<LogoutLine>,
    /// The library whose own session may still run.
    pub member: Option<MemberId>,
    /// Cookies to remove.
    pub cookies: Vec<Cookie>,
}

impl Login {
    /// Ends a session everywhere the hub can, and says where it cannot. The caller has
    /// made sure that the reader meant it ([`Login::require_same_origin`], or a message
    /// that was proved).
    pub async fn sign_out(
        &self,
        inbound: &Inbound,
        moment: &Moment,
        who: SignOut,
    ) -> Result<SignedOut, Refusal> {
        let own = sent_sid(inbound);
        let sid = match who {
            SignOut::Browser => own.clone(),
            SignOut::Session(named) => Some(named),
        };
        let ended = match &sid {
            Some(sid) => self.0.shared.end(sid).await?,
            None => None,
        };
        let is_own = sid == own;
        let Some(ended) = ended else {
            return Ok(SignedOut {
                lines: Vec::new(),
                member: None,
                cookies: removal(is_own, false),
            });
        };
        let entry = audit_entry(&ended, inbound, "logout");
        self.audit(moment, &entry).await?;
        let cookies = removal(is_own, ended.record.shared_computer);
        let lines = self.tell_services(&ended).await;
        let membership = ended.record.membership;
        // A password that the hub checked itself left no session at the library.
        let has_own = membership.evidence == Evidence::Asserted;
        Ok(SignedOut { lines, member: has_own.then_some(membership.member), cookies })
    }

    /// A login as another person took the place of this session.
    pub(crate) async fn replaced(
        &self,
        turn: &Turn<'_>,
        ended: &EndedSession,
    ) -> Result<(), Refusal> {
        self.audit(turn.moment(), &audit_entry(ended, turn.inbound(), "logout.replaced")).await?;
        self.tell_services(ended).await;
        Ok(())
    }

    async fn tell_services(&self, ended: &EndedSession) -> Vec<LogoutLine> {
        let mut lines = Vec::new();
        for entered in &ended.services {
            let state = match self.0.protocols.get(entered.protocol.as_str()) {
                Some(protocol) => protocol.logout(entered).await,
                None => LogoutState::CannotBeTold,
            };
            lines.push(LogoutLine { service: entered.service.clone(), state });
        }
        lines
    }

    /// A member ended a login of its own: our sessions that rest on it end, found by what
    /// the proved message names.
    pub(crate) async fn signed_out_by_member(
        &self,
        turn: &Turn<'_>,
        member: &MemberId,
        connector: &ConnectorId,
        name: &LogoutName,
    ) -> Result<(), Refusal> {
        let by = |session| self.logout_index(member, connector, &name.name_id, session);
        let indexes: Vec<String> = if name.session_indexes.is_empty() {
            vec![by(None)]
        } else {
            name.session_indexes.iter().take(MOST_NAMED).map(|s| by(Some(s))).collect()
        };
        for index in indexes {
            for sid in self.0.shared.by_index(&index, turn.now()).await? {
                let Some(ended) = self.0.shared.end(&sid).await? else { continue };
                let entry = audit_entry(&ended, turn.inbound(), "logout.by_member");
                self.audit(turn.moment(), &entry).await?;
                self.tell_services(&ended).await;
            }
        }
        Ok(())
    }

    /// The keyed hash under which a session is found by the member's names for it.
    pub(crate) fn logout_index(
        &self,
        member: &MemberId,
        connector: &ConnectorId,
        name: &str,
        session: Option<&str>,
    ) -> String {
        // The lengths keep two pairs from being written alike.
        let mut named = format!("{member}\n{connector}\n{}\n{name}", name.len());
        if let Some(session) = session {
            named.push('\n');
            named.push_str(session);
        }
        URL_SAFE_NO_PAD.encode(self.0.keys.mac("logout index", named.as_bytes()))
    }
}

fn audit_entry(ended: &EndedSession, inbound: &Inbound, act: &str) -> AuditEntry {
    AuditEntry {
        actor: Actor::Reader(ended.record.reader.id.clone()),
        act: act.to_owned(),
        member: Some(ended.record.membership.member.clone()),
        service: None,
        code: Some(ended.record.code),
        outcome: None,
        personal: BTreeMap::from([("address".to_owned(), inbound.client.to_string())]),
    }
}

fn removal(is_own: bool, forget_library: bool) -> Vec<Cookie> {
    let session = is_own.then(|| Cookie::removal(SESSION, SameSite::Lax));
    let mark = is_own.then(|| Cookie::removal(MARK, SameSite::None));
    let recent = forget_library.then(|| Cookie::removal(cookies::RECENT, SameSite::Lax));
    session.into_iter().chain(mark).chain(recent).collect()
}

#[cfg(test)]
mod tests;
