//! What a verified assertion says, in the hub's words.
//!
//! A value that is there and bad is refused or dropped by name; it never
//! passes for missing. Notes and refusals name attributes, never values.

mod key;

use super::names::{defaults, is_name_id, is_scoped, scoped};
use crate::At;
use crate::claimed::Facts;
use model::{AttributeName, Profile, Refusal, Standing, Timestamp, code};
use saml::Assertion;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Longest affiliation list.
const AFFILIATIONS: usize = 32;

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

    fn owns(&self, value: &str) -> bool {
        split_scope(value).is_some_and(|(_, scope)| self.at.member.owns_scope(scope))
    }
}

fn split_scope(value: &str) -> Option<(&str, &str)> {
    let (local, scope) = value.split_once('@')?;
    (!local.is_empty() && !scope.is_empty() && !scope.contains('@')).then_some((local, scope))
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
