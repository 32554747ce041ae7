//! What a reply says about who typed: accepted, or not.

use super::link::Answer;
use super::settings::Settings;
use super::wire::{Contradiction, PatronStatus, Reply, WireFault};

/// Proof that a member's server found reader and password valid, in the answer to this very
/// question. Made by [`judge`] alone.
pub(crate) struct PatronAccepted {
    reply: Reply,
    status: PatronStatus,
}

impl std::fmt::Debug for PatronAccepted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PatronAccepted")
    }
}

impl PatronAccepted {
    pub(super) fn reply(&self) -> &Reply {
        &self.reply
    }

    pub(super) fn status(&self) -> &PatronStatus {
        &self.status
    }
}

/// What came of a question.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Reader and password are valid.
    Accepted(Box<PatronAccepted>),
    /// They are not, or the server does not say that they are.
    Wrong {
        /// The answer names who was asked for, so the connection is in step.
        is_own: bool,
        /// The reader is known, and nothing is said of the password.
        is_unsaid: bool,
    },
}

/// An answer that nothing can be taken from.
#[derive(Debug, thiserror::Error)]
pub(super) enum Doubt {
    /// It is about somebody else.
    #[error("{0}")]
    Foreign(&'static str),
    /// It says two things.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
    /// It cannot be read.
    #[error(transparent)]
    Wire(#[from] WireFault),
}

/// Accepts a patron only where BL and CQ both say Y, about the one who was asked for.
///
/// A CQ that is absent or empty says that no password was looked at: servers that answer so
/// let anyone in who knows a number. The flags come after: some servers set nearly all of
/// them where only the password is wrong.
pub(super) fn judge(answer: Answer, asked: &str, settings: &Settings) -> Result<Verdict, Doubt> {
    let Answer { reply, is_numbered } = answer;
    let institution = reply.fields.one("AO")?.unwrap_or_default();
    let ours = settings.terminal.institution.trim();
    if !institution.is_empty() && !ours.is_empty() && !institution.eq_ignore_ascii_case(ours) {
        return Err(Doubt::Foreign("the answer is of another institution (AO)"));
    }
    let patron = reply.fields.one("AA")?.unwrap_or_default();
    let is_same = patron.eq_ignore_ascii_case(asked.trim());
    // A login name that leads to another number is only told from another reader's late answer
    // by the number of the message.
    let is_own = !patron.is_empty() && (is_same || (settings.aliases && is_numbered));
    if !patron.is_empty() && !is_own {
        return Err(Doubt::Foreign(
            "the answer is about another reader (AA); where login names lead to other numbers, \
             write aliases = true",
        ));
    }
    let is_valid = reply.fields.one("BL")? == Some("Y");
    let is_password = reply.fields.one("CQ")?;
    if !is_valid || is_password != Some("Y") {
        let is_unsaid = is_valid && is_password.is_none_or(str::is_empty);
        return Ok(Verdict::Wrong { is_own, is_unsaid });
    }
    if !is_own {
        return Err(Doubt::Foreign("the answer does not say about whom it is (AA)"));
    }
    let status = reply.patron_status()?;
    Ok(Verdict::Accepted(Box::new(PatronAccepted { reply, status })))
}
