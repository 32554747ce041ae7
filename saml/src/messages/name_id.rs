//! NameID (SAML Core section 2.2.3).

use crate::xml::{Canonical, Element, XmlFault};

/// The name of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameId {
    /// Format URI; absent means unspecified.
    pub format: Option<String>,
    /// The name itself.
    pub value: String,
    /// The domain that qualifies it, usually the identity provider.
    pub name_qualifier: Option<String>,
    /// The service for which it was made.
    pub sp_name_qualifier: Option<String>,
}

impl NameId {
    /// Reads one; its value is the whole text, whatever splits it (CVE-2017-11428).
    pub(crate) fn read(element: Element<'_>) -> Result<Self, XmlFault> {
        let value = element.trimmed()?;
        if value.is_empty() {
            return Err(XmlFault::malformed("an empty NameID"));
        }
        let attr = |name| element.attr(name).map(str::to_owned);
        Ok(Self {
            format: attr("Format"),
            value,
            name_qualifier: attr("NameQualifier"),
            sp_name_qualifier: attr("SPNameQualifier"),
        })
    }

    pub(crate) fn write(&self, out: &mut Canonical) {
        let attrs = [
            ("Format", self.format.as_deref()),
            ("NameQualifier", self.name_qualifier.as_deref()),
            ("SPNameQualifier", self.sp_name_qualifier.as_deref()),
        ];
        out.leaf("saml:NameID", &attrs, &self.value);
    }
}
