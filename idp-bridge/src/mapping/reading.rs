//! The hub's words, each judged: what decides is refused when bad, what is shown is dropped.

use super::Values;
use super::names::{is_scoped, scoped};
use super::take::{Taken, Why};
use crate::At;
use crate::claimed::Facts;
use metadata::{DateFormat, Zone};
use model::{AttributeName, Profile, Refusal, Standing, Timestamp, code};
use std::collections::{BTreeMap, BTreeSet};

/// Longest affiliation list.
const AFFILIATIONS: usize = 32;

/// Reads what was said for one connector.
pub(super) struct Reading<'a> {
    pub(super) at: &'a At<'a>,
    pub(super) values: &'a Values,
    pub(super) notes: Vec<String>,
    /// The member's name behind each of ours that it filled.
    pub(super) from: BTreeMap<AttributeName, String>,
    /// What of ours has a value in the end.
    pub(super) kept: BTreeSet<AttributeName>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(at: &'a At<'a>, values: &'a Values) -> Self {
        Self { at, values, notes: Vec::new(), from: BTreeMap::new(), kept: BTreeSet::new() }
    }

    pub(super) fn facts(&mut self) -> Result<Facts, Refusal> {
        self.require_own_scope()?;
        let key = self.key()?;
        let standing = self.standing()?;
        let valid_until = self.valid_until()?;
        let affiliation = self.affiliation()?;
        let profile = self.profile()?;
        let category = self.text(AttributeName::Category, 128)?;
        let facts = Facts {
            key,
            profile,
            class: self.at.member.class.clone(),
            category,
            affiliation,
            standing: standing.unwrap_or_default(),
            valid_until,
            notes: self.notes.clone(),
            target: None,
        };
        match self.missing().into_iter().next() {
            None => Ok(facts),
            Some(refusal) => Err(refusal),
        }
    }

    /// All that refuses these values, each told by itself.
    pub(super) fn every_fault(&mut self) -> Vec<Refusal> {
        let faults = [
            self.require_own_scope().err(),
            self.key().err(),
            self.standing().err(),
            self.valid_until().err(),
            self.affiliation().err(),
            self.profile().err(),
            self.text(AttributeName::Category, 128).err(),
        ];
        faults.into_iter().flatten().chain(self.missing()).collect()
    }

    fn profile(&mut self) -> Result<Profile, Refusal> {
        Ok(Profile {
            name: self.text(AttributeName::Name, 256)?,
            mail: self.mail()?,
            phone: self.text(AttributeName::Phone, 64)?,
            department: self.text(AttributeName::Department, 256)?,
            card_number: self.text(AttributeName::CardNumber, 64)?,
        })
    }

    /// Rule 5: an answer whose every scoped value is another's speaks for another.
    fn require_own_scope(&self) -> Result<(), Refusal> {
        let mut values = scoped().flat_map(|name| self.values.of(name)).peekable();
        if values.peek().is_some() && values.all(|v| !self.owns(v)) {
            return Err(Why::FOREIGN.refusal("every scoped attribute"));
        }
        Ok(())
    }

    /// What the entry requires is there at the end, whatever was dropped on the way.
    fn missing(&self) -> Vec<Refusal> {
        let entry = self.at.entry.attributes.iter();
        let missing =
            entry.filter(|(wanted, sources)| sources.is_required() && !self.kept.contains(wanted));
        let refusals = missing.map(|(wanted, sources)| {
            let names: Vec<&str> = sources.names().collect();
            let what = format!("{wanted}: required, and none came of {}", names.join(", "));
            Refusal::new(code::LOG_VALUE_MISSING, what)
        });
        refusals.collect()
    }

    fn standing(&mut self) -> Result<Option<Standing>, Refusal> {
        let Some((name, value)) = self.single(AttributeName::Standing)? else { return Ok(None) };
        let standing = Standing::parse(&value.to_lowercase())
            .ok_or_else(|| bad(&name, "not good, pending, blocked, expired or suspended"))?;
        self.kept.insert(AttributeName::Standing);
        Ok(Some(standing))
    }

    fn valid_until(&mut self) -> Result<Option<Timestamp>, Refusal> {
        let Some((name, value)) = self.single(AttributeName::ValidUntil)? else { return Ok(None) };
        let end = parse_end(&value).ok_or_else(|| {
            bad(&name, "not an RFC 3339 date or time, nor YYYYMMDD or the form of SIP2")
        })?;
        self.kept.insert(AttributeName::ValidUntil);
        Ok(Some(end))
    }

    /// A value on which a decision hangs: one, or the answer contradicts itself.
    fn single(&mut self, wanted: AttributeName) -> Result<Option<(String, String)>, Refusal> {
        let Some(Taken { name, values, .. }) = self.take(wanted)? else { return Ok(None) };
        let mut values: BTreeSet<String> = values.into_iter().collect();
        if values.len() > 1 {
            return Err(bad(&name, "values that contradict each other"));
        }
        Ok(values.pop_first().map(|value| (name, value)))
    }

    /// Affiliations in the member's own scopes, in lower case.
    fn affiliation(&mut self) -> Result<BTreeSet<String>, Refusal> {
        let mut all = BTreeSet::new();
        let Some(taken) = self.take(AttributeName::Affiliation)? else { return Ok(all) };
        let name = &taken.name;
        for value in &taken.values {
            match self.own_affiliation(&taken, value) {
                Ok(_) if all.len() == AFFILIATIONS => {
                    self.notes.push(format!("{name}: more than {AFFILIATIONS} values"));
                    break;
                }
                Ok(own) => {
                    all.insert(own);
                    self.kept.insert(AttributeName::Affiliation);
                }
                Err(why) => self.notes.push(format!("{name}: a value dropped, {why}")),
            }
        }
        Ok(all)
    }

    fn own_affiliation(&self, taken: &Taken, value: &str) -> Result<String, &'static str> {
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
            (false, _) if is_scoped(&taken.name) && !taken.is_made => {
                return Err("without a scope");
            }
            (false, None) => return Err("the member has no scope"),
            // What the member says without scope, it says of itself.
            (false, Some(own)) => own,
        };
        Ok(format!("{value}@{scope}").to_lowercase())
    }

    /// A value that is only shown or passed on: dropped when bad, with a note.
    fn text(&mut self, wanted: AttributeName, longest: usize) -> Result<Option<String>, Refusal> {
        let Some(Taken { name, values, is_made }) = self.take(wanted)? else { return Ok(None) };
        let Some(value) = values.into_iter().next() else { return Ok(None) };
        let why = if value.chars().count() > longest {
            "too long"
        } else if value.chars().any(char::is_control) {
            "not printable"
        } else if is_scoped(&name) && !is_made && !self.owns(&value) {
            "in a scope that is not the member's"
        } else {
            self.kept.insert(wanted);
            return Ok(Some(value));
        };
        self.notes.push(format!("{name}: dropped, {why}"));
        Ok(None)
    }

    fn mail(&mut self) -> Result<Option<String>, Refusal> {
        let Some(mail) = self.text(AttributeName::Mail, 320)? else { return Ok(None) };
        if split_scope(&mail).is_some() {
            return Ok(Some(mail));
        }
        self.kept.remove(&AttributeName::Mail);
        self.notes.push("mail: dropped, not an address".to_owned());
        Ok(None)
    }

    pub(super) fn owns(&self, value: &str) -> bool {
        split_scope(value).is_some_and(|(_, scope)| self.at.member.owns_scope(scope))
    }
}

pub(super) fn split_scope(value: &str) -> Option<(&str, &str)> {
    let (local, scope) = value.split_once('@')?;
    (!local.is_empty() && !scope.is_empty() && !scope.contains('@')).then_some((local, scope))
}

/// A moment, or a day, which lasts to its end in UTC; else what library systems write in
/// digits alone, in the time of China.
fn parse_end(value: &str) -> Option<Timestamp> {
    let day = || {
        let day = Timestamp::parse_rfc3339(&format!("{value}T00:00:00Z"))?;
        (value.len() == 10).then(|| day.plus_s(86_400))
    };
    let digits = || {
        let mut formats = ["YYYYMMDD", "YYYYMMDDZZZZHHMMSS"].into_iter();
        formats.find_map(|format| DateFormat::parse(format).ok()?.read(value, Zone::CHINA))
    };
    Timestamp::parse_rfc3339(value).or_else(day).or_else(digits)
}

pub(super) fn bad(name: &str, what: &'static str) -> Refusal {
    Why::bad(what).refusal(name)
}
