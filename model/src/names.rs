//! Names of values, and texts in the two languages.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LangTag {
    /// Chinese, the default.
    #[default]
    Zh,
    /// English.
    En,
}

/// A text in both languages of the pages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English; falls back to the Chinese where empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
}

impl Text {
    /// The text in `lang`.
    pub fn r#in(&self, lang: LangTag) -> &str {
        match lang {
            LangTag::En if !self.en.is_empty() => &self.en,
            _ => &self.zh,
        }
    }

    /// A text from its two forms.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every one, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The hub name, as written in files and on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|n| n.as_str() == text).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|n| n.as_str()).collect();
                    format!("`{text}` is not {}; known are {}", $what, known.join(", "))
                })
            }
        }
    };
}

named!(
    /// What a connector may learn of a reader: the left side of a member's `attributes`.
    AttributeName, "an attribute of the hub" {
        /// The stable key of the reader at this member.
        LocalId = "local_id",
        /// eduPerson affiliation, scoped.
        Affiliation = "affiliation",
        /// Display name.
        Name = "name",
        /// E-mail address.
        Mail = "mail",
        /// Telephone number.
        Phone = "phone",
        /// The member's own category of reader, e.g. `graduate`.
        Category = "category",
        /// Department.
        Department = "department",
        /// Number on the reader's card.
        CardNumber = "card_number",
        /// RFC 3339 date or time, the end of the membership.
        ValidUntil = "valid_until",
        /// good, pending, blocked, expired or suspended.
        Standing = "standing",
    }
);

named!(
    /// What a service may be told: the words of a service's `release`.
    ValueName, "a value that can be released" {
        /// Display name.
        Name = "name",
        /// E-mail address.
        Mail = "mail",
        /// Telephone number.
        Phone = "phone",
        /// The id of the member library that vouches.
        Member = "member",
        /// Class of the membership.
        Class = "class",
        /// The member's own category of reader.
        Category = "category",
        /// Standing of the membership.
        Standing = "standing",
        /// Department.
        Department = "department",
        /// Number on the reader's card.
        CardNumber = "card_number",
        /// End of the membership, RFC 3339.
        ValidUntil = "valid_until",
        /// Scoped affiliation, in the member's own scopes only.
        Affiliation = "affiliation",
        /// The member's links: opac, holdings, mylibrary, help.
        Links = "links",
        /// The rights that policy gave.
        Entitlements = "entitlements",
    }
);

/// One released value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// One text.
    Text(String),
    /// Several texts, in order.
    List(Vec<String>),
    /// Named texts, such as links.
    Map(BTreeMap<String, String>),
}
