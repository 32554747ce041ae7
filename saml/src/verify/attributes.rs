//! Attributes: reading them, and finding one by any of its names.

use super::{Assertion, Attribute};
use crate::names::{SAML, attr, name_id_format};
use crate::xml::{Element, XmlFault};

/// Reads every attribute of every AttributeStatement (Core section 2.7.3).
pub(super) fn read(assertion: Element<'_>) -> Result<Vec<Attribute>, XmlFault> {
    let mut attributes = Vec::new();
    for statement in assertion.all(SAML, "AttributeStatement") {
        for attribute in statement.all(SAML, "Attribute") {
            let name = attribute.attr("Name").filter(|n| !n.is_empty());
            let own = |name| attribute.attr(name).map(str::to_owned);
            attributes.push(Attribute {
                name: name
                    .ok_or_else(|| XmlFault::malformed("an Attribute without Name"))?
                    .to_owned(),
                friendly_name: own("FriendlyName"),
                name_format: own("NameFormat"),
                values: values(attribute)?,
            });
        }
    }
    Ok(attributes)
}

/// Texts; of a NameID (eduPersonTargetedID) its text. Empty ones and other structures say nothing.
fn values(attribute: Element<'_>) -> Result<Vec<String>, XmlFault> {
    let mut values = Vec::new();
    for value in attribute.all(SAML, "AttributeValue") {
        let text = match value.children().next() {
            None => value.trimmed()?,
            Some(_) => match value.one(SAML, "NameID")? {
                Some(name_id) => name_id.trimmed()?,
                None => continue,
            },
        };
        if !text.is_empty() {
            values.push(text);
        }
    }
    Ok(values)
}

/// The same attribute under all its names: plain, OID, urn:mace. FriendlyName is
/// never matched: it is for people, and nothing fixes what it says.
const ALIASES: &[&[&str]] = &[
    &["subject-id", attr::SUBJECT_ID],
    &["pairwise-id", attr::PAIRWISE_ID],
    &["displayName", attr::DISPLAY_NAME, "urn:mace:dir:attribute-def:displayName"],
    &["mail", attr::MAIL, "urn:mace:dir:attribute-def:mail"],
    &["telephoneNumber", attr::TELEPHONE_NUMBER, "urn:mace:dir:attribute-def:telephoneNumber"],
    &["mobile", "urn:oid:0.9.2342.19200300.100.1.41", "urn:mace:dir:attribute-def:mobile"],
    &["cn", "urn:oid:2.5.4.3", "urn:mace:dir:attribute-def:cn"],
    &["sn", "urn:oid:2.5.4.4", "urn:mace:dir:attribute-def:sn"],
    &["givenName", "urn:oid:2.5.4.42", "urn:mace:dir:attribute-def:givenName"],
    &["uid", "urn:oid:0.9.2342.19200300.100.1.1", "urn:mace:dir:attribute-def:uid"],
    &["o", "urn:oid:2.5.4.10", "urn:mace:dir:attribute-def:o"],
    &["ou", "urn:oid:2.5.4.11", "urn:mace:dir:attribute-def:ou"],
    &[
        "eduPersonScopedAffiliation",
        attr::SCOPED_AFFILIATION,
        "urn:mace:dir:attribute-def:eduPersonScopedAffiliation",
    ],
    &[
        "eduPersonAffiliation",
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.1",
        "urn:mace:dir:attribute-def:eduPersonAffiliation",
    ],
    &[
        "eduPersonPrincipalName",
        attr::PRINCIPAL_NAME,
        "urn:mace:dir:attribute-def:eduPersonPrincipalName",
    ],
    &["eduPersonTargetedID", attr::TARGETED_ID, "urn:mace:dir:attribute-def:eduPersonTargetedID"],
    &["eduPersonEntitlement", attr::ENTITLEMENT, "urn:mace:dir:attribute-def:eduPersonEntitlement"],
    &["eduPersonUniqueId", "urn:oid:1.3.6.1.4.1.5923.1.1.1.13"],
    &["eduPersonAssurance", "urn:oid:1.3.6.1.4.1.5923.1.1.1.11"],
    &["schacHomeOrganization", "urn:oid:1.3.6.1.4.1.25178.1.2.9"],
];

/// Whether two names are those of one attribute: plain, OID or urn:mace.
pub fn is_same_attribute(one: &str, other: &str) -> bool {
    one == other || ALIASES.iter().any(|group| group.contains(&one) && group.contains(&other))
}

/// The values of an attribute by any of its names: plain, OID or urn:mace.
/// `NameID` is the subject's name of any format; `NameID:persistent`,
/// `NameID:transient` and `NameID:email` only of that format.
pub fn attribute<'a>(
    assertion: &'a Assertion,
    name: &str,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let group = ALIASES.iter().find(|group| group.contains(&name));
    let name_id = assertion.name_id.as_ref().filter(|n| matches_format(name, n.format.as_deref()));
    let wanted = name.to_owned();
    let attributes = assertion.attributes.iter().filter(move |a| match group {
        Some(group) => group.contains(&a.name.as_str()),
        None => a.name == wanted,
    });
    name_id
        .map(|n| n.value.as_str())
        .into_iter()
        .chain(attributes.flat_map(|a| a.values.iter().map(String::as_str)))
}

fn matches_format(wanted: &str, format: Option<&str>) -> bool {
    match wanted {
        "NameID" => true,
        "NameID:persistent" => format == Some(name_id_format::PERSISTENT),
        "NameID:transient" => format == Some(name_id_format::TRANSIENT),
        "NameID:email" => format == Some(name_id_format::EMAIL),
        _ => false,
    }
}
