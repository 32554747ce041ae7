//! Sessions of readers (rule 13).

use crate::{StoreError, session_blob};
use async_trait::async_trait;
use model::{
    ConnectorId, LoginCode, Membership, Reader, ReaderId, ServiceId, Sid, Timestamp, TraceRecord,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the member's own system calls this login, for logout. Debug hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upstream {
    /// The connector that was asked.
    pub connector: ConnectorId,
    /// The name that the member gave the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_id: Option<String>,
    /// The member's name of its session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_index: Option<String>,
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream").field("connector", &self.connector).finish_non_exhaustive()
    }
}

/// One session of one browser. The store keeps it under the SHA-256 of its id.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// The session's id: a secret, known to the browser alone.
    pub sid: Sid,
    /// The code of the login that opened it.
    pub code: LoginCode,
    /// When the reader last proved who they are.
    pub auth_time: Timestamp,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it was last used, to 60 s.
    pub last_seen: Timestamp,
    /// When it ends at the latest.
    pub expires: Timestamp,
    /// Seconds without use after which it ends.
    pub idle_s: u32,
    /// Whether the computer is used by many.
    pub shared_computer: bool,
    /// How the reader proved it (`acr`, AuthnContextClassRef).
    pub acr: String,
    /// Who vouched on the way, nearest first (AuthenticatingAuthority).
    pub authorities: Vec<String>,
    /// Who.
    pub reader: Reader,
    /// In which membership.
    pub membership: Membership,
    /// The member's names for it.
    pub upstream: Option<Upstream>,
    /// Keyed hashes of the names by which a logout from outside finds it.
    pub indexes: Vec<String>,
    /// Not yet taken up by its browser (an unsolicited start).
    pub pending: bool,
    /// What the hub says of [`SessionRecord::proved`] under a key of its own, which the store
    /// does not know: the store keeps it, and does not look at it.
    pub proof: String,
}

impl SessionRecord {
    /// Whether the session still runs at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires && now < self.last_seen.plus_s(i64::from(self.idle_s))
    }

    /// What a proof is made over: everything but `last_seen`, which moves, and the proof.
    pub fn proved(&self) -> Result<Vec<u8>, StoreError> {
        let mut octets = format!("{}\n", self.sid.as_str()).into_bytes();
        octets.extend(session_blob::write_without_proof(self)?);
        Ok(octets)
    }
}

impl fmt::Debug for SessionRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRecord")
            .field("code", &self.code)
            .field("member", &self.membership.member)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// A service that was entered in a session. Debug hides `detail`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionService {
    /// The service.
    pub service: ServiceId,
    /// Key of the protocol that answered.
    pub protocol: String,
    /// When.
    pub at: Timestamp,
    /// The protocol's own: what a logout must name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl fmt::Debug for SessionService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionService")
            .field("service", &self.service)
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}

/// A session that has just been ended, with all that must hear of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedSession {
    /// The session.
    pub record: SessionRecord,
    /// The services entered in it, in the order of their ids.
    pub services: Vec<SessionService>,
}

/// Keeps sessions.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Keeps a new session.
    async fn create(&self, session: &SessionRecord) -> Result<(), StoreError>;

    /// The session, while it runs; `None` when it is absent, past its end or idle.
    async fn find(&self, sid: &Sid, now: Timestamp) -> Result<Option<SessionRecord>, StoreError>;

    /// Notes that the session is in use; never revives one that is over.
    ///
    /// Written at most once in 60 s, so a session may end up to 60 s early.
    async fn touch(&self, sid: &Sid, now: Timestamp) -> Result<(), StoreError>;

    /// Ends the session; exactly one of all callers on all nodes gets what it was.
    async fn end(&self, sid: &Sid) -> Result<Option<EndedSession>, StoreError>;

    /// The running sessions that carry this index.
    async fn by_index(&self, index: &str, now: Timestamp) -> Result<Vec<Sid>, StoreError>;

    /// Ends every session of a reader and tells how many there were.
    async fn end_of_reader(&self, reader: &ReaderId) -> Result<usize, StoreError>;
}

/// Keeps which services were entered in a session, for its logout.
#[async_trait]
pub trait SessionServices: Send + Sync {
    /// Notes a service entered in a session; replaces that service's note of the same protocol.
    /// Nothing is kept for a session that has ended.
    async fn add_service(&self, sid: &Sid, service: &SessionService) -> Result<(), StoreError>;

    /// As `add_service`, and keeps the trace of the login that entered it, in one step:
    /// every answer to a service writes both.
    async fn note_answer(
        &self,
        sid: &Sid,
        service: &SessionService,
        trace: &TraceRecord,
    ) -> Result<(), StoreError>;

    /// The services entered in a session, in the order of their ids.
    async fn services(&self, sid: &Sid) -> Result<Vec<SessionService>, StoreError>;
}
