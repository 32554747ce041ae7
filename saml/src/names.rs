//! Names that the specifications fix, letter for letter.

use std::fmt;

pub(crate) const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(crate) const SAMLP: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(crate) const MD: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
pub(crate) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(crate) const EC: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(crate) const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
pub(crate) const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";
pub(crate) const SHIBMD: &str = "urn:mace:shibboleth:metadata:1.0";
pub(crate) const MDUI: &str = "urn:oasis:names:tc:SAML:metadata:ui";
pub(crate) const MDATTR: &str = "urn:oasis:names:tc:SAML:metadata:attribute";
pub(crate) const IDPDISC: &str = "urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol";
pub(crate) const XML: &str = "http://www.w3.org/XML/1998/namespace";
pub(crate) const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
pub(crate) const ENTITY_FORMAT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";

/// Formats of a NameID (SAML Core section 8.3).
pub mod name_id_format {
    /// For one session only.
    pub const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
    /// Lasting, and another at every service.
    pub const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    /// An e-mail address.
    pub const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
    /// Left to the identity provider.
    pub const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
}

/// Formats of an attribute's name (SAML Core section 8.2).
pub mod name_format {
    /// A URI.
    pub const URI: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri";
    /// A plain name.
    pub const BASIC: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic";
}

/// Names of well-known attributes as they go over the wire.
pub mod attr {
    /// subject-id (SAML V2.0 Subject Identifier Attributes Profile section 3.3).
    pub const SUBJECT_ID: &str = "urn:oasis:names:tc:SAML:attribute:subject-id";
    /// pairwise-id (the same, section 3.4).
    pub const PAIRWISE_ID: &str = "urn:oasis:names:tc:SAML:attribute:pairwise-id";
    /// displayName.
    pub const DISPLAY_NAME: &str = "urn:oid:2.16.840.1.113730.3.1.241";
    /// mail.
    pub const MAIL: &str = "urn:oid:0.9.2342.19200300.100.1.3";
    /// telephoneNumber.
    pub const TELEPHONE_NUMBER: &str = "urn:oid:2.5.4.20";
    /// eduPersonEntitlement.
    pub const ENTITLEMENT: &str = "urn:oid:1.3.6.1.4.1.5923.1.1.1.7";
    /// eduPersonScopedAffiliation.
    pub const SCOPED_AFFILIATION: &str = "urn:oid:1.3.6.1.4.1.5923.1.1.1.9";
    /// eduPersonTargetedID.
    pub const TARGETED_ID: &str = "urn:oid:1.3.6.1.4.1.5923.1.1.1.10";
    /// eduPersonPrincipalName.
    pub const PRINCIPAL_NAME: &str = "urn:oid:1.3.6.1.4.1.5923.1.1.1.6";
}

/// How a message travels.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Binding {
    /// HTTP-Redirect.
    Redirect,
    /// HTTP-POST.
    Post,
    /// HTTP-Artifact.
    Artifact,
    /// SOAP.
    Soap,
    /// Any other, by its URI.
    Other(String),
}

impl Binding {
    /// Its URI (SAML Bindings section 3).
    pub fn as_str(&self) -> &str {
        match self {
            Self::Redirect => "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
            Self::Post => "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
            Self::Artifact => "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact",
            Self::Soap => "urn:oasis:names:tc:SAML:2.0:bindings:SOAP",
            Self::Other(uri) => uri,
        }
    }

    /// From its URI; always succeeds, unknown ones are [`Binding::Other`].
    pub fn from_uri(uri: &str) -> Self {
        [Self::Redirect, Self::Post, Self::Artifact, Self::Soap]
            .into_iter()
            .find(|known| known.as_str() == uri)
            .unwrap_or_else(|| Self::Other(uri.to_owned()))
    }
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
