//! AuthnStatement (Core section 2.7.2).

use super::Expected;
use crate::messages::element;
use crate::names::SAML;
use crate::xml::{Element, XmlFault};
use crate::{AnswerFault, SamlError};
use model::Timestamp;

/// What is said of the login.
pub(super) struct Login {
    pub(super) authn_instant: Timestamp,
    pub(super) context: Option<String>,
    pub(super) session_index: Option<String>,
    pub(super) session_not_on_or_after: Option<Timestamp>,
    pub(super) authorities: Vec<String>,
}

/// The newest statement counts; a session that has ended in any of them ends it.
pub(super) fn check(assertion: Element<'_>, expected: &Expected<'_>) -> Result<Login, SamlError> {
    let mut newest: Option<Login> = None;
    for statement in assertion.all(SAML, "AuthnStatement") {
        let login = read(statement).map_err(SamlError::in_answer)?;
        if login.session_not_on_or_after.is_some_and(|end| expected.is_reached(end)) {
            return Err(SamlError::answer(AnswerFault::SessionEnded, "past SessionNotOnOrAfter"));
        }
        if newest.as_ref().is_none_or(|n| n.authn_instant < login.authn_instant) {
            newest = Some(login);
        }
    }
    // Profiles 4.1.4.2: without one nothing says that anybody logged in.
    let login = newest
        .ok_or_else(|| SamlError::answer(AnswerFault::NoAuthnStatement, "no AuthnStatement"))?;
    if expected.is_before(login.authn_instant) {
        return Err(SamlError::answer(AnswerFault::NotYetValid, "the login lies in the future"));
    }
    // Core 3.4.1 ForceAuthn: an answer out of an old session is not what was asked.
    let since = expected.force_authn_since.map(|since| since.plus_s(-expected.skew_s));
    if since.is_some_and(|since| login.authn_instant < since) {
        return Err(SamlError::answer(
            AnswerFault::NotFresh,
            "the login is older than the request for a fresh one",
        ));
    }
    Ok(login)
}

fn read(statement: Element<'_>) -> Result<Login, XmlFault> {
    let context = statement.one(SAML, "AuthnContext")?;
    let class = context.map(|c| c.one(SAML, "AuthnContextClassRef")).transpose()?.flatten();
    let authorities = context.into_iter().flat_map(|c| c.all(SAML, "AuthenticatingAuthority"));
    Ok(Login {
        authn_instant: element::required_time(statement, "AuthnInstant")?,
        context: class.map(Element::trimmed).transpose()?,
        session_index: statement.attr("SessionIndex").map(str::to_owned),
        session_not_on_or_after: element::time(statement, "SessionNotOnOrAfter")?,
        authorities: authorities.map(Element::trimmed).collect::<Result<_, _>>()?,
    })
}
