//! Conditions (Core section 2.5.1).

use super::Expected;
use crate::messages::element;
use crate::names::SAML;
use crate::xml::Element;
use crate::{AnswerFault, SamlError};
use model::Timestamp;

/// What of the conditions concerns the caller.
pub(super) struct Conditions {
    pub(super) not_on_or_after: Option<Timestamp>,
    pub(super) one_time_use: bool,
}

/// Every condition must hold, and each must be understood: one that is not
/// makes the whole assertion worth nothing (Core 2.5.1.1).
pub(super) fn check(
    assertion: Element<'_>,
    expected: &Expected<'_>,
) -> Result<Conditions, SamlError> {
    let fault = SamlError::in_answer;
    let conditions = assertion.one(SAML, "Conditions").map_err(fault)?;
    // Profiles 4.1.4.2: an AudienceRestriction must be there, so Conditions must.
    let conditions = conditions.ok_or_else(|| other_audience("no Conditions"))?;
    let not_on_or_after = lifetime(conditions, expected)?;
    let mut restricted = false;
    let mut one_time_use = false;
    for condition in conditions.children() {
        match (condition.namespace(), condition.name()) {
            (SAML, "AudienceRestriction") => {
                require_audience(condition, expected)?;
                restricted = true;
            }
            (SAML, "OneTimeUse") => one_time_use = true,
            (SAML, "ProxyRestriction") => require_proxying(condition)?,
            _ => {
                return Err(SamlError::answer(
                    AnswerFault::Malformed,
                    "a condition that is not understood",
                ));
            }
        }
    }
    if !restricted {
        return Err(other_audience("no AudienceRestriction"));
    }
    Ok(Conditions { not_on_or_after, one_time_use })
}

fn other_audience(what: &str) -> SamlError {
    SamlError::answer(AnswerFault::Audience, what)
}

fn lifetime(
    conditions: Element<'_>,
    expected: &Expected<'_>,
) -> Result<Option<Timestamp>, SamlError> {
    let fault = SamlError::in_answer;
    let from = element::time(conditions, "NotBefore").map_err(fault)?;
    let until = element::time(conditions, "NotOnOrAfter").map_err(fault)?;
    if from.is_some_and(|from| expected.is_before(from)) {
        return Err(SamlError::answer(
            AnswerFault::NotYetValid,
            "the assertion is before its NotBefore",
        ));
    }
    if until.is_some_and(|until| expected.is_reached(until)) {
        return Err(SamlError::answer(
            AnswerFault::Expired,
            "the assertion is past its NotOnOrAfter",
        ));
    }
    Ok(until)
}

/// Core 2.5.1.4: we must be named in each restriction, or an assertion for another service is accepted here.
fn require_audience(restriction: Element<'_>, expected: &Expected<'_>) -> Result<(), SamlError> {
    for audience in restriction.all(SAML, "Audience") {
        if audience.trimmed().map_err(SamlError::in_answer)? == expected.audience {
            return Ok(());
        }
    }
    Err(other_audience("we are not the audience"))
}

/// Core 2.5.1.6: with a count of 0, or for named parties only, the login may not be passed
/// on to any service, and that is all a hub does.
fn require_proxying(restriction: Element<'_>) -> Result<(), SamlError> {
    let count: Option<u32> = element::number(restriction, "Count").map_err(SamlError::in_answer)?;
    if count == Some(0) || restriction.children().next().is_some() {
        return Err(other_audience("the identity provider forbids passing the login on"));
    }
    Ok(())
}
