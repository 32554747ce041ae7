//! What a verified assertion says, in the hub's words.
//!
//! A value that is there and bad is refused or dropped by name; it never
//! passes for missing. Notes and refusals name attributes, never values.

use super::names::{
    EMAIL, PERSISTENT, defaults, is_name_id, is_scoped, is_subject_identifier, scoped,
};
use crate::At;
use crate::claimed::Facts;
use model::{AttributeName, LocalKey, Profile, Refusal, Standing, Timestamp, code};
use saml::{Assertion, NameId, name_id_format};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Longest affiliation list.
const AFFILIATIONS: usize = 32;
/// Longest reader key in bytes.
const KEY_BYTES: usize = 512;

/// Reads one assertion for one connector.
pub(super) struct Reading<'a> {
    said: &'a Assertion,
    at: &'a At<'a>,
    our_entity_id: &'a str,
    notes: Vec<String>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(said: &'a Assertion, at: &'a At<'a>, our_entity_id: &'a str) -> Self {
        Self { said, at, our_entity_id, notes: Vec::new() }
    }

    pub(super) fn facts(mut self) -> Result<Facts, Refusal> {
        self.require_own_scope()?;
        let key = self.key()?;
        let standing = self.standing()?;
        let valid_until = self.valid_until()?;
        let affiliation = self.affiliation();
        let profile = Profile {
            name: self.text(AttributeName::Name, 256),
            mail: self.mail(),
            phone: self.text(AttributeName::Phone, 64),
            department: self.text(AttributeName::Department, 256),
            card_number: self.text(AttributeName::CardNumber, 64),
        };
        Ok(Facts {
            key,
            profile,
            class: self.at.member.class.clone(),
            category: self.text(AttributeName::Category, 128),
            affiliation,
            standing,
            valid_until,
            notes: self.notes,
            target: None,
        })
    }

    /// Rule 5: an answer whose every scoped value is another's speaks for another.
    fn require_own_scope(&self) -> Result<(), Refusal> {
        let mut values = scoped().flat_map(|name| saml::attribute(self.said, name)).peekable();
        if values.peek().is_some() && values.all(|v| !self.owns(v.trim())) {
            return Err(foreign("every scoped attribute"));
        }
        Ok(())
    }

    /// The reader's key: of the first attribute present, which must then be good.
    fn key(&mut self) -> Result<LocalKey, Refusal> {
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

    fn standing(&self) -> Result<Standing, Refusal> {
        match self.single(AttributeName::Standing)? {
            None => Ok(Standing::Good),
            Some((name, value)) => Standing::parse(&value.to_lowercase())
                .ok_or_else(|| bad(&name, "not good, pending, blocked, expired or suspended")),
        }
    }

    fn valid_until(&self) -> Result<Option<Timestamp>, Refusal> {
        let Some((name, value)) = self.single(AttributeName::ValidUntil)? else { return Ok(None) };
        parse_end(&value).map(Some).ok_or_else(|| bad(&name, "not an RFC 3339 date or time"))
    }

    /// A value on which a decision hangs: one, or the answer contradicts itself.
    fn single(&self, wanted: AttributeName) -> Result<Option<(String, String)>, Refusal> {
        for name in self.names(wanted) {
            let mut values: BTreeSet<String> =
                self.present(&name).into_iter().map(Cow::into_owned).collect();
            if values.len() > 1 {
                return Err(bad(&name, "values that contradict each other"));
            }
            if let Some(value) = values.pop_first() {
                return Ok(Some((name, value)));
            }
        }
        Ok(None)
    }

    /// Affiliations in the member's own scopes, in lower case.
    fn affiliation(&mut self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        let Some((name, values)) = self.first(AttributeName::Affiliation) else { return all };
        for value in values {
            match self.own_affiliation(&name, &value) {
                Ok(_) if all.len() == AFFILIATIONS => {
                    self.notes.push(format!("{name}: more than {AFFILIATIONS} values"));
                    break;
                }
                Ok(own) => {
                    all.insert(own);
                }
                Err(why) => self.notes.push(format!("{name}: a value dropped, {why}")),
            }
        }
        all
    }

    fn own_affiliation(&self, name: &str, value: &str) -> Result<String, &'static str> {
        if value.len() > 256 || value.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err("too long or not printable");
        }
        let scope = match (value.contains('@'), self.at.member.scopes.first()) {
            (true, _) => {
                let (_, scope) = split_scope(value).ok_or("not value@scope")?;
                return if self.at.member.owns_scope(scope) {
                    Ok(value.to_lowercase())
                } else {
                    Err("in a scope that is not the member's")
                };
            }
            (false, _) if is_scoped(name) => return Err("without a scope"),
            (false, None) => return Err("the member has no scope"),
            // What the member says without scope, it says of itself.
            (false, Some(own)) => own,
        };
        Ok(format!("{value}@{scope}").to_lowercase())
    }

    /// A value that is only shown or passed on: dropped when bad, with a note.
    fn text(&mut self, wanted: AttributeName, longest: usize) -> Option<String> {
        let (name, values) = self.first(wanted)?;
        let value = values.into_iter().next()?;
        let why = if value.chars().count() > longest {
            "too long"
        } else if value.chars().any(char::is_control) {
            "not printable"
        } else if is_scoped(&name) && !self.owns(&value) {
            "in a scope that is not the member's"
        } else {
            return Some(value);
        };
        self.notes.push(format!("{name}: dropped, {why}"));
        None
    }

    fn mail(&mut self) -> Option<String> {
        let mail = self.text(AttributeName::Mail, 320)?;
        if split_scope(&mail).is_some() {
            return Some(mail);
        }
        self.notes.push("mail: dropped, not an address".to_owned());
        None
    }

    fn first(&self, wanted: AttributeName) -> Option<(String, Vec<String>)> {
        self.names(wanted).into_iter().find_map(|name| {
            let values: Vec<String> =
                self.present(&name).into_iter().map(Cow::into_owned).collect();
            (!values.is_empty()).then_some((name, values))
        })
    }

    fn names(&self, wanted: AttributeName) -> Vec<String> {
        match self.at.entry.attributes.get(&wanted) {
            Some(names) => names.iter().map(str::to_owned).collect(),
            None => defaults(wanted).iter().map(|n| (*n).to_owned()).collect(),
        }
    }

    /// Values that are there, trimmed; empty ones are not.
    fn present(&self, name: &str) -> Vec<Cow<'a, str>> {
        if is_name_id(name) {
            return self.name_id(name).into_iter().collect();
        }
        saml::attribute(self.said, name)
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .map(Cow::Borrowed)
            .collect()
    }

    /// The subject's name, of a format that is still the same reader's tomorrow.
    ///
    /// Core 8.3.8: a transient one is the next reader's then. `NameID` of any
    /// format would take that one too, so it finds nothing here.
    fn name_id(&self, name: &str) -> Option<Cow<'a, str>> {
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

    fn owns(&self, value: &str) -> bool {
        split_scope(value).is_some_and(|(_, scope)| self.at.member.owns_scope(scope))
    }
}

fn split_scope(value: &str) -> Option<(&str, &str)> {
    let (local, scope) = value.split_once('@')?;
    (!local.is_empty() && !scope.is_empty() && !scope.contains('@')).then_some((local, scope))
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

/// A moment, or a day, which lasts to its end in UTC.
fn parse_end(value: &str) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(value).or_else(|| {
        let day = Timestamp::parse_rfc3339(&format!("{value}T00:00:00Z"))?;
        (value.len() == 10).then(|| day.plus_s(86_400))
    })
}

fn bad(name: &str, why: &str) -> Refusal {
    Refusal::new(code::LOG_BAD_VALUE, format!("{name}: {why}"))
}

fn foreign(name: &str) -> Refusal {
    Refusal::new(code::LOG_SCOPE_FOREIGN, format!("{name}: a scope that is not the member's"))
}

#[cfg(test)]
mod tests;
