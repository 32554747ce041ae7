//! Where another verifier may object.

use crate::Assertion;

/// Another verifier, which sees only what this one accepted: a defence
/// against two parsers reading one document differently (CVE-2025-25291).
pub trait SecondOpinion: Send + Sync {
    /// Fails, with what differs, where the two read the same bytes differently.
    fn compare(&self, xml: &[u8], read: &Assertion) -> Result<(), String>;
}
