//! The one shape of all connectors.

use crate::Claimed;
use async_trait::async_trait;
use metadata::Snapshot;
use model::{
    Answer, ConnectorEntry, ConnectorId, Handle, Inbound, LangTag, LoginCode, Member, MemberId,
    Method, Moment, Next, Refusal, Service, code,
};
use std::net::IpAddr;
use store::Upstream;

/// An address that a connector answers. Several kinds may declare the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Path, e.g. `/saml/sp/acs`.
    pub path: &'static str,
    /// Method.
    pub method: Method,
    /// Largest body in bytes.
    pub body_limit: usize,
}

/// Where something that came in belongs. Unverified: it chooses, it proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clue {
    /// To this login in flight.
    Handle(Handle),
    /// To whoever is registered as this issuer.
    Issuer(String),
    /// To this connector.
    Connector(MemberId, ConnectorId),
    /// To the one login of this browser that waits for this connector: its address can name
    /// no login. The reader confirms before it goes on.
    Browser(MemberId, ConnectorId),
    /// To the hub itself, e.g. a page of metadata.
    Hub,
}

/// One kind of connector: one value serves all members that use the kind.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Its kind, as in a member's `[[connector]]`.
    fn kind(&self) -> &'static str;

    /// The addresses it answers.
    fn entries(&self) -> Vec<Entry>;

    /// Where something that came in at an entry belongs; `None`: cannot be told.
    fn identify(&self, inbound: &Inbound) -> Option<Clue>;

    /// Sends the reader off to prove who they are.
    async fn begin(&self, at: &At<'_>, ask: &Ask<'_>) -> Result<Begun, Refusal>;

    /// Judges what came back. `state` is what `begin` gave and `login` sealed;
    /// without it the answer is unsolicited, and `ask` is absent too.
    async fn finish(
        &self,
        at: &At<'_>,
        inbound: &Inbound,
        state: Option<&[u8]>,
        ask: Option<&Ask<'_>>,
    ) -> Result<Finished, Refusal>;

    /// Answers for the hub itself, where `identify` said [`Clue::Hub`].
    async fn hub_entry(
        &self,
        _snapshot: &Snapshot,
        inbound: &Inbound,
        _moment: &Moment,
    ) -> Result<Answer, Refusal> {
        Err(Refusal::new(code::WEB_NOT_FOUND, format!("{}: no such entry", inbound.path)))
    }

    /// Asks the member to end the login too; `None`: it cannot be told (rule 12).
    async fn logout(
        &self,
        _at: &At<'_>,
        _upstream: Option<&Upstream>,
    ) -> Result<Option<Next>, Refusal> {
        Ok(None)
    }

    /// Whether a login could begin now, and what is amiss.
    async fn probe(&self, at: &At<'_>) -> Probe;
}

/// Which connector of which member is meant, and when.
#[derive(Clone, Copy)]
pub struct At<'a> {
    /// The registry as it stood when the request came in.
    pub snapshot: &'a Snapshot,
    /// The member.
    pub member: &'a Member,
    /// Its entry.
    pub entry: &'a ConnectorEntry,
    /// The entry's id.
    pub connector: &'a ConnectorId,
    /// Time and chance.
    pub moment: &'a Moment,
    /// The code of the login.
    pub code: LoginCode,
    /// The browser's address.
    pub client: IpAddr,
}

/// What is asked of the member, for whom.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The service that the login leads to.
    pub service: &'a Service,
    /// The handle of this leg.
    pub handle: &'a Handle,
    /// The reader must prove it afresh.
    pub force: bool,
    /// The reader must not be asked anything.
    pub passive: bool,
    /// The service counts the age of the login, and takes none above this (`max_age`).
    pub max_age_s: Option<u32>,
    /// Login name to fill in.
    pub login_hint: Option<&'a str>,
    /// The service as the member may know it (Scoping RequesterID).
    pub requester: &'a str,
    /// Language.
    pub lang: LangTag,
}

/// A step towards a proof.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser goes; `login` adds the handle to a form.
    pub next: Next,
    /// What `finish` must see again; `login` seals it.
    pub state: Vec<u8>,
}

/// What came of an answer.
#[derive(Debug)]
pub enum Finished {
    /// The member vouches.
    Claimed(Box<Claimed>),
    /// One more step is needed.
    Again(Begun),
    /// The member ended a login of its own accord.
    SignedOut {
        /// Whose.
        name: LogoutName,
        /// What to answer.
        next: Next,
    },
    /// It was something else, and is answered.
    Done(Answer),
}

/// What a logout from outside names its session by (rule 12).
#[derive(Clone, PartialEq, Eq)]
pub struct LogoutName {
    /// In the form of [`Upstream::name_id`].
    pub name_id: String,
    /// The member's sessions; empty: all of that reader's.
    pub session_indexes: Vec<String>,
}

impl std::fmt::Debug for LogoutName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LogoutName(***)")
    }
}

/// How a connector stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Whether a login could begin now.
    pub is_ready: bool,
    /// What is amiss or soon will be, each with its remedy.
    pub findings: Vec<String>,
}
