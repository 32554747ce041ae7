//! What a reader without namespaces would take for SAML's own.

use crate::names::SAML;
use crate::xml::Element;
use crate::{AnswerFault, SamlError};

/// Elements that say who somebody is, or for whom that is said.
const ELEMENTS: &[&str] = &[
    "Assertion",
    "Issuer",
    "Subject",
    "NameID",
    "Conditions",
    "AudienceRestriction",
    "Audience",
    "AttributeStatement",
    "Attribute",
    "AttributeValue",
];
/// Attributes that do.
const ATTRIBUTES: &[&str] = &["ID", "Name", "NameFormat", "FriendlyName", "Format"];
/// Where SAML leaves it to others what stands there (Core 2.3.4, 2.4.1.2, 2.7.2.2, 2.7.3.1.1).
const OPEN: &[&str] = &["Advice", "SubjectConfirmationData", "AuthnContextDecl", "AttributeValue"];

/// Refuses a name of SAML's in another namespace where SAML's own would stand: we would pass
/// over it, and a reader that looks at local names alone, as many do, would believe it. The
/// schema allows none of these elements, and nobody's extension has such attributes.
pub(super) fn refuse(element: Element<'_>) -> Result<(), SamlError> {
    let foreign = element
        .attrs()
        .find(|(namespace, name, _)| !namespace.is_empty() && ATTRIBUTES.contains(name));
    if let Some((_, name, _)) = foreign {
        return Err(malformed(name, element));
    }
    if OPEN.contains(&element.name()) {
        return Ok(());
    }
    for child in element.children() {
        if child.namespace() == SAML {
            refuse(child)?;
        } else if ELEMENTS.contains(&child.name()) {
            return Err(malformed(child.name(), element));
        }
    }
    Ok(())
}

fn malformed(name: &str, at: Element<'_>) -> SamlError {
    let what = format!("{name} of another namespace at {}", at.name());
    SamlError::answer(AnswerFault::Malformed, what)
}
