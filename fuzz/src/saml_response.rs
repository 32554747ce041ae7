//! Bytes to the verifier of answers. The key behind the metadata was not kept: what is
//! accepted says what was signed with it, or somebody else's word would be believed.

use crate::fixtures::{
    ACS, ASSERTION_SIGNED, AUDIENCE, IDP_READ, NOW, REQUEST_ID, RESPONSE_SIGNED,
};
use saml::{Assertion, Expected, IdpMetadata, peek_issuer, verify_response};
use std::sync::LazyLock;

static GOOD: LazyLock<Assertion> = LazyLock::new(|| {
    let read = |xml: &str| verify_response(xml.as_bytes(), &expected(&IDP_READ)).expect("good");
    let (of_assertion, of_response) = (read(ASSERTION_SIGNED), read(RESPONSE_SIGNED));
    assert_eq!(*of_assertion, *of_response, "one answer, signed twice");
    (*of_assertion).clone()
});

/// What our request expects of an answer.
pub fn expected(idp: &IdpMetadata) -> Expected<'_> {
    Expected {
        idp,
        audience: AUDIENCE,
        recipient: ACS,
        in_response_to: Some(REQUEST_ID),
        now: NOW,
        skew_s: 60,
        force_authn_since: None,
    }
}

/// Holds an accepted answer against the one that was signed. The Response's own ID is no
/// part of what the Assertion's signature covers.
pub fn hold(accepted: &Assertion, good: &Assertion, xml: &[u8]) {
    let accepted = Assertion { response_id: good.response_id.clone(), ..accepted.clone() };
    let shown = || String::from_utf8_lossy(xml);
    assert_eq!(accepted, *good, "believed, and never signed:\n{}", shown());
}

/// One input.
pub fn run(data: &[u8]) {
    let good = &*GOOD;
    let _ = peek_issuer(data);
    if let Ok(accepted) = verify_response(data, &expected(&IDP_READ)) {
        hold(&accepted, good, data);
    }
    let never_asked = Expected { in_response_to: None, ..expected(&IDP_READ) };
    assert!(verify_response(data, &never_asked).is_err(), "an answer to a request nobody made");
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_holds() {
        for (_, seed) in crate::seeds("saml_response") {
            super::run(&seed);
        }
    }
}
