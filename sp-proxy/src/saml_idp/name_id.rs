//! Which NameID a service gets (SAML Core section 8.3).

use super::attributes::Identifier;
use saml::{NameId, SpMetadata, name_id_format};
use serde::{Deserialize, Serialize};

/// The kinds that are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum NameIdFormat {
    /// The same at every login, another at every service.
    #[serde(rename = "p")]
    Persistent,
    /// Another at every login.
    #[serde(rename = "t")]
    Transient,
}

impl NameIdFormat {
    /// From a format URI; `None` for those not offered (an e-mail address is a
    /// value to be released, never a name).
    pub(crate) fn from_uri(uri: &str) -> Option<Self> {
        match uri {
            name_id_format::PERSISTENT => Some(Self::Persistent),
            name_id_format::TRANSIENT => Some(Self::Transient),
            _ => None,
        }
    }

    /// Its URI.
    pub(crate) const fn uri(self) -> &'static str {
        match self {
            Self::Persistent => name_id_format::PERSISTENT,
            Self::Transient => name_id_format::TRANSIENT,
        }
    }

    /// What a NameIDPolicy asks for; `None` where that cannot be met.
    ///
    /// Without one (or `unspecified`) the first kind that the service's metadata
    /// names counts, else persistent: it tells no more than the pairwise-id that
    /// goes along anyway, and a service that knows its readers by NameID keeps
    /// knowing them. A service that wants no identifier at all gets a transient one.
    pub(crate) fn chosen(policy: Option<&str>, sp: &SpMetadata) -> Option<Self> {
        if let Some(uri) = policy.filter(|uri| *uri != name_id_format::UNSPECIFIED) {
            return Self::from_uri(uri);
        }
        let unnamed = match Identifier::wanted_by(sp) {
            Identifier::None => Self::Transient,
            Identifier::Pairwise | Identifier::Subject => Self::Persistent,
        };
        let named = sp.name_id_formats.iter().find_map(|uri| Self::from_uri(uri));
        Some(named.unwrap_or(unnamed))
    }

    /// The NameID itself. `pairwise` is the reader's name at this service;
    /// `random` is fresh.
    pub(crate) fn name(self, pairwise: &str, random: &str, idp: &str, sp: &str) -> NameId {
        let value = match self {
            Self::Persistent => pairwise.to_owned(),
            Self::Transient => format!("_{random}"),
        };
        NameId {
            format: Some(self.uri().to_owned()),
            value,
            name_qualifier: Some(idp.to_owned()),
            sp_name_qualifier: Some(sp.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saml_idp::samples::{sp, wanting};

    #[test]
    fn what_is_asked_for_is_given_or_refused() {
        let chosen = |policy| NameIdFormat::chosen(Some(policy), &sp());
        assert_eq!(chosen(name_id_format::TRANSIENT), Some(NameIdFormat::Transient));
        assert_eq!(chosen(name_id_format::PERSISTENT), Some(NameIdFormat::Persistent));
        assert_eq!(chosen(name_id_format::EMAIL), None);
        assert_eq!(chosen("urn:other"), None);
        assert_eq!(chosen(name_id_format::UNSPECIFIED), Some(NameIdFormat::Persistent));
    }

    #[test]
    fn the_metadata_decide_where_the_request_does_not() {
        let naming = |formats: &[&str]| SpMetadata {
            name_id_formats: formats.iter().map(|f| (*f).to_owned()).collect(),
            ..sp()
        };
        let chosen = |formats: &[&str]| NameIdFormat::chosen(None, &naming(formats));
        let (email, transient) = (name_id_format::EMAIL, name_id_format::TRANSIENT);
        assert_eq!(chosen(&[email, transient]), Some(NameIdFormat::Transient));
        assert_eq!(chosen(&[email]), Some(NameIdFormat::Persistent));
        let wants_none = wanting("none");
        assert_eq!(NameIdFormat::chosen(None, &wants_none), Some(NameIdFormat::Transient));
    }

    #[test]
    fn a_transient_name_holds_nothing_of_the_reader() {
        let name = NameIdFormat::Transient.name("pairwise", "random", "idp", "sp");
        assert_eq!(name.value, "_random");
        let name = NameIdFormat::Persistent.name("pairwise", "random", "idp", "sp");
        assert_eq!(name.value, "pairwise");
        assert_eq!(name.sp_name_qualifier.as_deref(), Some("sp"));
    }
}
