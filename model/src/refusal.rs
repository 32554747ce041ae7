//! A refusal: what every "no" of the hub is made of.

use crate::{Blame, Code, Meaning, MemberId, ServiceId, Text};
use std::fmt;

/// Why something was refused: a stable code, and boxed detail.
///
/// Stays under 128 bytes, so that `Result<_, Refusal>` is cheap to pass.
#[derive(Debug, Clone)]
pub struct Refusal {
    code: Code,
    detail: Box<Detail>,
}

/// The circumstances of a refusal.
#[derive(Debug, Clone, Default)]
pub struct Detail {
    /// For the log and the librarian's trace: technical, redacted, never shown to a reader.
    pub log: String,
    /// The member it concerns; the page shows its contact.
    pub member: Option<MemberId>,
    /// The service it concerns.
    pub service: Option<ServiceId>,
    /// Human reasons that a policy gave.
    pub reasons: Vec<Text>,
}

impl Refusal {
    /// A refusal with technical detail for the log.
    pub fn new(code: Code, log: impl Into<String>) -> Self {
        Self { code, detail: Box::new(Detail { log: log.into(), ..Detail::default() }) }
    }

    /// Names the member it concerns, unless one is named already.
    #[must_use]
    pub fn at_member(mut self, member: &MemberId) -> Self {
        self.detail.member.get_or_insert_with(|| member.clone());
        self
    }

    /// Names the service it concerns, unless one is named already.
    #[must_use]
    pub fn at_service(mut self, service: &ServiceId) -> Self {
        self.detail.service.get_or_insert_with(|| service.clone());
        self
    }

    /// Adds the reasons of a policy.
    #[must_use]
    pub fn because(mut self, reasons: Vec<Text>) -> Self {
        self.detail.reasons.extend(reasons);
        self
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// Who errs.
    pub fn blame(&self) -> Blame {
        self.code.info().blame
    }

    /// What it means to a protocol.
    pub fn meaning(&self) -> Meaning {
        self.code.info().meaning
    }

    /// The circumstances.
    pub fn detail(&self) -> &Detail {
        &self.detail
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail.log)
    }
}

impl std::error::Error for Refusal {}
