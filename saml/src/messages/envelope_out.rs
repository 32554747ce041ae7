//! The Response around an assertion or a refusal (SAML Core section 3.3.3).

use super::element::is_id;
use crate::names::{SAML, SAMLP};
use crate::signature::enveloped;
use crate::xml::Canonical;
use crate::{SamlError, Signer};
use model::Timestamp;

pub(super) const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

pub(super) struct Envelope<'a> {
    pub(super) id: &'a str,
    pub(super) issuer: &'a str,
    pub(super) destination: &'a str,
    pub(super) in_response_to: Option<&'a str>,
    pub(super) issue_instant: Timestamp,
}

impl Envelope<'_> {
    /// The Response with `body` in it, unsigned.
    pub(super) fn around(&self, body: &str) -> String {
        self.head() + body + TAIL
    }

    /// The Response with `body` in it, signed.
    pub(super) fn signed_around(
        &self,
        body: &str,
        signer: Signer<'_>,
    ) -> Result<String, SamlError> {
        enveloped(self.id, &self.head(), &(body.to_owned() + TAIL), signer)
    }

    fn head(&self) -> String {
        let when = self.issue_instant.rfc3339();
        let mut head = Canonical::with_capacity(8192);
        head.open(
            "samlp:Response",
            &[("samlp", SAMLP)],
            &[
                ("Destination", Some(self.destination)),
                ("ID", Some(self.id)),
                ("InResponseTo", self.in_response_to),
                ("IssueInstant", Some(&when)),
                ("Version", Some("2.0")),
            ],
        )
        .open("saml:Issuer", &[("saml", SAML)], &[])
        .text(self.issuer)
        .close("saml:Issuer");
        head.finish()
    }
}

const TAIL: &str = "</samlp:Response>";

/// Status with its codes, the first at the top, each further one inside the one before.
pub(super) fn write_status(out: &mut Canonical, codes: &[&str], message: Option<&str>) {
    out.open("samlp:Status", &[], &[]);
    for code in codes {
        out.open("samlp:StatusCode", &[], &[("Value", Some(code))]);
    }
    for _ in codes {
        out.close("samlp:StatusCode");
    }
    if let Some(message) = message {
        out.leaf("samlp:StatusMessage", &[], message);
    }
    out.close("samlp:Status");
}

/// An ID that is no XML name would break the Reference to it.
pub(super) fn require_ids(ids: &[Option<&str>]) -> Result<(), SamlError> {
    if ids.iter().flatten().all(|id| is_id(id)) {
        return Ok(());
    }
    Err(SamlError::hub("an ID that is not an XML name"))
}
