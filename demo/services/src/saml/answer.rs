//! The checks of a service provider on the hub's Response (Profiles 4.1.4.3).

use super::metadata::Hub;
use crate::show::Values;
use bergshamra::keys::loader::load_x509_cert_der;
use bergshamra::xml::{Document, NodeId};
use bergshamra::{DsigContext, KeysManager, VerifyResult};

const SAMLP: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const SKEW_S: i64 = 60;

/// What the answer must fit.
pub(crate) struct Expected<'a> {
    pub(crate) hub: &'a Hub,
    pub(crate) audience: &'a str,
    pub(crate) recipient: &'a str,
    pub(crate) now_s: i64,
}

/// A Response that may be believed as far as its outcome goes.
pub(crate) struct Answer {
    pub(crate) in_response_to: String,
    /// Values from a verified assertion, or the status of a refusal.
    pub(crate) outcome: Result<Values, String>,
}

pub(crate) fn read(xml: &str, expected: &Expected<'_>) -> Result<Answer, String> {
    if xml.contains("<!DOCTYPE") {
        return Err("a DTD".to_owned());
    }
    let doc = bergshamra::xml::uppsala::parse(xml).map_err(|e| e.to_string())?;
    let root = doc.document_element().ok_or("an empty answer")?;
    let is_response = doc.element(root).is_some_and(|e| e.matches_name_ns(SAMLP, "Response"));
    if !is_response || doc.get_attribute(root, "Destination") != Some(expected.recipient) {
        return Err("not a Response for this service".to_owned());
    }
    let in_response_to = doc.get_attribute(root, "InResponseTo").unwrap_or_default().to_owned();
    if let Some(status) = refusal(&doc, root) {
        return Ok(Answer { in_response_to, outcome: Err(status) });
    }
    let signed = verified_element(xml, &doc, expected.hub)?;
    let assertions = doc.get_elements_by_tag_name_ns(SAML, "Assertion");
    let [assertion] = assertions.as_slice() else {
        return Err("not exactly one Assertion".to_owned());
    };
    // What is read must lie inside what was signed.
    if doc.parent(*assertion) != Some(root) || (signed != *assertion && signed != root) {
        return Err("the signature does not cover the Assertion".to_owned());
    }
    check(&doc, *assertion, expected, &in_response_to)?;
    Ok(Answer { in_response_to, outcome: Ok(values(&doc, *assertion)) })
}

/// The status of a Response that is no success.
fn refusal(doc: &Document<'_>, root: NodeId) -> Option<String> {
    let status = doc.first_child_element_by_name_ns(root, SAMLP, "Status")?;
    let code = doc.first_child_element_by_name_ns(status, SAMLP, "StatusCode")?;
    let value = doc.get_attribute(code, "Value").unwrap_or_default();
    if value == SUCCESS {
        return None;
    }
    let inner = doc
        .first_child_element_by_name_ns(code, SAMLP, "StatusCode")
        .and_then(|c| doc.get_attribute(c, "Value"))
        .unwrap_or_default();
    Some(format!("{value} {inner}"))
}

/// The element that the hub's key signed.
fn verified_element(xml: &str, doc: &Document<'_>, hub: &Hub) -> Result<NodeId, String> {
    let mut reason = "the hub publishes no key".to_owned();
    for certificate in &hub.certificates {
        let mut keys = KeysManager::new();
        keys.add_key(load_x509_cert_der(certificate).map_err(|e| e.to_string())?);
        let context = DsigContext::new(keys);
        match bergshamra::dsig::verify::verify_document_with_source(&context, doc, Some(xml)) {
            Ok(VerifyResult::Valid { references, .. }) => {
                let [reference] = references.as_slice() else {
                    return Err("not exactly one Reference".to_owned());
                };
                return reference.resolved_node.ok_or_else(|| "no signed element".to_owned());
            }
            Ok(VerifyResult::Invalid { reason: why }) => reason = why,
            Err(e) => reason = e.to_string(),
        }
    }
    Err(reason)
}

fn check(
    doc: &Document<'_>,
    assertion: NodeId,
    expected: &Expected<'_>,
    in_response_to: &str,
) -> Result<(), String> {
    let child = |parent, name| doc.first_child_element_by_name_ns(parent, SAML, name);
    let text = |node| doc.text_content_deep(node);
    if child(assertion, "Issuer").map(text).as_deref() != Some(&expected.hub.entity_id) {
        return Err("another issuer".to_owned());
    }
    let conditions = child(assertion, "Conditions").ok_or("no Conditions")?;
    in_time(doc, conditions, expected.now_s)?;
    let audience =
        child(conditions, "AudienceRestriction").and_then(|r| child(r, "Audience")).map(text);
    if audience.as_deref() != Some(expected.audience) {
        return Err("meant for another service".to_owned());
    }
    let data = child(assertion, "Subject")
        .and_then(|s| child(s, "SubjectConfirmation"))
        .filter(|c| doc.get_attribute(*c, "Method") == Some(BEARER))
        .and_then(|c| child(c, "SubjectConfirmationData"))
        .ok_or("no bearer confirmation")?;
    in_time(doc, data, expected.now_s)?;
    if doc.get_attribute(data, "Recipient") != Some(expected.recipient)
        || doc.get_attribute(data, "InResponseTo") != Some(in_response_to)
        || doc.get_attribute(data, "NotOnOrAfter").is_none()
    {
        return Err("confirmed for another login".to_owned());
    }
    child(assertion, "AuthnStatement").map(|_| ()).ok_or_else(|| "no AuthnStatement".to_owned())
}

fn in_time(doc: &Document<'_>, node: NodeId, now_s: i64) -> Result<(), String> {
    let at = |name| doc.get_attribute(node, name).map(seconds);
    match (at("NotBefore"), at("NotOnOrAfter")) {
        (Some(from), _) if from.is_none_or(|f| f > now_s + SKEW_S) => Err("not yet valid".into()),
        (_, Some(until)) if until.is_none_or(|u| u <= now_s - SKEW_S) => Err("expired".into()),
        _ => Ok(()),
    }
}

fn values(doc: &Document<'_>, assertion: NodeId) -> Values {
    let mut values = Values::new();
    for statement in doc.child_elements_by_name_ns(assertion, SAML, "AttributeStatement") {
        for attribute in doc.child_elements_by_name_ns(statement, SAML, "Attribute") {
            let texts = doc
                .child_elements_by_name_ns(attribute, SAML, "AttributeValue")
                .into_iter()
                .map(|v| doc.text_content_deep(v))
                .collect();
            let name = doc.get_attribute(attribute, "Name").unwrap_or_default();
            values.insert(plain_name(name).to_owned(), texts);
        }
    }
    values
}

/// The few object identifiers that this service knows by name.
fn plain_name(name: &str) -> &str {
    match name {
        "urn:oid:2.16.840.1.113730.3.1.241" => "name",
        "urn:oid:0.9.2342.19200300.100.1.3" => "email",
        "urn:oid:2.5.4.20" => "phone_number",
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.7" => "entitlements",
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.9" => "affiliation",
        other => other,
    }
}

fn seconds(text: &str) -> Option<i64> {
    use time::format_description::well_known::Rfc3339;
    time::OffsetDateTime::parse(text, &Rfc3339).ok().map(time::OffsetDateTime::unix_timestamp)
}

/// A time as SAML writes it (Core 1.3.3).
pub(crate) fn instant(at_s: i64) -> String {
    use time::format_description::well_known::Rfc3339;
    time::OffsetDateTime::from_unix_timestamp(at_s)
        .ok()
        .and_then(|t| t.format(&Rfc3339).ok())
        .unwrap_or_default()
}
