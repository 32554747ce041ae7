//! Sessions: opened by the door, found by their cookie, never longer than rule 13 says.

use crate::Login;
use crate::admit::Authenticated;
use crate::cookies::{self, seconds_until, sent_sid, session_cookie};
use crate::decide::Live;
use crate::flight::STATE_LIFE;
use crate::resolve::Resolved;
use crate::turn::Turn;
use metadata::Snapshot;
use model::{
    Cookie, Inbound, LoginCode, MemberId, Membership, Moment, Reader, Refusal, SameSite, Sid,
    Timestamp, code,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use store::SessionRecord;

/// A session ends after this, used or not (rule 13).
const LIFE_S: i64 = 8 * 3600;
/// … and after this without use.
const IDLE_S: u32 = 3600;
/// … and at a shared computer after this.
const SHARED_IDLE_S: u32 = 15 * 60;
/// Use is noted at most this often.
const TOUCH_EVERY_S: i64 = 60;

/// A running session of one browser. Made only from what the store holds.
#[derive(Clone)]
pub struct Session(Arc<SessionRecord>);

impl Session {
    pub(crate) fn of(record: SessionRecord) -> Self {
        Self(Arc::new(record))
    }

    pub(crate) fn record(&self) -> &SessionRecord {
        &self.0
    }

    /// Its id: a secret, for [`Grant`] and the store alone, never for a service.
    pub fn sid(&self) -> &Sid {
        &self.0.sid
    }

    /// When the reader last proved who they are.
    pub fn auth_time(&self) -> Timestamp {
        self.0.auth_time
    }

    /// How they proved it (`acr`, AuthnContextClassRef).
    pub fn acr(&self) -> &str {
        &self.0.acr
    }

    /// Who vouched on the way, nearest first (AuthenticatingAuthority).
    pub fn authorities(&self) -> &[String] {
        &self.0.authorities
    }

    /// The membership that was proved.
    pub fn membership(&self) -> &Membership {
        &self.0.membership
    }

    /// Who.
    pub fn reader(&self) -> &Reader {
        &self.0.reader
    }

    /// The code of the login that opened it.
    pub fn code(&self) -> LoginCode {
        self.0.code
    }

    /// When it ends at the latest.
    pub fn expires(&self) -> Timestamp {
        self.0.expires
    }

    /// Whether the computer is used by many.
    pub fn is_shared_computer(&self) -> bool {
        self.0.shared_computer
    }

    /// What a code or token remembers of it.
    pub fn grant(&self) -> Grant {
        Grant {
            sid: self.0.sid.clone(),
            member: self.0.membership.member.clone(),
            auth_time: self.0.auth_time,
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an OpenID Connect code or token remembers of the session that it came from.
///
/// It opens nothing: [`Login::continue_with`] looks at everything again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The session.
    pub sid: Sid,
    /// The member of the membership that was proved.
    pub member: MemberId,
    /// When it was proved.
    pub auth_time: Timestamp,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant").field("member", &self.member).finish_non_exhaustive()
    }
}

/// Seconds without use after which a session ends.
pub(crate) const fn idle_s(shared_computer: bool) -> u32 {
    if shared_computer { SHARED_IDLE_S } else { IDLE_S }
}

/// How long a new session lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Life {
    expires: Timestamp,
    idle_s: u32,
    shared_computer: bool,
}

impl Life {
    /// Rule 13; a member that ends its own session earlier ends ours then
    /// (SAML Core 2.7.2, SessionNotOnOrAfter).
    fn of(now: Timestamp, member_ends: Option<Timestamp>, shared_computer: bool) -> Self {
        let longest = now.plus_s(LIFE_S);
        Self {
            expires: member_ends.map_or(longest, |end| end.min(longest)),
            idle_s: idle_s(shared_computer),
            shared_computer,
        }
    }
}

/// Whether the client sits in the reading room of any member: readers of other libraries
/// sit there too.
pub(crate) fn is_shared_computer(snapshot: &Snapshot, client: IpAddr) -> bool {
    snapshot.members().flat_map(|m| m.reading_rooms.iter()).any(|net| net.contains(&client))
}

/// The cookie of a session: at a shared computer it ends with the browser.
pub(crate) fn cookie_of(record: &SessionRecord, now: Timestamp) -> Cookie {
    let life = (!record.shared_computer).then(|| seconds_until(record.expires, now));
    session_cookie(&record.sid, life)
}

/// A fresh session id: 256 random bits.
pub(crate) fn draw_sid(moment: &Moment) -> Result<Sid, Refusal> {
    Sid::parse(&moment.entropy.token()).map_err(|e| Refusal::new(code::HUB_INTERNAL, e.to_string()))
}

impl Login {
    /// The session of this browser, while it runs. Whether its reader may still be
    /// answered for is not looked at here: that is [`Login::continue_with`].
    pub async fn browser_session(
        &self,
        inbound: &Inbound,
        moment: &Moment,
    ) -> Result<Option<Session>, Refusal> {
        match sent_sid(inbound) {
            Some(sid) => self.running(&sid, moment).await,
            None => Ok(None),
        }
    }

    /// A running session, noted as used. One that its browser has not taken up does not run.
    pub(crate) async fn running(
        &self,
        sid: &Sid,
        moment: &Moment,
    ) -> Result<Option<Session>, Refusal> {
        let found = self.find_session(sid, moment.now).await?.filter(|record| !record.pending);
        if let Some(record) = &found
            && moment.now.seconds_since(record.last_seen) >= TOUCH_EVERY_S
        {
            self.0.shared.touch(sid, moment.now).await?;
        }
        Ok(found.map(Session::of))
    }

    /// Opens a session under a fresh id for a login that passed the door; one that
    /// `waits` runs only once its browser has taken it up.
    pub(crate) async fn open_session(
        &self,
        turn: &Turn<'_>,
        authenticated: &Authenticated,
        resolved: Resolved,
        login_code: LoginCode,
        waits: bool,
    ) -> Result<Live, Refusal> {
        let opened = record_of(turn, authenticated, &resolved, login_code)?;
        // An answer that nobody asked for never opens one that runs (rule 5).
        let pending = waits || authenticated.is_unsolicited();
        let record = SessionRecord {
            // One that waits ends with the state that alone leads to it.
            idle_s: if pending { STATE_LIFE } else { opened.idle_s },
            pending,
            ..opened
        };
        let record = self.keep_session(record).await?;
        Ok(Live::opened(Session::of(record), &resolved))
    }

    /// Ends the session that `new` replaces, with every code and token that rests on it. The
    /// services entered in it go with the reader; where it was another person's, the audit
    /// log has it.
    pub(crate) async fn replace_session(
        &self,
        turn: &Turn<'_>,
        old: &Sid,
        new: &Session,
    ) -> Result<(), Refusal> {
        if old == new.sid() {
            return Ok(());
        }
        let Some(ended) = self.0.shared.end(old).await? else { return Ok(()) };
        if ended.record.reader.id != new.reader().id {
            return self.replaced(turn, &ended).await;
        }
        for service in &ended.services {
            self.0.shared.add_service(new.sid(), service).await?;
        }
        Ok(())
    }

    /// The cookies that a new session brings: its own, the mark of its reader, and the
    /// library to remember. A shared computer remembers nothing (rule 13).
    pub(crate) fn session_cookies(&self, turn: &Turn<'_>, session: &Session) -> Vec<Cookie> {
        let own = cookie_of(session.record(), turn.now());
        let remembered = if session.is_staff() {
            // Where somebody works is no library that a reader of this browser has chosen.
            None
        } else if session.is_shared_computer() {
            Some(Cookie::removal(cookies::RECENT, SameSite::Lax))
        } else {
            Some(cookies::remember(turn.inbound(), &session.membership().member))
        };
        let mark = self.mark_of(&session.reader().id);
        [Some(cookies::mark(mark, own.max_age_s)), Some(own), remembered]
            .into_iter()
            .flatten()
            .collect()
    }
}

fn record_of(
    turn: &Turn<'_>,
    authenticated: &Authenticated,
    resolved: &Resolved,
    login_code: LoginCode,
) -> Result<SessionRecord, Refusal> {
    let claimed = authenticated.claimed();
    let now = turn.now();
    let shared_computer = is_shared_computer(&turn.snapshot, turn.inbound().client);
    let life = Life::of(now, claimed.session_not_on_or_after(), shared_computer);
    Ok(SessionRecord {
        sid: draw_sid(turn.moment())?,
        code: login_code,
        // A member's clock may be ahead of ours; nobody has logged in later than now.
        auth_time: claimed.auth_time().min(now),
        opened: now,
        last_seen: now,
        expires: life.expires,
        idle_s: life.idle_s,
        shared_computer: life.shared_computer,
        acr: claimed.acr().to_owned(),
        authorities: claimed.authorities().to_vec(),
        reader: resolved.reader().clone(),
        membership: resolved.membership().clone(),
        upstream: claimed.upstream().cloned(),
        indexes: authenticated.indexes().to_vec(),
        pending: false,
        proof: String::new(),
    })
}

#[cfg(test)]
mod tests;
