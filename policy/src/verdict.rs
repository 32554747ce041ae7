//! What the rules say of some facts: no value of a reader, fit to be cached.

use model::{Class, Code, EntitlementId, ServiceId, Standing, Text};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the reader must do before the service is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Obligation {
    /// Log in again: this login is older than the service accepts.
    FreshLogin {
        /// Greatest age of a login, in seconds.
        max_age_s: u32,
    },
}

/// One reason of a decision: the rule that gave it, and its sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Id of the rule; ids that begin with `hub:` are the hub's own.
    pub rule: String,
    /// The sentence, in both languages.
    pub text: Text,
}

/// The answer of the rules to one set of facts. Only [`crate::PolicySet::weigh`] makes
/// it, it holds no value of a reader, and a clone is cheap.
#[derive(Debug, Clone)]
pub struct Verdict(Arc<Weighed>);

#[derive(Debug)]
pub(crate) struct Weighed {
    /// The facts that `fill` must find again in what it is given.
    pub(crate) service: ServiceId,
    pub(crate) class: Class,
    /// The standing after the end of the membership was taken into account.
    pub(crate) standing: Standing,
    pub(crate) entry: Entry,
    pub(crate) rights: BTreeMap<EntitlementId, Right>,
    /// For a right of which nothing was weighed.
    pub(crate) unweighed: Reason,
}

#[derive(Debug)]
pub(crate) enum Entry {
    Allowed { reasons: Vec<Reason>, obligation: Option<Obligation> },
    Refused { code: Code, reasons: Vec<Reason> },
}

#[derive(Debug)]
pub(crate) struct Right {
    pub(crate) given: bool,
    pub(crate) reasons: Vec<Reason>,
}

impl Verdict {
    pub(crate) fn new(weighed: Weighed) -> Self {
        Self(Arc::new(weighed))
    }

    pub(crate) fn weighed(&self) -> &Weighed {
        &self.0
    }

    /// Whether the service may be entered, once the [obligation](Self::obligation) is met.
    pub fn may_enter(&self) -> bool {
        matches!(self.0.entry, Entry::Allowed { .. })
    }

    /// Why it may or may not be entered; never empty.
    pub fn reasons(&self) -> &[Reason] {
        match &self.0.entry {
            Entry::Allowed { reasons, .. } | Entry::Refused { reasons, .. } => reasons,
        }
    }

    /// What the reader must do first.
    pub fn obligation(&self) -> Option<Obligation> {
        match &self.0.entry {
            Entry::Allowed { obligation, .. } => *obligation,
            Entry::Refused { .. } => None,
        }
    }

    /// The rights that would be given; none where the service may not be entered.
    pub fn entitlements(&self) -> impl Iterator<Item = &EntitlementId> {
        self.0.rights.iter().filter(|(_, right)| right.given).map(|(id, _)| id)
    }
}
