//! From an answer that arrived to an assertion that can be believed.
//!
//! ```text
//! verify_response ─▶ xml::parse            size, depth, no DTD, no comments
//!                 ─▶ envelope::refused     a Status that says no ends it here
//!                 ─▶ envelope::require_one exactly one Assertion or EncryptedAssertion
//!                 ─▶ signature::verify     gives the bytes that were signed
//!                 ─▶ encrypted             opens what is encrypted in them, and verifies inside
//!                 ─▶ read (those bytes)    the Assertion as data
//!                 ─▶ envelope · subject · conditions · statement   one file a group of checks
//! ```

mod assertion;
mod attributes;
mod conditions;
mod encrypted;
mod envelope;
mod lookalikes;
mod second_opinion;
mod statement;
mod subject;
mod verified;

pub use assertion::{Assertion, Attribute};
pub use attributes::{attribute, is_same_attribute};
pub use second_opinion::{Accepted, Objection, Opinion, SecondOpinion};
pub use verified::Verified;

use crate::encryption::Decryption;
use crate::messages::element;
use crate::names::{SAML, SAMLP};
use crate::signature::{self, SignatureFault};
use crate::xml::{self, Element, Limits};
use crate::{AnswerFault, IdpMetadata, SamlError};
use model::Timestamp;

/// What an answer must match.
#[derive(Debug, Clone)]
pub struct Expected<'a> {
    /// The identity provider that was asked.
    pub idp: &'a IdpMetadata,
    /// Our entityID.
    pub audience: &'a str,
    /// Our ACS address.
    pub recipient: &'a str,
    /// The request that it answers; `None`: unsolicited, which must name none.
    pub in_response_to: Option<&'a str>,
    /// Now.
    pub now: Timestamp,
    /// Tolerated difference of clocks, seconds; 60 by default.
    pub skew_s: i64,
    /// A fresh login was asked for at that time (ForceAuthn).
    pub force_authn_since: Option<Timestamp>,
}

impl Expected<'_> {
    /// Whether `at` has not come yet, even by the faster of the two clocks.
    fn is_before(&self, at: Timestamp) -> bool {
        self.now.plus_s(self.skew_s) < at
    }

    /// Whether `at` is reached, even by the slower of the two clocks.
    fn is_reached(&self, at: Timestamp) -> bool {
        self.now >= at.plus_s(self.skew_s)
    }

    /// Core 3.2.2: an answer to another request, or to none, is another login
    /// put under this one (login fixation).
    fn require_in_response_to(&self, named: Option<&str>) -> Result<(), SamlError> {
        if named == self.in_response_to {
            return Ok(());
        }
        Err(SamlError::answer(
            AnswerFault::InResponseTo,
            "InResponseTo does not name the request that was made",
        ))
    }
}

/// Verifies an answer wholly, or refuses it. That it is not used twice is the
/// caller's to see to: with the id, until `not_on_or_after`.
///
/// For who has no key to decrypt with: an encrypted assertion is refused.
pub fn verify_response(
    xml: &[u8],
    expected: &Expected<'_>,
) -> Result<Verified<Assertion>, SamlError> {
    verify(xml, expected, None)
}

/// The same for who has keys: an encrypted assertion is opened, held to its
/// own signature where it has one, and believed without one only where the
/// Response's signature covers the ciphertext.
pub fn verify_encrypted_response(
    xml: &[u8],
    expected: &Expected<'_>,
    with: &Decryption<'_>,
) -> Result<Verified<Assertion>, SamlError> {
    verify(xml, expected, Some(with))
}

fn verify(
    xml: &[u8],
    expected: &Expected<'_>,
    with: Option<&Decryption<'_>>,
) -> Result<Verified<Assertion>, SamlError> {
    require_current_metadata(expected)?;
    let document = xml::parse(xml, &Limits::RESPONSE).map_err(SamlError::in_answer)?;
    let root = document.root();
    envelope::require_response(root)?;
    envelope::refused(root)?;
    let assertion = envelope::require_one_assertion(&document)?;
    // Names whom the answer claims to be of, before the signature fails for want of the right key.
    envelope::require_issuer(root, expected)?;
    if !envelope::is_assertion(assertion) {
        let no_key = || SamlError::answer(AnswerFault::Encrypted, "EncryptedAssertion");
        return encrypted::verify(&document, assertion, expected, with.ok_or_else(no_key)?);
    }

    let signed = signature::verify(&document, &[root, assertion], &expected.idp.keys)
        .map_err(SignatureFault::in_answer)?;
    let whole_is_signed = signed.index == 0;
    let verified = xml::parse(&signed.bytes, &Limits::RESPONSE).map_err(SamlError::in_answer)?;
    if whole_is_signed {
        let response = verified.root();
        envelope::require_response(response)?;
        envelope::refused(response)?;
        envelope::check(response, expected, true)?;
        let assertion = envelope::require_one_assertion(&verified)?;
        return accept(assertion, response, expected);
    }
    // Only the assertion is signed: of the unverified envelope nothing is taken; it can but refuse.
    envelope::check(root, expected, false)?;
    accept(verified.root(), root, expected)
}

/// The Issuer that an answer claims. UNVERIFIED: good only to choose whom to ask.
pub fn peek_issuer(xml: &[u8]) -> Option<String> {
    let document = xml::parse(xml, &Limits::RESPONSE).ok()?;
    let root = document.root();
    if !root.is(SAMLP, "Response") {
        return None;
    }
    let inner = || root.one(SAML, "Assertion").ok().flatten();
    let issuer = match element::issuer(root).ok()? {
        Some(issuer) => issuer,
        None => element::issuer(inner()?).ok()??,
    };
    Some(issuer.as_str().to_owned())
}

/// Metadata past their validUntil vouch for no key any more (SAML Metadata section 2.3.1).
fn require_current_metadata(expected: &Expected<'_>) -> Result<(), SamlError> {
    match expected.idp.valid_until {
        Some(until) if expected.now >= until => {
            Err(SamlError::metadata("of the identity provider are past their validUntil"))
        }
        _ => Ok(()),
    }
}

fn accept(
    assertion: Element<'_>,
    response: Element<'_>,
    expected: &Expected<'_>,
) -> Result<Verified<Assertion>, SamlError> {
    let fault = SamlError::in_answer;
    envelope::check_assertion(assertion, expected)?;
    lookalikes::refuse(assertion)?;
    let confirmed = subject::check(assertion, expected)?;
    let conditions = conditions::check(assertion, expected)?;
    let login = statement::check(assertion, expected)?;
    let until = conditions
        .not_on_or_after
        .map_or(confirmed.not_on_or_after, |c| c.min(confirmed.not_on_or_after));
    Ok(Verified::new(Assertion {
        id: element::id(assertion).map_err(fault)?,
        issuer: expected.idp.entity_id.clone(),
        name_id: confirmed.name_id,
        attributes: attributes::read(assertion).map_err(fault)?,
        authn_instant: login.authn_instant,
        authn_context: login.context,
        session_index: login.session_index,
        session_not_on_or_after: login.session_not_on_or_after,
        authenticating_authorities: login.authorities,
        not_on_or_after: until.plus_s(expected.skew_s),
        one_time_use: conditions.one_time_use,
        response_id: element::id(response).map_err(fault)?,
    }))
}

#[cfg(test)]
mod tests;
