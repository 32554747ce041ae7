//! Whether the hub can do its part of a login, for `/status`.

use crate::Login;
use model::Timestamp;

/// The hub's own state, at most five seconds old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// Both stores answer and a registry is applied: logins can be completed.
    pub is_well: bool,
    /// When that was looked at.
    pub as_of: Timestamp,
}

impl Login {
    /// Looks at what no login can do without. However many ask, the stores are asked once
    /// in five seconds; a store that does not answer is an answer.
    pub async fn condition(&self, now: Timestamp) -> Condition {
        let is_due = self.0.condition.is_due(now);
        if let Some(known) = self.0.condition.known().filter(|_| !is_due) {
            return known;
        }
        let durable = self.0.durable.registry_version().await;
        let shared = self.0.shared.read("status", now).await;
        let faults = [durable.as_ref().err(), shared.as_ref().err()];
        for fault in faults.into_iter().flatten() {
            tracing::warn!(%fault, "a store does not answer");
        }
        let is_applied = self.0.registry.current().version() > 0;
        let is_well = durable.is_ok() && shared.is_ok() && is_applied;
        let condition = Condition { is_well, as_of: now };
        self.0.condition.keep(Some(condition));
        condition
    }
}
