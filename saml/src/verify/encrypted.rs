//! An answer whose assertion is encrypted.
//!
//! Two things may make it believed: the Response's signature, which covers
//! the ciphertext, or the Assertion's own, which is found once it is opened.
//! Without either nothing encrypted says who it is from: anybody can encrypt
//! to a published key (CVE-2026-2092).

use super::{Assertion, Expected, Verified, accept, envelope};
use crate::encryption::{self, Decryption, EncryptionFault, Sealed};
use crate::signature::{self, SignatureFault};
use crate::xml::{self, Document, Element, Limits};
use crate::{AnswerFault, SamlError};

/// Verifies an answer whose one assertion is the encrypted one, `sealed`.
pub(super) fn verify(
    document: &Document<'_>,
    sealed: Element<'_>,
    expected: &Expected<'_>,
    with: &Decryption<'_>,
) -> Result<Verified<Assertion>, SamlError> {
    let root = document.root();
    let signed = match signature::verify(document, &[root], &expected.idp.keys) {
        Ok(signed) => signed,
        Err(SignatureFault::Missing) => {
            envelope::check(root, expected, false)?;
            return opened(sealed, root, expected, with, false);
        }
        Err(fault) => return Err(fault.in_answer()),
    };
    let verified = xml::parse(&signed.bytes, &Limits::RESPONSE).map_err(SamlError::in_answer)?;
    let response = verified.root();
    envelope::require_response(response)?;
    envelope::refused(response)?;
    envelope::check(response, expected, true)?;
    let sealed = envelope::require_one_assertion(&verified)?;
    opened(sealed, response, expected, with, true)
}

fn opened(
    sealed: Element<'_>,
    response: Element<'_>,
    expected: &Expected<'_>,
    with: &Decryption<'_>,
    whole_is_signed: bool,
) -> Result<Verified<Assertion>, SamlError> {
    let sealed = Sealed::read(sealed).map_err(EncryptionFault::in_answer)?;
    require_acceptable(&sealed, with, whole_is_signed)?;
    let text = encryption::open(&sealed, with).map_err(EncryptionFault::in_answer)?;
    let not_opened = || EncryptionFault::Opening.in_answer();
    // By itself: nothing of the document around it, which may be unverified, gives it a meaning.
    let inside = xml::parse(&text, &Limits::RESPONSE).map_err(|_| not_opened())?;
    if !envelope::is_assertion(inside.root()) {
        return Err(not_opened());
    }
    envelope::require_nothing_nested(&inside)?;
    let accepted = accept_inside(&inside, response, expected, whole_is_signed)?;
    drop(inside);
    Ok(accepted.out_of(text))
}

fn accept_inside(
    inside: &Document<'_>,
    response: Element<'_>,
    expected: &Expected<'_>,
    whole_is_signed: bool,
) -> Result<Verified<Assertion>, SamlError> {
    match signature::verify(inside, &[inside.root()], &expected.idp.keys) {
        Ok(signed) => {
            let read =
                xml::parse(&signed.bytes, &Limits::RESPONSE).map_err(SamlError::in_answer)?;
            accept(read.root(), response, expected)
        }
        // The signature around the ciphertext vouches for what it opened to.
        Err(SignatureFault::Missing) if whole_is_signed => {
            accept(inside.root(), response, expected)
        }
        Err(fault) => Err(fault.in_answer()),
    }
}

/// A ciphertext in CBC can be changed so that the answers to it tell its text
/// (Jager and Somorovsky 2011): it is opened only where a signature has fixed
/// every byte of it, and only for a member that can do no better.
fn require_acceptable(
    sealed: &Sealed,
    with: &Decryption<'_>,
    whole_is_signed: bool,
) -> Result<(), SamlError> {
    if sealed.is_authenticated() {
        return Ok(());
    }
    let condition = match (with.accept_cbc, whole_is_signed) {
        (true, true) => return Ok(()),
        (false, _) => "only with `accept_cbc = true` at the connector",
        (true, false) => "only in a signed Response",
    };
    let what = format!("{} is accepted {condition}: use AES-GCM", sealed.algorithm());
    Err(SamlError::answer(AnswerFault::Algorithm, what))
}
