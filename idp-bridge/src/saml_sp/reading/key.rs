//! The key that a member knows its reader by.

use super::{Reading, bad, foreign, split_scope};
use crate::saml_sp::names::{EMAIL, PERSISTENT, is_scoped, is_subject_identifier};
use model::{AttributeName, LocalKey, Refusal, code};
use saml::{NameId, name_id_format};
use std::borrow::Cow;

/// Longest key in bytes.
const KEY_BYTES: usize = 512;

impl<'a> Reading<'a> {
    /// The reader's key: of the first attribute present, which must then be good.
    pub(super) fn key(&self) -> Result<LocalKey, Refusal> {
        let mut tried = Vec::new();
        for name in self.names(AttributeName::LocalId) {
            if let Some(key) = self.key_of(&name)? {
                return Ok(key);
            }
            tried.push(name);
        }
        let what = format!("local_id: none of {} is there with a lasting value", tried.join(", "));
        Err(Refusal::new(code::LOG_NO_LOCAL_ID, what))
    }

    fn key_of(&self, name: &str) -> Result<Option<LocalKey>, Refusal> {
        let values = self.present(name);
        let value = match values.as_slice() {
            [] => return Ok(None),
            [one] => one.as_ref(),
            _ => return Err(bad(name, "more than one value for one reader")),
        };
        if value.len() > KEY_BYTES || value.chars().any(char::is_control) {
            return Err(bad(name, "too long or not printable"));
        }
        if !is_scoped(name) {
            return Ok(LocalKey::new(value));
        }
        let Some((_, scope)) = split_scope(value) else {
            return Err(bad(name, "without a scope"));
        };
        if is_subject_identifier(name) && !is_subject_form(value) {
            return Err(bad(name, "not of the form that its profile fixes"));
        }
        if !self.at.member.owns_scope(scope) {
            return Err(foreign(name));
        }
        // Subject Identifier Attributes 3.3.1, eduPerson: compared without regard to case.
        Ok(LocalKey::new(&value.to_lowercase()))
    }

    /// The subject's name, of a format that is still the same reader's tomorrow.
    ///
    /// Core 8.3.8: a transient one is the next reader's then. `NameID` of any
    /// format would take that one too, so it finds nothing here.
    pub(super) fn name_id(&self, name: &str) -> Option<Cow<'a, str>> {
        let id = self.said.name_id.as_ref()?;
        let format = id.format.as_deref();
        let value = id.value.trim();
        match name {
            _ if value.is_empty() => None,
            PERSISTENT if format == Some(name_id_format::PERSISTENT) => {
                Some(self.qualified(id, value))
            }
            EMAIL if format == Some(name_id_format::EMAIL) => Some(Cow::Borrowed(value)),
            _ => None,
        }
    }

    /// Core 8.3.7: a persistent NameID is unique together with its qualifiers,
    /// which default to the issuer and to us.
    fn qualified(&self, id: &NameId, value: &'a str) -> Cow<'a, str> {
        let issuer = self.said.issuer.as_str();
        let by = id.name_qualifier.as_deref().filter(|q| *q != issuer);
        let to = id.sp_name_qualifier.as_deref().filter(|q| *q != self.our_entity_id);
        match (by, to) {
            (None, None) => Cow::Borrowed(value),
            _ => {
                Cow::Owned(format!("{}!{}!{value}", by.unwrap_or_default(), to.unwrap_or_default()))
            }
        }
    }
}

/// `[A-Za-z0-9][-=A-Za-z0-9]{0,126}` before the scope, `[-.A-Za-z0-9]{1,127}` after it.
fn is_subject_form(value: &str) -> bool {
    let Some((local, scope)) = split_scope(value) else { return false };
    let is_part = |part: &str, extra: &[u8]| {
        part.len() <= 127
            && part.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || extra.contains(&b))
    };
    is_part(local, b"-=") && is_part(scope, b"-.")
}
