//! Names of the member's attributes: which carry a scope, which may pass to another
//! person. They mean the same whatever the kind of connector that brings them.

use saml::attr;

/// The subject's name, of whatever format.
const NAME_ID: &str = "NameID";
pub(crate) const PERSISTENT: &str = "NameID:persistent";
pub(crate) const EMAIL: &str = "NameID:email";

const UNIQUE_ID: &[&str] = &["eduPersonUniqueId", "urn:oid:1.3.6.1.4.1.5923.1.1.1.13"];

/// Attributes whose values end in `@scope`, by all their names.
const SCOPED: [&[&str]; 5] = [
    &["pairwise-id", attr::PAIRWISE_ID],
    &["subject-id", attr::SUBJECT_ID],
    &[
        "eduPersonScopedAffiliation",
        attr::SCOPED_AFFILIATION,
        "urn:mace:dir:attribute-def:eduPersonScopedAffiliation",
    ],
    &[
        "eduPersonPrincipalName",
        attr::PRINCIPAL_NAME,
        "urn:mace:dir:attribute-def:eduPersonPrincipalName",
    ],
    UNIQUE_ID,
];

/// The scoped attributes, by the name that finds them whatever the member calls them.
pub(super) fn scoped() -> impl Iterator<Item = &'static str> {
    SCOPED.iter().filter_map(|names| names.first().copied())
}

/// Whether it names the subject, and not an attribute.
pub(crate) fn is_name_id(name: &str) -> bool {
    name.strip_prefix(NAME_ID).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

pub(super) fn is_scoped(name: &str) -> bool {
    SCOPED.iter().any(|names| names.contains(&name))
}

/// pairwise-id and subject-id, whose form is fixed (Subject Identifier Attributes 3.3.1, 3.4.1).
pub(super) fn is_subject_identifier(name: &str) -> bool {
    SCOPED.iter().take(2).any(|names| names.contains(&name))
}
