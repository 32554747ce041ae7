//! Our Response with its Assertion.

use super::envelope_out::{Envelope, SUCCESS, require_ids, write_status};
use crate::encryption::seal;
use crate::names::{BEARER, SAML};
use crate::signature::enveloped;
use crate::xml::Canonical;
use crate::{NameId, Recipient, SamlError, Signer};
use model::{Entropy, Timestamp};

/// Values of one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttrValues {
    /// Texts, in order.
    Text(Vec<String>),
    /// A NameID as element (eduPersonTargetedID).
    NameId(NameId),
}

/// One attribute of an assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeOut {
    /// Its name.
    pub name: String,
    /// NameFormat URI.
    pub name_format: String,
    /// FriendlyName.
    pub friendly_name: Option<String>,
    /// Its values.
    pub values: AttrValues,
}

/// What is answered to a service.
#[derive(Debug, Clone)]
pub struct ResponseOut {
    /// A fresh ID of the Response.
    pub response_id: String,
    /// A fresh ID of the Assertion.
    pub assertion_id: String,
    /// The entityID that answers.
    pub issuer: String,
    /// The ACS address: Destination and Recipient.
    pub destination: String,
    /// The request answered; absent in an unsolicited answer.
    pub in_response_to: Option<String>,
    /// The service's entityID.
    pub audience: String,
    /// Now.
    pub issue_instant: Timestamp,
    /// Who.
    pub name_id: NameId,
    /// What the service is told.
    pub attributes: Vec<AttributeOut>,
    /// When the reader proved it.
    pub authn_instant: Timestamp,
    /// How (AuthnContextClassRef).
    pub authn_context: String,
    /// The session, for logout.
    pub session_index: String,
    /// When the service's session should end at the latest.
    pub session_not_on_or_after: Option<Timestamp>,
    /// Who vouched, nearest first.
    pub authenticating_authorities: Vec<String>,
    /// How long the answer may be used.
    pub lifetime_s: i64,
}

/// Which element carries the one signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// The Assertion.
    Assertion,
    /// The Response.
    Response,
}

/// Writes and signs an answer: one private-key operation, over exactly the bytes written.
pub fn write_response<'k>(
    out: &ResponseOut,
    key: impl Into<Signer<'k>>,
    sign: Sign,
) -> Result<String, SamlError> {
    write(out, key.into(), sign, Ok)
}

/// The same with the assertion encrypted for one recipient: signed before
/// where it carries the signature; else the signature lies around it.
pub fn write_encrypted_response<'k>(
    out: &ResponseOut,
    key: impl Into<Signer<'k>>,
    sign: Sign,
    to: &Recipient,
    entropy: &Entropy,
) -> Result<String, SamlError> {
    write(out, key.into(), sign, |assertion| seal(&assertion, to, entropy))
}

fn write(
    out: &ResponseOut,
    signer: Signer<'_>,
    sign: Sign,
    carried: impl FnOnce(String) -> Result<String, SamlError>,
) -> Result<String, SamlError> {
    require_ids(&[Some(&out.response_id), Some(&out.assertion_id), out.in_response_to.as_deref()])?;
    let envelope = Envelope {
        id: &out.response_id,
        issuer: &out.issuer,
        destination: &out.destination,
        in_response_to: out.in_response_to.as_deref(),
        issue_instant: out.issue_instant,
    };
    let (head, tail) = (assertion_head(out), assertion_tail(out));
    let mut body = Canonical::with_capacity(8192);
    write_status(&mut body, &[SUCCESS], None);
    match sign {
        Sign::Assertion => {
            body.raw(&carried(enveloped(&out.assertion_id, &head, &tail, signer)?)?);
            Ok(envelope.around(&body.finish()))
        }
        Sign::Response => {
            body.raw(&carried(head + &tail)?);
            envelope.signed_around(&body.finish(), signer)
        }
    }
}

fn assertion_head(out: &ResponseOut) -> String {
    let when = out.issue_instant.rfc3339();
    let mut head = Canonical::with_capacity(512);
    head.open(
        "saml:Assertion",
        &[("saml", SAML)],
        &[("ID", Some(&out.assertion_id)), ("IssueInstant", Some(&when)), ("Version", Some("2.0"))],
    )
    .leaf("saml:Issuer", &[], &out.issuer);
    head.finish()
}

fn assertion_tail(out: &ResponseOut) -> String {
    let until = out.issue_instant.plus_s(out.lifetime_s).rfc3339();
    let mut tail = Canonical::with_capacity(4096);
    write_subject(&mut tail, out, &until);
    write_conditions(&mut tail, out, &until);
    write_authn_statement(&mut tail, out);
    if !out.attributes.is_empty() {
        tail.open("saml:AttributeStatement", &[], &[]);
        for attribute in &out.attributes {
            write_attribute(&mut tail, attribute);
        }
        tail.close("saml:AttributeStatement");
    }
    tail.close("saml:Assertion");
    tail.finish()
}

/// Profiles section 4.1.4.2: bearer, with Recipient, NotOnOrAfter and InResponseTo.
fn write_subject(tail: &mut Canonical, out: &ResponseOut, until: &str) {
    let data = [
        ("InResponseTo", out.in_response_to.as_deref()),
        ("NotOnOrAfter", Some(until)),
        ("Recipient", Some(out.destination.as_str())),
    ];
    tail.open("saml:Subject", &[], &[]);
    out.name_id.write(tail);
    tail.open("saml:SubjectConfirmation", &[], &[("Method", Some(BEARER))])
        .leaf("saml:SubjectConfirmationData", &data, "")
        .close("saml:SubjectConfirmation")
        .close("saml:Subject");
}

fn write_conditions(tail: &mut Canonical, out: &ResponseOut, until: &str) {
    // A service whose clock is a little slow must not find the answer "not yet valid".
    let from = out.issue_instant.plus_s(-60).rfc3339();
    tail.open("saml:Conditions", &[], &[("NotBefore", Some(&from)), ("NotOnOrAfter", Some(until))])
        .open("saml:AudienceRestriction", &[], &[])
        .leaf("saml:Audience", &[], &out.audience)
        .close("saml:AudienceRestriction")
        .close("saml:Conditions");
}

fn write_authn_statement(tail: &mut Canonical, out: &ResponseOut) {
    let at = out.authn_instant.rfc3339();
    let ends = out.session_not_on_or_after.map(Timestamp::rfc3339);
    let attrs = [
        ("AuthnInstant", Some(at.as_str())),
        ("SessionIndex", Some(out.session_index.as_str())),
        ("SessionNotOnOrAfter", ends.as_deref()),
    ];
    tail.open("saml:AuthnStatement", &[], &attrs).open("saml:AuthnContext", &[], &[]).leaf(
        "saml:AuthnContextClassRef",
        &[],
        &out.authn_context,
    );
    for authority in &out.authenticating_authorities {
        tail.leaf("saml:AuthenticatingAuthority", &[], authority);
    }
    tail.close("saml:AuthnContext").close("saml:AuthnStatement");
}

fn write_attribute(tail: &mut Canonical, attribute: &AttributeOut) {
    let attrs = [
        ("FriendlyName", attribute.friendly_name.as_deref()),
        ("Name", Some(attribute.name.as_str())),
        ("NameFormat", Some(attribute.name_format.as_str())),
    ];
    tail.open("saml:Attribute", &[], &attrs);
    match &attribute.values {
        AttrValues::Text(values) => {
            for value in values {
                tail.leaf("saml:AttributeValue", &[], value);
            }
        }
        AttrValues::NameId(name_id) => {
            tail.open("saml:AttributeValue", &[], &[]);
            name_id.write(tail);
            tail.close("saml:AttributeValue");
        }
    }
    tail.close("saml:Attribute");
}
