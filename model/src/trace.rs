//! The steps of a login, kept redacted for the librarian who must explain it.

use crate::{Code, LoginCode, MemberId, ServiceId, Timestamp};
use serde::{Deserialize, Serialize};

/// What happened at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A service asked.
    Asked,
    /// A library was chosen.
    Chosen,
    /// The reader was sent to prove it.
    Sent,
    /// The library's answer was accepted.
    Admitted,
    /// A running session was good enough.
    SessionReused,
    /// Policy decided.
    Decided,
    /// The service was answered.
    Answered,
    /// It was refused.
    Refused,
}

/// One step. Holds no value of a reader and no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: StepKind,
    /// Redacted circumstances: names of protocols, connectors, values; never a value.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// The whole of one login, written once when it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceRecord {
    /// Its code.
    pub code: LoginCode,
    /// The service that asked.
    pub service: Option<ServiceId>,
    /// The member whose librarian may read it.
    pub member: Option<MemberId>,
    /// How it ended: `None` well, else the code of the refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Steps in order.
    pub steps: Vec<Step>,
}

impl TraceRecord {
    /// Marks the record refused with `code`.
    pub fn refuse(&mut self, code: Code) {
        self.refused = Some(code.as_str().to_owned());
    }
}
