//! Reading documents of metadata.

use super::{EntityId, ParsedEntity, idp, sp};
use crate::SamlError;
use crate::messages::element;
use crate::names::{MD, SAMLP};
use crate::signature::{self, SignatureFault, TrustedKey, VerifyingKeys};
use crate::xml::{self, Element, Limits, XmlFault};
use model::Timestamp;
use std::collections::HashSet;

/// Reads a document whose authenticity is proved elsewhere (a file of the
/// registry): one EntityDescriptor, or EntitiesDescriptor with many. A
/// signature in it is not looked at.
///
/// A bad certificate, endpoint, logo or entity is left out with its reason,
/// and the rest is kept: one bad logo must not take a federation down.
pub fn parse_metadata(xml: &[u8]) -> Result<Vec<ParsedEntity>, SamlError> {
    let document = xml::parse(xml, &Limits::METADATA).map_err(SamlError::in_metadata)?;
    read(document.root())
}

/// Verifies the signature over the whole document with `signer_cert_der`, and
/// reads only the bytes that were signed. Refused once past validUntil.
pub fn verify_metadata(
    xml: &[u8],
    signer_cert_der: &[u8],
    now: Timestamp,
) -> Result<Vec<ParsedEntity>, SamlError> {
    let trusted = TrustedKey::from_certificate(signer_cert_der)
        .map_err(|e| SamlError::metadata(format!("the signer's certificate: {e}")))?;
    let keys = VerifyingKeys::new(vec![trusted]);
    let document = xml::parse(xml, &Limits::METADATA).map_err(SamlError::in_metadata)?;
    let signed = signature::verify(&document, &[document.root()], &keys)
        .map_err(SignatureFault::in_metadata)?;
    drop(document);
    let document = xml::parse(&signed.bytes, &Limits::METADATA).map_err(SamlError::in_metadata)?;
    let root = document.root();
    let until = element::time(root, "validUntil").map_err(SamlError::in_metadata)?;
    if until.is_some_and(|until| now >= until) {
        // An old signed document replayed would bring retired keys back.
        return Err(SamlError::metadata("past its validUntil"));
    }
    read(root)
}

fn read(root: Element<'_>) -> Result<Vec<ParsedEntity>, SamlError> {
    let mut entities = Vec::new();
    match (root.namespace(), root.name()) {
        (MD, "EntityDescriptor") => entities.extend(entity(root, None)),
        (MD, "EntitiesDescriptor") => group(root, None, &mut entities)?,
        _ => return Err(SamlError::metadata("neither EntityDescriptor nor EntitiesDescriptor")),
    }
    if entities.is_empty() {
        return Err(SamlError::metadata("no entity with a usable entityID"));
    }
    quarantine_doubles(&mut entities);
    Ok(entities)
}

fn group(
    group_element: Element<'_>,
    until: Option<Timestamp>,
    entities: &mut Vec<ParsedEntity>,
) -> Result<(), SamlError> {
    let until =
        sooner(until, element::time(group_element, "validUntil").map_err(SamlError::in_metadata)?);
    for child in group_element.children() {
        if child.is(MD, "EntityDescriptor") {
            entities.extend(entity(child, until));
        } else if child.is(MD, "EntitiesDescriptor") {
            group(child, until, entities)?;
        }
    }
    Ok(())
}

fn sooner(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// One entity; `None` only where it has no name under which a fault could be told.
fn entity(descriptor: Element<'_>, until: Option<Timestamp>) -> Option<ParsedEntity> {
    let entity_id = EntityId::parse(descriptor.attr("entityID")?)?;
    let mut parsed = ParsedEntity { entity_id, idp: None, sp: None, faults: Vec::new() };
    if let Err(fault) = roles(descriptor, until, &mut parsed) {
        parsed.idp = None;
        parsed.sp = None;
        parsed.faults.push(fault.to_string());
    }
    Some(parsed)
}

fn roles(
    descriptor: Element<'_>,
    until: Option<Timestamp>,
    parsed: &mut ParsedEntity,
) -> Result<(), XmlFault> {
    let until = sooner(until, element::time(descriptor, "validUntil")?);
    let name = parsed.entity_id.clone();
    if let Some(role) = role(descriptor, "IDPSSODescriptor")? {
        parsed.idp = idp::read(descriptor, role, name.clone(), until, &mut parsed.faults)?;
    }
    if let Some(role) = role(descriptor, "SPSSODescriptor")? {
        parsed.sp = sp::read(descriptor, role, name, until, &mut parsed.faults)?;
    }
    Ok(())
}

/// The role descriptor that speaks SAML 2.0.
fn role<'d>(descriptor: Element<'d>, name: &'static str) -> Result<Option<Element<'d>>, XmlFault> {
    let mut fitting = descriptor.all(MD, name).filter(|role| {
        let protocols = role.attr("protocolSupportEnumeration").unwrap_or_default();
        protocols.split_ascii_whitespace().any(|p| p == SAMLP)
    });
    let first = fitting.next();
    if fitting.next().is_some() {
        return Err(XmlFault::malformed(format!("more than one {name} for SAML 2.0")));
    }
    Ok(first)
}

/// Two entities of one name: neither can be told from the other, so neither is used.
fn quarantine_doubles(entities: &mut [ParsedEntity]) {
    let mut seen = HashSet::new();
    let twice: HashSet<EntityId> = entities
        .iter()
        .filter(|e| !seen.insert(e.entity_id.clone()))
        .map(|e| e.entity_id.clone())
        .collect();
    for entity in entities.iter_mut().filter(|e| twice.contains(&e.entity_id)) {
        entity.idp = None;
        entity.sp = None;
        entity.faults.push("the entityID stands twice in the document".to_owned());
    }
}
