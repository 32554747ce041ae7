//! Subject and its bearer confirmation (Profiles section 4.1.4.2, Core section 2.4.1).

use super::Expected;
use crate::messages::element;
use crate::names::{BEARER, SAML};
use crate::xml::Element;
use crate::{AnswerFault, NameId, SamlError};
use model::Timestamp;

/// What the confirmed subject says.
pub(super) struct Confirmed {
    pub(super) name_id: Option<NameId>,
    pub(super) not_on_or_after: Timestamp,
}

/// At least one bearer confirmation must hold in every point. Where none does,
/// the fault of the last one tried is told.
pub(super) fn check(
    assertion: Element<'_>,
    expected: &Expected<'_>,
) -> Result<Confirmed, SamlError> {
    let fault = SamlError::in_answer;
    let subject = assertion.one(SAML, "Subject").map_err(fault)?;
    let subject = subject.ok_or_else(|| no_bearer("no Subject"))?;
    let name_id = subject.one(SAML, "NameID").map_err(fault)?;
    let name_id = name_id.map(NameId::read).transpose().map_err(fault)?;
    let mut outcome = Err(no_bearer("no bearer confirmation"));
    for confirmation in subject.all(SAML, "SubjectConfirmation") {
        if confirmation.attr("Method") != Some(BEARER) {
            continue;
        }
        outcome = bearer(confirmation, expected);
        if outcome.is_ok() {
            break;
        }
    }
    outcome.map(|not_on_or_after| Confirmed { name_id, not_on_or_after })
}

fn no_bearer(what: &str) -> SamlError {
    SamlError::answer(AnswerFault::NoBearer, what)
}

fn bearer(confirmation: Element<'_>, expected: &Expected<'_>) -> Result<Timestamp, SamlError> {
    let fault = SamlError::in_answer;
    let data = confirmation.one(SAML, "SubjectConfirmationData").map_err(fault)?;
    let data = data.ok_or_else(|| no_bearer("a bearer confirmation without data"))?;
    // Without it an assertion given to another service could be carried here by that service.
    if data.attr("Recipient") != Some(expected.recipient) {
        return Err(SamlError::answer(
            AnswerFault::Recipient,
            "the Recipient is not our ACS address",
        ));
    }
    let until = element::time(data, "NotOnOrAfter").map_err(fault)?;
    let until = until.ok_or_else(|| no_bearer("a bearer confirmation without NotOnOrAfter"))?;
    if expected.is_reached(until) {
        return Err(SamlError::answer(
            AnswerFault::Expired,
            "the bearer confirmation is past its NotOnOrAfter",
        ));
    }
    // The profile allows no NotBefore here; products write one, and it is held to.
    let from = element::time(data, "NotBefore").map_err(fault)?;
    if from.is_some_and(|from| expected.is_before(from)) {
        return Err(SamlError::answer(
            AnswerFault::NotYetValid,
            "the bearer confirmation is before its NotBefore",
        ));
    }
    expected.require_in_response_to(data.attr("InResponseTo"))?;
    Ok(until)
}
