//! The role of a service provider.

use super::role;
use super::{Acs, EntityAttribute, EntityId, RequestedAttribute, SpMetadata};
use crate::Binding;
use crate::messages::element;
use crate::names::{IDPDISC, MD, MDATTR, SAML};
use crate::xml::{Element, XmlFault};
use model::Timestamp;

/// Reads the role; `None`, with the reason in `faults`, where it could not be answered.
pub(super) fn read(
    descriptor: Element<'_>,
    role: Element<'_>,
    entity_id: EntityId,
    valid_until: Option<Timestamp>,
    faults: &mut Vec<String>,
) -> Result<Option<SpMetadata>, XmlFault> {
    let acs = consumers(role, faults);
    if !acs.iter().any(|a| a.binding == Binding::Post) {
        faults.push("a service without an AssertionConsumerService for POST".to_owned());
        return Ok(None);
    }
    let signing = role::signing_certificates(role, faults);
    let encryption = role::encryption(role, faults);
    let formats = role.all(MD, "NameIDFormat").map(Element::trimmed);
    Ok(Some(SpMetadata {
        entity_id,
        acs,
        slo: role::endpoints(role, "SingleLogoutService", faults),
        signing_certs: signing.into_iter().map(|(der, _)| der).collect(),
        encryption,
        wants_assertions_signed: role::flag(role, "WantAssertionsSigned", faults),
        signs_requests: role::flag(role, "AuthnRequestsSigned", faults),
        name_id_formats: formats.collect::<Result<_, _>>()?,
        valid_until,
        entity_attributes: entity_attributes(descriptor)?,
        requested_attributes: requested_attributes(role, faults)?,
        discovery_response: discovery_responses(role, faults),
    }))
}

fn consumers(role: Element<'_>, faults: &mut Vec<String>) -> Vec<Acs> {
    let mut found: Vec<Acs> = Vec::new();
    for element in role.all(MD, "AssertionConsumerService") {
        match consumer(element) {
            Ok(acs) if found.iter().any(|a| a.index == acs.index) => {
                faults.push(format!("AssertionConsumerService: index {} stands twice", acs.index));
            }
            Ok(acs) => found.push(acs),
            Err(why) => faults.push(format!("AssertionConsumerService: {why}")),
        }
    }
    found
}

fn consumer(element: Element<'_>) -> Result<Acs, String> {
    let endpoint = role::endpoint(element)?;
    let index = element::number(element, "index").map_err(|e| e.to_string())?;
    Ok(Acs {
        binding: endpoint.binding,
        location: endpoint.location,
        index: index.ok_or("no index")?,
        default: element::boolean(element, "isDefault").map_err(|e| e.to_string())?,
    })
}

fn entity_attributes(descriptor: Element<'_>) -> Result<Vec<EntityAttribute>, XmlFault> {
    let holders = role::extensions(descriptor).filter(|e| e.is(MDATTR, "EntityAttributes"));
    let mut found = Vec::new();
    for attribute in holders.flat_map(|h| h.all(SAML, "Attribute")) {
        let values = attribute.all(SAML, "AttributeValue").map(Element::trimmed);
        found.push(EntityAttribute {
            name: attribute.attr("Name").unwrap_or_default().to_owned(),
            values: values.collect::<Result<_, _>>()?,
        });
    }
    Ok(found)
}

/// Of the default AttributeConsumingService, else of the first (SAML Metadata section 2.4.4.1).
fn requested_attributes(
    role: Element<'_>,
    faults: &mut Vec<String>,
) -> Result<Vec<RequestedAttribute>, XmlFault> {
    let mut services = role.all(MD, "AttributeConsumingService");
    let default = role
        .all(MD, "AttributeConsumingService")
        .find(|s| element::boolean(*s, "isDefault").is_ok_and(|d| d));
    let Some(service) = default.or_else(|| services.next()) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for asked in service.all(MD, "RequestedAttribute") {
        let Some(name) = asked.attr("Name") else {
            faults.push("a RequestedAttribute without Name".to_owned());
            continue;
        };
        found.push(RequestedAttribute {
            name: name.to_owned(),
            friendly_name: asked.attr("FriendlyName").map(str::to_owned),
            required: element::boolean(asked, "isRequired")?,
        });
    }
    Ok(found)
}

fn discovery_responses(role: Element<'_>, faults: &mut Vec<String>) -> Vec<String> {
    let mut found = Vec::new();
    for response in role::extensions(role).filter(|e| e.is(IDPDISC, "DiscoveryResponse")) {
        match role::endpoint(response) {
            Ok(endpoint) => found.push(endpoint.location),
            Err(why) => faults.push(format!("DiscoveryResponse: {why}")),
        }
    }
    found
}
