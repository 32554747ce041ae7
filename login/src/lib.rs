//! The one path of a login.
//!
//! ```text
//! service ─▶ LoginRequest ─▶ start ── session good enough? ── yes ───────────┐
//!    GET /login ─▶ resume ─▶ proceed ─▶ discovery ─▶ connector.begin         │
//!    a member's entry ─▶ enter ─▶ connector.finish ─▶ Claimed                │
//!        admit ─▶ Authenticated ─▶ resolve ─▶ open_session ──────────────────┤
//!        answer ◀─ Ready ◀─ decide ◀─ look_again ◀───────────────────────────┘
//! ```
//! [`Login`] alone makes [`Ready`], and only after `decide`. Nothing is written before
//! somebody has proved who they are; the login in flight travels sealed with the browser.

mod admit;
mod answer;
mod bound;
mod choose;
mod circle;
mod condition;
mod continue_with;
mod cookies;
mod decide;
mod edge;
mod ends;
mod entries;
mod flight;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod lately;
mod logout;
mod own;
mod parking;
mod preview;
mod protocol;
mod replace;
mod reply;
mod resolve;
mod routes;
mod same_origin;
mod seal;
mod send;
mod session;
mod staff;
mod start;
mod stow;
mod take_up;
#[cfg(test)]
mod testing;
mod trace;
mod trouble;
mod turn;
mod unsolicited;
mod waiting;

pub use bound::{Holder, KeyAt, Settled, settle_key};
pub use condition::Condition;
pub use continue_with::{Continued, Source};
pub use decide::Ready;
pub use edge::{Edge, EdgeSettings, EdgeState, Head, edge_layer};
pub use logout::{SignOut, SignedOut};
pub use preview::Preview;
pub use protocol::{Answered, ServiceProtocol};
pub use reply::{Onward, Refused, Reply};
pub use routes::LoginFault;
pub use session::{Grant, Session};
pub use store::{AccountRow, SessionService};
pub use trouble::Troubled;

use accounts::Accounts;
use idp_bridge::Connector;
use lately::Lately;
use metadata::{KeyRing, PublicUrl, Registry};
use seal::Sealer;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use store::{Durable, Shared};

/// What the path of a login stands on.
pub struct LoginParts {
    /// Members, services, policy.
    pub registry: Registry,
    /// The hub's keys.
    pub keys: Arc<KeyRing>,
    /// Sessions, one-use values, counters, traces.
    pub shared: Shared,
    /// The audit log.
    pub durable: Durable,
    /// The central account store.
    pub accounts: Accounts,
    /// One a kind.
    pub connectors: Vec<Arc<dyn Connector>>,
    /// One a key.
    pub protocols: Vec<Arc<dyn ServiceProtocol>>,
    /// The hub's address.
    pub public_url: PublicUrl,
}

/// The path of a login. Cheap to clone.
#[derive(Clone)]
pub struct Login(Arc<Inner>);

struct Inner {
    registry: Registry,
    keys: Arc<KeyRing>,
    shared: Shared,
    durable: Durable,
    accounts: Accounts,
    connectors: HashMap<&'static str, Arc<dyn Connector>>,
    protocols: HashMap<&'static str, Arc<dyn ServiceProtocol>>,
    public_url: PublicUrl,
    sealer: Sealer,
    verdicts: decide::Verdicts,
    anonymous: trace::Tally,
    logged: trace::Logged,
    ends: ends::Ends,
    troubles: Lately<trouble::Known>,
    condition: Lately<Option<Condition>>,
}

impl Login {
    /// Puts the parts together; two connectors of one kind, two protocols of one key, or an
    /// entry at an address of our own are faults.
    pub fn new(parts: LoginParts) -> Result<Self, LoginFault> {
        routes::check_entries(&parts.connectors)?;
        let mut connectors = HashMap::new();
        for connector in parts.connectors {
            let kind = connector.kind();
            if connectors.insert(kind, connector).is_some() {
                return Err(LoginFault::KindTwice(kind));
            }
        }
        let mut protocols = HashMap::new();
        for protocol in parts.protocols {
            let key = protocol.key();
            if protocols.insert(key, protocol).is_some() {
                return Err(LoginFault::ProtocolTwice(key));
            }
        }
        let keys = Arc::clone(&parts.keys);
        let sealer = Sealer::new(Box::new(move |purpose| keys.derive(purpose)));
        Ok(Self(Arc::new(Inner {
            registry: parts.registry,
            keys: parts.keys,
            shared: parts.shared,
            durable: parts.durable,
            accounts: parts.accounts,
            connectors,
            protocols,
            public_url: parts.public_url,
            sealer,
            verdicts: decide::Verdicts::default(),
            anonymous: trace::Tally::default(),
            logged: trace::Logged::default(),
            ends: ends::Ends::default(),
            troubles: Lately::default(),
            condition: Lately::default(),
        })))
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login")
    }
}
