//! The Response, and what an Assertion has in common with it.

use super::Expected;
use crate::messages::element;
use crate::names::{SAML, SAMLP};
use crate::xml::{Document, Element};
use crate::{AnswerFault, SamlError, StatusCode};

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// A Response of version 2.0 (Core 4.1.3.2: another version is not understood).
pub(super) fn require_response(root: Element<'_>) -> Result<(), SamlError> {
    if !root.is(SAMLP, "Response") {
        return Err(SamlError::answer(AnswerFault::Malformed, "not a Response"));
    }
    require_version(root)
}

fn require_version(element: Element<'_>) -> Result<(), SamlError> {
    if element.attr("Version") == Some("2.0") {
        return Ok(());
    }
    Err(SamlError::answer(
        AnswerFault::Version,
        format!("{} of another version than 2.0", element.name()),
    ))
}

/// Core 3.2.2.2: whatever the top code is but Success, there is no login. Said even
/// where unsigned: it can only refuse. Codes not of SAML's own list are not repeated.
pub(super) fn refused(response: Element<'_>) -> Result<(), SamlError> {
    let fault = SamlError::in_answer;
    let no_status = || SamlError::answer(AnswerFault::Malformed, "no Status");
    let status = response.one(SAMLP, "Status").map_err(fault)?.ok_or_else(no_status)?;
    let top = status.one(SAMLP, "StatusCode").map_err(fault)?.ok_or_else(no_status)?;
    let value = top.attr("Value").unwrap_or_default();
    if value == SUCCESS {
        return Ok(());
    }
    let second = top.one(SAMLP, "StatusCode").map_err(fault)?;
    let second = second.and_then(|c| c.attr("Value")).unwrap_or_default();
    let kind = if second == StatusCode::NoPassive.as_str() {
        AnswerFault::NoPassive
    } else {
        AnswerFault::Status
    };
    Err(SamlError::answer(kind, format!("status {} / {}", short(value), short(second))))
}

/// The last part of a status code, if it is one of SAML's.
fn short(code: &str) -> &str {
    let name = code.strip_prefix("urn:oasis:names:tc:SAML:2.0:status:").unwrap_or("-");
    if name.len() <= 40 && name.bytes().all(|b| b.is_ascii_alphabetic()) { name } else { "-" }
}

/// Exactly one Assertion or EncryptedAssertion in the whole document, as a
/// child of the Response. A second one anywhere is how wrapping hides the
/// forged one, in Advice, Extensions or an Object.
pub(super) fn require_one_assertion<'d>(
    document: &'d Document<'_>,
) -> Result<Element<'d>, SamlError> {
    let mut found = None;
    for element in document.elements().filter(|e| e.namespace() == SAML) {
        refuse_encrypted_part(element)?;
        if matches!(element.name(), "Assertion" | "EncryptedAssertion")
            && found.replace(element).is_some()
        {
            return Err(SamlError::answer(AnswerFault::AssertionCount, "more than one Assertion"));
        }
    }
    found.filter(|assertion| assertion.parent() == Some(document.root())).ok_or_else(|| {
        SamlError::answer(AnswerFault::AssertionCount, "no Assertion directly in the Response")
    })
}

/// An Assertion is encrypted whole or not at all: no product encrypts a part by default.
fn refuse_encrypted_part(element: Element<'_>) -> Result<(), SamlError> {
    if matches!(element.name(), "EncryptedID" | "EncryptedAttribute") {
        let what = format!("{}: encrypt the whole Assertion instead", element.name());
        return Err(SamlError::answer(AnswerFault::Encrypted, what));
    }
    Ok(())
}

/// Whether it is an Assertion in clear.
pub(super) fn is_assertion(element: Element<'_>) -> bool {
    element.is(SAML, "Assertion")
}

/// Nothing inside an opened Assertion is another one, or is encrypted again.
pub(super) fn require_nothing_nested(opened: &Document<'_>) -> Result<(), SamlError> {
    for element in opened.elements().skip(1).filter(|e| e.namespace() == SAML) {
        refuse_encrypted_part(element)?;
        if matches!(element.name(), "Assertion" | "EncryptedAssertion") {
            return Err(SamlError::answer(
                AnswerFault::AssertionCount,
                "an Assertion inside the encrypted one",
            ));
        }
    }
    Ok(())
}

/// Whom the Response claims to be of, where it says so.
pub(super) fn require_issuer(
    element: Element<'_>,
    expected: &Expected<'_>,
) -> Result<(), SamlError> {
    match element::issuer(element).map_err(SamlError::in_answer)? {
        Some(issuer) if issuer != expected.idp.entity_id => Err(other_issuer()),
        _ => Ok(()),
    }
}

fn other_issuer() -> SamlError {
    SamlError::answer(AnswerFault::Issuer, "the Issuer is not the identity provider that was asked")
}

/// The attributes of the Response.
pub(super) fn check(
    response: Element<'_>,
    expected: &Expected<'_>,
    is_signed: bool,
) -> Result<(), SamlError> {
    let fault = SamlError::in_answer;
    element::id(response).map_err(fault)?;
    // Profiles 4.1.4.2: a signed Response names its Issuer.
    if is_signed && element::issuer(response).map_err(fault)?.is_none() {
        return Err(SamlError::answer(AnswerFault::Issuer, "a signed Response without Issuer"));
    }
    require_issuer(response, expected)?;
    // Bindings 3.5.5.2: a signed message names where it was sent, or it could have been
    // signed for another service and carried here.
    match response.attr("Destination") {
        Some(destination) if destination == expected.recipient => {}
        None if !is_signed => {}
        _ => {
            return Err(SamlError::answer(
                AnswerFault::Destination,
                "the Destination is not our ACS address",
            ));
        }
    }
    expected.require_in_response_to(response.attr("InResponseTo"))?;
    require_issued(response, expected)
}

/// Version, Issuer and time of the Assertion.
pub(super) fn check_assertion(
    assertion: Element<'_>,
    expected: &Expected<'_>,
) -> Result<(), SamlError> {
    if !assertion.is(SAML, "Assertion") {
        return Err(SamlError::answer(AnswerFault::Malformed, "not an Assertion"));
    }
    require_version(assertion)?;
    // Core 2.3.3: the Issuer is required; without this check one identity provider
    // whose key is known could speak for another.
    if element::issuer(assertion).map_err(SamlError::in_answer)?.is_none() {
        return Err(SamlError::answer(AnswerFault::Issuer, "an Assertion without Issuer"));
    }
    require_issuer(assertion, expected)?;
    require_issued(assertion, expected)
}

fn require_issued(element: Element<'_>, expected: &Expected<'_>) -> Result<(), SamlError> {
    let issued = element::required_time(element, "IssueInstant").map_err(SamlError::in_answer)?;
    if expected.is_before(issued) {
        return Err(SamlError::answer(
            AnswerFault::NotYetValid,
            format!("{} issued in the future", element.name()),
        ));
    }
    Ok(())
}
