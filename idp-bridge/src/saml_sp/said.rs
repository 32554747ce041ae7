//! What a verified assertion says, as the mapping takes it.

use crate::mapping::{EMAIL, PERSISTENT, Values, is_name_id};
use saml::{Assertion, NameId, name_id_format};

/// Every attribute, and the subject's name of a format that is still the same reader's
/// tomorrow.
///
/// Core 8.3.8: a transient one is the next reader's then, so it stands here under no name.
/// An attribute that calls itself `NameID…` is not the subject's name, and is none at all.
pub(super) fn values(said: &Assertion, our_entity_id: &str) -> Values {
    let mut values = Values::new();
    if let Some(id) = &said.name_id {
        let value = id.value.trim();
        match id.format.as_deref() {
            _ if value.is_empty() => {}
            Some(name_id_format::PERSISTENT) => {
                values.add(PERSISTENT, &qualified(id, value, said.issuer.as_str(), our_entity_id));
            }
            Some(name_id_format::EMAIL) => values.add(EMAIL, value),
            _ => {}
        }
    }
    for attribute in said.attributes.iter().filter(|a| !is_name_id(&a.name)) {
        for value in &attribute.values {
            values.add(&attribute.name, value);
        }
    }
    values
}

/// Core 8.3.7: a persistent NameID is unique together with its qualifiers,
/// which default to the issuer and to us.
fn qualified(id: &NameId, value: &str, issuer: &str, our_entity_id: &str) -> String {
    let by = id.name_qualifier.as_deref().filter(|q| *q != issuer);
    let to = id.sp_name_qualifier.as_deref().filter(|q| *q != our_entity_id);
    match (by, to) {
        (None, None) => value.to_owned(),
        _ => format!("{}!{}!{value}", by.unwrap_or_default(), to.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests;
