//! The notice of a logout, which the campus's server posts to the callback.
//!
//! CAS signs nothing, so a notice holds by what only three parties know: the server, the
//! hub and the reader's browser have seen the ticket. It ends the one session that this
//! ticket opened at this connector, and is answered alike whether there was one.

use super::ticket::Ticket;
use crate::{Finished, LogoutName};
use model::{Answer, Inbound, Next, Refusal, code};
use saml::xml::{self, Limits};

const FIELD: &str = "logoutRequest";
const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// A notice has four elements.
const LIMITS: Limits = Limits { bytes: 8 << 10, depth: 8, attributes: 16, comments: false };

/// Whether a post is such a notice (CAS Protocol 2.3.3: a form field, never bare XML).
pub(super) fn is_notice(inbound: &Inbound) -> bool {
    inbound.form_params().is_ok_and(|params| matches!(params.one(FIELD), Ok(Some(_))))
}

/// Reads the ticket whose login has ended.
pub(super) fn read(inbound: &Inbound) -> Result<Finished, Refusal> {
    let refused = |why: String| Refusal::new(code::CAS_LOGOUT, why);
    let params = inbound.form_params().map_err(|fault| refused(fault.to_string()))?;
    let notice = params.one(FIELD).map_err(|fault| refused(fault.to_string()))?.unwrap_or_default();
    let ticket = session_index(notice.trim()).map_err(refused)?;
    Ok(Finished::SignedOut {
        // The ticket is the name: no notice can name all logins of a reader.
        name: LogoutName { name_id: ticket.as_str().to_owned(), session_indexes: Vec::new() },
        next: Next::Done(Answer { status: 200, headers: Vec::new(), body: Vec::new() }),
    })
}

/// The one SessionIndex. What stands in NameID is a matter of the server's taste (appendix C
/// prints blanks round it), and decides nothing.
pub(super) fn session_index(notice: &str) -> Result<Ticket, String> {
    let document = xml::parse(notice.as_bytes(), &LIMITS).map_err(|fault| fault.to_string())?;
    let root = document.root();
    if !root.is(PROTOCOL, "LogoutRequest") {
        return Err("not a LogoutRequest".to_owned());
    }
    let index = root.one(PROTOCOL, "SessionIndex").map_err(|fault| fault.to_string())?;
    let index = index.ok_or_else(|| "no SessionIndex".to_owned())?;
    let index = index.trimmed().map_err(|fault| fault.to_string())?;
    Ticket::parse(&index).ok_or_else(|| "SessionIndex is no ticket".to_owned())
}
