//! What both roles have in common: keys, endpoints, addresses.

use super::Endpoint;
use crate::Binding;
use crate::encryption::{EncryptionOffer, Listed, offer};
use crate::names::{DS, MD, XENC11};
use crate::signature::TrustedKey;
use crate::xml::{Element, XmlFault};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// For what a key stands in metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Signing,
    Encryption,
}

impl Use {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Encryption => "encryption",
        }
    }
}

/// The certificates of a role that sign, with their keys; bad ones go to `faults`.
pub(super) fn signing_certificates(
    role: Element<'_>,
    faults: &mut Vec<String>,
) -> Vec<(Vec<u8>, TrustedKey)> {
    descriptors(role, Use::Signing)
        .flat_map(|descriptor| certificates(descriptor, Use::Signing, faults))
        .collect()
}

/// What a role says of encryption to it; bad certificates go to `faults`.
pub(super) fn encryption(role: Element<'_>, faults: &mut Vec<String>) -> EncryptionOffer {
    let listed: Vec<_> = descriptors(role, Use::Encryption)
        .map(|descriptor| Listed {
            is_explicit: descriptor.attr("use").is_some(),
            certificates: certificates(descriptor, Use::Encryption, faults),
            methods: descriptor.all(MD, "EncryptionMethod").map(method).collect(),
        })
        .collect();
    offer(&listed)
}

/// Algorithm, DigestMethod and MGF of an EncryptionMethod.
fn method(method: Element<'_>) -> (&str, Option<&str>, Option<&str>) {
    let part = |namespace, name| method.all(namespace, name).find_map(|e| e.attr("Algorithm"));
    let uri = method.attr("Algorithm").unwrap_or_default();
    (uri, part(DS, "DigestMethod"), part(XENC11, "MGF"))
}

/// A KeyDescriptor without `use` serves both (SAML Metadata section 2.4.1.1).
fn descriptors(role: Element<'_>, wanted: Use) -> impl Iterator<Item = Element<'_>> {
    role.all(MD, "KeyDescriptor")
        .filter(move |d| d.attr("use").is_none_or(|named| named == wanted.as_str()))
}

fn certificates(
    descriptor: Element<'_>,
    wanted: Use,
    faults: &mut Vec<String>,
) -> Vec<(Vec<u8>, TrustedKey)> {
    let mut found = Vec::new();
    let infos = descriptor.all(DS, "KeyInfo").flat_map(|i| i.all(DS, "X509Data"));
    for certificate in infos.flat_map(|d| d.all(DS, "X509Certificate")) {
        match read_certificate(certificate) {
            Ok(good) => found.push(good),
            Err(why) => faults.push(format!("a {} certificate: {why}", wanted.as_str())),
        }
    }
    if found.is_empty() {
        faults
            .push(format!("a {} KeyDescriptor without a usable X509Certificate", wanted.as_str()));
    }
    found
}

fn read_certificate(element: Element<'_>) -> Result<(Vec<u8>, TrustedKey), String> {
    let text = element.text().map_err(|e| e.to_string())?;
    let joined: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let der = STANDARD.decode(joined).map_err(|_| "not base64")?;
    let key = TrustedKey::from_certificate(&der)?;
    Ok((der, key))
}

/// The endpoints of that name; bad ones go to `faults`.
pub(super) fn endpoints(
    role: Element<'_>,
    name: &'static str,
    faults: &mut Vec<String>,
) -> Vec<Endpoint> {
    let mut found = Vec::new();
    for element in role.all(MD, name) {
        match endpoint(element) {
            Ok(good) => found.push(good),
            Err(why) => faults.push(format!("{name}: {why}")),
        }
    }
    found
}

pub(super) fn endpoint(element: Element<'_>) -> Result<Endpoint, &'static str> {
    let binding = element.attr("Binding").ok_or("no Binding")?;
    let location = element.attr("Location").ok_or("no Location")?.trim();
    if !is_web_address(location) {
        return Err("Location is not an absolute http or https address");
    }
    Ok(Endpoint { binding: Binding::from_uri(binding), location: location.to_owned() })
}

/// Whether a browser can be sent there, and only there: absolute, http or
/// https, with a host, without user part, fragment, or anything that a reader
/// of addresses may take in two ways.
pub(super) fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else { return false };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.split(':').next().unwrap_or_default();
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>\"\\^`{|}#".contains(c);
    !host.is_empty() && !authority.contains('@') && text.len() <= 2048 && !text.chars().any(odd)
}

/// The value of an xs:boolean attribute; anything but true is false, told in `faults`.
pub(super) fn flag(role: Element<'_>, name: &str, faults: &mut Vec<String>) -> bool {
    crate::messages::element::boolean(role, name).unwrap_or_else(|fault: XmlFault| {
        faults.push(fault.to_string());
        false
    })
}

/// The extensions of an element.
pub(super) fn extensions(element: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    element.all(MD, "Extensions").flat_map(Element::children)
}
