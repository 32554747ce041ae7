//! Small readings that every message needs.

use crate::EntityId;
use crate::names::{ENTITY_FORMAT, SAML};
use crate::xml::{Element, XmlFault};
use model::Timestamp;

/// An ID: an XML name, so that it can be referred to (SAML Core section 1.3.4).
pub(crate) fn id(element: Element<'_>) -> Result<String, XmlFault> {
    match element.attr("ID") {
        Some(id) if is_id(id) => Ok(id.to_owned()),
        _ => Err(XmlFault::malformed(format!("{} without a usable ID", element.name()))),
    }
}

/// Whether `text` can be an ID: an NCName of at most 256 characters, all ASCII as every product writes them.
pub(crate) fn is_id(text: &str) -> bool {
    let mut bytes = text.bytes();
    let starts = bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
    starts && text.len() <= 256 && bytes.all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
}

/// A time that must be there (SAML Core section 1.3.3).
pub(crate) fn required_time(element: Element<'_>, name: &str) -> Result<Timestamp, XmlFault> {
    time(element, name)?
        .ok_or_else(|| XmlFault::malformed(format!("{} without {name}", element.name())))
}

/// A time that may be there; one that cannot be read is a fault, never "none".
pub(crate) fn time(element: Element<'_>, name: &str) -> Result<Option<Timestamp>, XmlFault> {
    let Some(text) = element.attr(name) else { return Ok(None) };
    Timestamp::parse_rfc3339(text.trim())
        .map(Some)
        .ok_or_else(|| XmlFault::malformed(format!("{name} is not a time in UTC")))
}

/// An xs:boolean; absent is false.
pub(crate) fn boolean(element: Element<'_>, name: &str) -> Result<bool, XmlFault> {
    match element.attr(name).map(str::trim) {
        None | Some("false" | "0") => Ok(false),
        Some("true" | "1") => Ok(true),
        Some(_) => Err(XmlFault::malformed(format!("{name} is not a boolean"))),
    }
}

/// A number that may be there.
pub(crate) fn number<N: std::str::FromStr>(
    element: Element<'_>,
    name: &str,
) -> Result<Option<N>, XmlFault> {
    let Some(text) = element.attr(name) else { return Ok(None) };
    text.trim()
        .parse()
        .map(Some)
        .map_err(|_| XmlFault::malformed(format!("{name} is not a number in range")))
}

/// The Issuer, where there is one: an entity's name (SAML Core section 2.2.5).
pub(crate) fn issuer(element: Element<'_>) -> Result<Option<EntityId>, XmlFault> {
    let Some(issuer) = element.one(SAML, "Issuer")? else { return Ok(None) };
    if issuer.attr("Format").is_some_and(|f| f != ENTITY_FORMAT) {
        return Err(XmlFault::malformed("an Issuer that is no entity"));
    }
    let name = EntityId::parse(&issuer.trimmed()?);
    name.map(Some).ok_or_else(|| XmlFault::malformed("an unusable Issuer"))
}
