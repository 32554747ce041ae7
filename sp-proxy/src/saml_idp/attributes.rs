//! What an assertion says of the reader.

use crate::released;
use model::{Member, Value, ValueName};
use saml::{AttrValues, AttributeOut, SpMetadata, attr, name_format};
use std::collections::BTreeMap;

/// Entity attribute by which a service says which subject identifier it wants
/// (SAML V2.0 Subject Identifier Attributes Profile section 4.1).
const SUBJECT_ID_REQ: &str = "urn:oasis:names:tc:SAML:profiles:subject-id:req";

/// Which subject identifier goes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identifier {
    /// Another at every service: unless the metadata say otherwise.
    Pairwise,
    /// The same at every service: only where the metadata ask for it alone.
    Subject,
    /// None: the metadata want none.
    None,
}

impl Identifier {
    /// As the service's metadata ask; those lie in the registry, so the operator has agreed.
    pub(crate) fn wanted_by(sp: &SpMetadata) -> Self {
        let asked = sp.entity_attributes.iter().find(|attribute| attribute.name == SUBJECT_ID_REQ);
        match asked.and_then(|attribute| attribute.values.first()).map(String::as_str) {
            Some("subject-id") => Self::Subject,
            Some("none") => Self::None,
            _ => Self::Pairwise,
        }
    }

    /// The attribute, in the member's first scope (rule 5: a member vouches in
    /// its own scopes; one without any is vouched for in the hub's).
    pub(crate) fn attribute(
        self,
        name_of: impl Fn(Self) -> String,
        member: &Member,
        hub_host: &str,
    ) -> Option<AttributeOut> {
        let (name, friendly_name) = match self {
            Self::Pairwise => (attr::PAIRWISE_ID, "pairwise-id"),
            Self::Subject => (attr::SUBJECT_ID, "subject-id"),
            Self::None => return None,
        };
        let scope = member.scopes.first().map_or(hub_host, String::as_str);
        let value = format!("{}@{scope}", name_of(self));
        Some(uri(name, friendly_name, vec![value]))
    }
}

/// The released values: well-known ones by their OIDs, the rest by hub name
/// with NameFormat basic (contract, section 9). `rename` gives the service's
/// own name of a value; links are `key=address` texts.
pub(crate) fn released(
    values: &BTreeMap<ValueName, Value>,
    rename: impl Fn(ValueName) -> Option<String>,
) -> Vec<AttributeOut> {
    values
        .iter()
        .map(|(name, value)| (*name, released::to_texts(value)))
        .filter(|(_, texts)| !texts.is_empty())
        .map(|(name, texts)| match rename(name) {
            Some(renamed) => plain(&renamed, texts),
            None => match well_known(name) {
                Some((oid, friendly_name)) => uri(oid, friendly_name, texts),
                None => plain(name.as_str(), texts),
            },
        })
        .collect()
}

fn well_known(name: ValueName) -> Option<(&'static str, &'static str)> {
    match name {
        ValueName::Name => Some((attr::DISPLAY_NAME, "displayName")),
        ValueName::Mail => Some((attr::MAIL, "mail")),
        ValueName::Phone => Some((attr::TELEPHONE_NUMBER, "telephoneNumber")),
        ValueName::Entitlements => Some((attr::ENTITLEMENT, "eduPersonEntitlement")),
        ValueName::Affiliation => Some((attr::SCOPED_AFFILIATION, "eduPersonScopedAffiliation")),
        _ => None,
    }
}

fn uri(name: &str, friendly_name: &str, texts: Vec<String>) -> AttributeOut {
    AttributeOut {
        name: name.to_owned(),
        name_format: name_format::URI.to_owned(),
        friendly_name: Some(friendly_name.to_owned()),
        values: AttrValues::Text(texts),
    }
}

/// A name with a colon is a URI (`urn:…`, `https:…`); any other is basic.
fn plain(name: &str, texts: Vec<String>) -> AttributeOut {
    let format = if name.contains(':') { name_format::URI } else { name_format::BASIC };
    AttributeOut {
        name: name.to_owned(),
        name_format: format.to_owned(),
        friendly_name: None,
        values: AttrValues::Text(texts),
    }
}

#[cfg(test)]
mod tests;
