//! One rule of a policy folder, whichever kind of file it came from.

use crate::source::PolicyFault;
use crate::verdict::Reason;
use cedar_policy as cedar;
use model::Text;
use std::ops::RangeInclusive;

/// What `max_age_s` may say: shorter than a minute nobody could meet, longer than
/// a day no session lives.
pub(crate) const MAX_AGE_S: RangeInclusive<u32> = 60..=86_400;

/// A rule with its reason, ready to be compiled.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Unique in the folder; what a decision carries.
    pub(crate) id: String,
    pub(crate) file: String,
    /// Where in the file.
    pub(crate) key: String,
    pub(crate) reason: Text,
    /// Greatest age of the login for entering by this rule.
    pub(crate) max_age_s: Option<u32>,
    /// A row of the matrix makes one for each service and right that it names.
    pub(crate) policies: Vec<cedar::Policy>,
}

impl Rule {
    /// A fault at this rule.
    pub(crate) fn fault(&self, what: impl Into<String>, remedy: impl Into<String>) -> PolicyFault {
        PolicyFault::new(&self.file, self.key.clone(), what, remedy)
    }

    /// Its reason as a decision carries it.
    pub(crate) fn reason(&self) -> Reason {
        Reason { rule: self.id.clone(), text: self.reason.clone() }
    }
}

/// What is wrong with `id` as the id of a rule.
pub(crate) fn id_fault(id: &str) -> Option<&'static str> {
    if id.is_empty() || id.len() > 64 || !id.bytes().all(|b| b.is_ascii_graphic()) {
        return Some("use 1 to 64 printable ASCII characters without spaces");
    }
    id.starts_with(crate::reasons::RESERVED_PREFIX)
        .then_some("choose another: ids that begin with `hub:` are the hub's own")
}
