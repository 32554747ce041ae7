//! What an accepted patron's record says, in the hub's words.

use super::settings::Settings;
use super::verdict::PatronAccepted;
use super::wire::{is_code, parse_end};
use crate::At;
use crate::claimed::Facts;
use model::{AttributeName, Code, LocalKey, Profile, Refusal, Standing, Timestamp, code};
use std::collections::BTreeSet;

/// Longest key in bytes.
const KEY_BYTES: usize = 512;
/// Longest list of affiliations.
const AFFILIATIONS: usize = 32;

/// The field that fills an attribute where the entry names none.
///
/// XI is the system's own number of the reader: it lasts, and nobody types it.
fn default_code(attribute: AttributeName) -> Option<&'static str> {
    match attribute {
        AttributeName::LocalId => Some("XI"),
        AttributeName::Name => Some("AE"),
        AttributeName::Mail => Some("BE"),
        AttributeName::Phone => Some("BF"),
        AttributeName::Category => Some("PC"),
        AttributeName::CardNumber => Some("AA"),
        AttributeName::ValidUntil => Some("PA"),
        _ => None,
    }
}

/// Reads the record of one patron.
pub(super) fn facts(
    at: &At<'_>,
    settings: &Settings,
    proof: &PatronAccepted,
) -> Result<Facts, Refusal> {
    let mut record = Record { at, settings, proof, notes: Vec::new() };
    let key = record.key()?;
    let valid_until = record.valid_until()?;
    let standing = record.standing();
    let affiliation = record.affiliation();
    let profile = Profile {
        name: record.text(AttributeName::Name, 256),
        mail: record.text(AttributeName::Mail, 320).filter(|mail| mail.contains('@')),
        phone: record.text(AttributeName::Phone, 64),
        department: record.text(AttributeName::Department, 256),
        card_number: record.text(AttributeName::CardNumber, 64),
    };
    let category = match record.decisive(AttributeName::Category)? {
        Some((_, value)) if value.chars().count() <= 128 => Some(value),
        Some((code, _)) => return Err(refused(code::LOG_BAD_VALUE, &code, "too long")),
        None => None,
    };
    Ok(Facts {
        key,
        profile,
        class: at.member.class.clone(),
        category,
        affiliation,
        standing,
        valid_until,
        notes: record.notes,
        target: None,
    })
}

struct Record<'r> {
    at: &'r At<'r>,
    settings: &'r Settings,
    proof: &'r PatronAccepted,
    notes: Vec<String>,
}

impl Record<'_> {
    /// Never what was typed: two login names may lead to one reader.
    fn key(&self) -> Result<LocalKey, Refusal> {
        let Some((code, value)) = self.decisive(AttributeName::LocalId)? else {
            let tried = self.codes(AttributeName::LocalId).join(", ");
            let what = format!("local_id: none of {tried} is there");
            return Err(Refusal::new(code::LOG_NO_LOCAL_ID, what));
        };
        if value.len() > KEY_BYTES {
            return Err(refused(code::LOG_BAD_VALUE, &code, "too long"));
        }
        LocalKey::new(&value).ok_or_else(|| refused(code::LOG_NO_LOCAL_ID, &code, "empty"))
    }

    fn valid_until(&self) -> Result<Option<Timestamp>, Refusal> {
        let Some((code, value)) = self.decisive(AttributeName::ValidUntil)? else {
            return Ok(None);
        };
        parse_end(&value, self.settings.zone).map(Some).ok_or_else(|| {
            refused(
                code::LOG_BAD_VALUE,
                &code,
                "no date: name the field that holds the expiry by attributes.valid_until",
            )
        })
    }

    fn standing(&self) -> Standing {
        let closes = |flag| self.settings.blocked_by.contains(flag);
        if self.proof.status().set().iter().any(closes) {
            Standing::Blocked
        } else {
            Standing::Good
        }
    }

    /// What the system says without scope, it says of its own library.
    fn affiliation(&mut self) -> BTreeSet<String> {
        let codes = self.codes(AttributeName::Affiliation);
        let fields = &self.proof.reply().fields;
        let said: Vec<&str> = codes.iter().flat_map(|code| fields.all(code)).collect();
        let Some(scope) = self.at.member.scopes.first() else {
            if !said.is_empty() {
                self.notes.push("affiliation: dropped, the member has no scope".to_owned());
            }
            return BTreeSet::new();
        };
        let is_plain = |value: &str| {
            (1..=128).contains(&value.len())
                && !value.chars().any(|c| c.is_control() || c.is_whitespace() || c == '@')
        };
        let values = said.into_iter().map(str::trim).filter(|value| is_plain(value));
        values.take(AFFILIATIONS).map(|value| format!("{value}@{scope}").to_lowercase()).collect()
    }

    /// A value on which something hangs: one, whole, or the answer is not believed.
    fn decisive(&self, attribute: AttributeName) -> Result<Option<(String, String)>, Refusal> {
        for code in self.codes(attribute) {
            let value = self.proof.reply().fields.one(&code).map_err(|_| {
                refused(code::LOG_BAD_VALUE, &code, "values that contradict each other")
            })?;
            let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
            if value.chars().any(is_broken) {
                let why = "not in the charset that the entry names, or not printable";
                return Err(refused(code::LOG_BAD_VALUE, &code, why));
            }
            return Ok(Some((code, value.to_owned())));
        }
        Ok(None)
    }

    /// A value that is only shown or passed on: dropped when bad, with a note.
    fn text(&mut self, attribute: AttributeName, longest: usize) -> Option<String> {
        for code in self.codes(attribute) {
            let why = match self.proof.reply().fields.one(&code) {
                Err(_) => "values that contradict each other",
                Ok(None | Some("")) => continue,
                Ok(Some(value)) if value.chars().count() > longest => "too long",
                Ok(Some(value)) if value.chars().any(is_broken) => {
                    "not in the charset that the entry names, or not printable"
                }
                Ok(Some(value)) => return Some(value.to_owned()),
            };
            self.notes.push(format!("{code}: dropped, {why}"));
            return None;
        }
        None
    }

    fn codes(&self, attribute: AttributeName) -> Vec<String> {
        match self.at.entry.attributes.get(&attribute) {
            Some(names) => names.names().filter(|n| is_code(n)).map(str::to_owned).collect(),
            None => default_code(attribute).map(str::to_owned).into_iter().collect(),
        }
    }
}

fn is_broken(c: char) -> bool {
    c == char::REPLACEMENT_CHARACTER || c.is_control()
}

fn refused(code: Code, field: &str, why: &str) -> Refusal {
    Refusal::new(code, format!("{field}: {why}"))
}
