//! Where another verifier may object.

use crate::{Assertion, IdpMetadata};
use std::pin::Pin;

/// What this verifier accepted, for another one to read by itself.
#[derive(Debug, Clone, Copy)]
pub struct Accepted<'a> {
    /// The answer as it arrived.
    pub xml: &'a [u8],
    /// Its assertion as it was opened, where it was encrypted: no other verifier gets our key.
    pub opened: Option<&'a [u8]>,
    /// The identity provider, whose certificates alone may vouch.
    pub idp: &'a IdpMetadata,
    /// Our entityID, which each of its audience restrictions names.
    pub audience: &'a str,
    /// What was read.
    pub read: &'a Assertion,
}

/// Why an answer is not to be believed although it was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// The other one read something else, or refused it: what differs, without any value.
    Differs(String),
    /// There is no other opinion: why.
    Unavailable(String),
}

/// What the other one says, when it has said it.
pub type Opinion<'a> = Pin<Box<dyn Future<Output = Result<(), Objection>> + Send + 'a>>;

/// Another verifier, which sees only what this one accepted: a defence
/// against two parsers reading one document differently (CVE-2025-25291).
pub trait SecondOpinion: Send + Sync {
    /// Good only where the other one read the same out of the same bytes; whatever keeps it
    /// from saying so is an [`Objection`].
    fn compare<'a>(&'a self, accepted: Accepted<'a>) -> Opinion<'a>;

    /// Whether it could be asked now; for a start that says what is wrong.
    fn prepare(&self) -> Opinion<'_> {
        Box::pin(async { Ok(()) })
    }
}
