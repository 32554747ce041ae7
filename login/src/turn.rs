//! One request on the path, and one login as this request sees it.

use crate::cookies::Binding;
use crate::flight::Flight;
use crate::{Edge, Login, Reply};
use metadata::Snapshot;
use model::{Cookie, Handle, Inbound, MemberId, Method, Moment, Next, Timestamp};
use std::sync::Arc;
use store::Actor;

/// One request: what came in, and the registry as it stood then.
pub(crate) struct Turn<'a> {
    pub(crate) edge: &'a Edge,
    pub(crate) snapshot: Arc<Snapshot>,
    /// The browser's binding, drawn here where it has none.
    pub(crate) binding: Binding,
}

impl<'a> Turn<'a> {
    pub(crate) fn of(login: &Login, edge: &'a Edge) -> Self {
        Self {
            edge,
            snapshot: login.0.registry.current(),
            binding: Binding::of(&edge.inbound, &edge.moment),
        }
    }

    pub(crate) fn inbound(&self) -> &'a Inbound {
        &self.edge.inbound
    }

    pub(crate) fn moment(&self) -> &'a Moment {
        &self.edge.moment
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.edge.moment.now
    }

    /// A cross-site post carries no session cookie, so nothing may be decided from it.
    pub(crate) fn is_post(&self) -> bool {
        self.edge.inbound.method == Method::Post
    }
}

/// A login on its way through one request.
pub(crate) struct Passage {
    pub(crate) flight: Flight,
    /// The handle that its state lies sealed under; `None`: the browser carries none yet.
    pub(crate) handle: Option<Handle>,
    /// Cookies to set, whatever comes of it.
    pub(crate) cookies: Vec<Cookie>,
    /// Who acts, once a claim was verified: from there on a refusal is audited (rule 11).
    pub(crate) actor: Option<Actor>,
    /// The member it concerns, once known.
    pub(crate) member: Option<MemberId>,
}

impl Passage {
    pub(crate) fn new(flight: Flight, handle: Option<Handle>) -> Self {
        let member = flight.leg.as_ref().map(|leg| leg.member.clone());
        Self { flight, handle, cookies: Vec::new(), actor: None, member }
    }

    pub(crate) fn reply(self, next: Next) -> Reply {
        Reply { next, cookies: self.cookies, lang: self.flight.request.lang }
    }
}
