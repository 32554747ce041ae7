//! One attribute from its sources: the steps of the mapping language.

use super::names::is_scoped;
use super::reading::Reading;
use super::usual::usual;
use metadata::{DateFormat, Pattern, Snapshot, Zone};
use model::{AttributeName, Code, OneOrMany, Refusal, Rule, Source, code};

/// Most values that are made of one text.
const PIECES: usize = 64;
/// Longest value that a rule takes up, in bytes.
const VALUE_BYTES: usize = 4096;

/// What the first source gave that gave something.
pub(super) struct Taken {
    /// The member's name for it.
    pub(super) name: String,
    /// One or more.
    pub(super) values: Vec<String>,
    /// A rule made them: what is scoped in the answer was looked at before.
    pub(super) is_made: bool,
}

/// Why a value is not taken up, and what a refusal for it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Why {
    pub(super) what: &'static str,
    code: Code,
}

impl Why {
    /// Rule 5: a member speaks only for itself.
    pub(super) const FOREIGN: Self =
        Self { what: "a scope that is not the member's", code: code::LOG_SCOPE_FOREIGN };

    pub(super) const fn bad(what: &'static str) -> Self {
        Self { what, code: code::LOG_BAD_VALUE }
    }

    pub(super) fn refusal(self, name: &str) -> Refusal {
        Refusal::new(self.code, format!("{name}: {}", self.what))
    }
}

impl Reading<'_> {
    /// The values of the first source that gives any.
    pub(super) fn take(&mut self, wanted: AttributeName) -> Result<Option<Taken>, Refusal> {
        let at = self.at;
        let taken = match at.entry.attributes.get(&wanted) {
            Some(sources) => {
                let mut found = None;
                for source in sources.as_slice() {
                    found = match source {
                        Source::Name(name) => self.as_it_stands(name),
                        Source::Rule(rule) => self.made(wanted, rule)?,
                    };
                    if found.is_some() {
                        break;
                    }
                }
                found
            }
            None => usual(&at.entry.kind, wanted).iter().find_map(|name| self.as_it_stands(name)),
        };
        if let Some(taken) = &taken {
            self.from.insert(wanted, taken.name.clone());
        }
        Ok(taken)
    }

    fn as_it_stands(&self, name: &str) -> Option<Taken> {
        let values: Vec<String> = self.values.of(name).map(str::to_owned).collect();
        let name = name.to_owned();
        (!values.is_empty()).then_some(Taken { name, values, is_made: false })
    }

    fn made(&mut self, wanted: AttributeName, rule: &Rule) -> Result<Option<Taken>, Refusal> {
        if let Some(constant) = &rule.constant {
            let (name, values) = ("constant".to_owned(), vec![constant.clone()]);
            return Ok(Some(Taken { name, values, is_made: true }));
        }
        let mut names = rule.from.iter().flat_map(OneOrMany::iter);
        let first = names.find_map(|name| self.as_it_stands(name));
        let Some(Taken { name, values: received, .. }) = first else { return Ok(None) };
        let steps = Steps::of(rule, self.at.snapshot)?;
        let mut values = Vec::new();
        for value in received {
            let pieces = match self.raw(wanted, &name, &value) {
                Ok(()) => steps.run(&value),
                Err(why) => vec![Err(why)],
            };
            for piece in pieces {
                match piece {
                    Ok(made) => values.extend(made),
                    // A value on which a decision hangs never passes for missing.
                    Err(why) if is_decisive(wanted) => return Err(why.refusal(&name)),
                    Err(why) => self.notes.push(format!("{name}: a value dropped, {}", why.what)),
                }
            }
        }
        Ok((!values.is_empty()).then_some(Taken { name, values, is_made: true }))
    }

    /// Rule 5 before any step: what a rule makes of a value shows its scope no more.
    fn raw(&self, wanted: AttributeName, name: &str, value: &str) -> Result<(), Why> {
        if value.len() > VALUE_BYTES {
            return Err(Why::bad("too long"));
        }
        if wanted == AttributeName::LocalId {
            return self.key_scope(name, value);
        }
        if is_scoped(name) && !self.owns(value) {
            return Err(Why::FOREIGN);
        }
        Ok(())
    }
}

/// Whether a wrong value would let in the wrong reader, or one who may not.
fn is_decisive(wanted: AttributeName) -> bool {
    matches!(wanted, AttributeName::LocalId | AttributeName::Standing | AttributeName::ValidUntil)
}

/// The steps of one rule, ready to run.
struct Steps<'r> {
    rule: &'r Rule,
    pattern: Option<Pattern>,
    date: Option<(DateFormat, Zone)>,
}

impl<'r> Steps<'r> {
    /// `check` has read them before; what it let pass is no fault of the reader's.
    fn of(rule: &'r Rule, snapshot: &Snapshot) -> Result<Self, Refusal> {
        let fault = |what: String| Refusal::new(code::HUB_INTERNAL, format!("attributes: {what}"));
        let pattern = rule
            .pattern
            .as_deref()
            .map(|text| snapshot.pattern(text))
            .transpose()
            .map_err(fault)?;
        let format = rule.date.as_deref().map(DateFormat::parse).transpose().map_err(fault)?;
        let zone = match rule.zone.as_deref() {
            None => Zone::CHINA,
            Some(zone) => Zone::parse(zone).ok_or_else(|| fault(format!("zone {zone}")))?,
        };
        Ok(Self { rule, pattern, date: format.map(|format| (format, zone)) })
    }

    /// What becomes of each part of one value; of some nothing, where the table says so.
    fn run(&self, value: &str) -> Vec<Result<Option<String>, Why>> {
        let Some(separator) = self.rule.split.as_deref().filter(|s| !s.is_empty()) else {
            return vec![self.piece(value)];
        };
        let pieces = value.split(separator).map(str::trim).filter(|piece| !piece.is_empty());
        let pieces: Vec<&str> = pieces.take(PIECES + 1).collect();
        if pieces.len() > PIECES {
            return vec![Err(Why::bad("of too many parts"))];
        }
        pieces.into_iter().map(|piece| self.piece(piece)).collect()
    }

    fn piece(&self, piece: &str) -> Result<Option<String>, Why> {
        let kept = match &self.pattern {
            None => piece,
            Some(pattern) => pattern
                .take(piece)
                .map(str::trim)
                .filter(|kept| !kept.is_empty())
                .ok_or(Why::bad("not of its pattern"))?,
        };
        let has_table = !self.rule.values.is_empty() || self.rule.otherwise.is_some();
        let ours = match self.rule.values.get(kept).or(self.rule.otherwise.as_ref()) {
            Some(ours) => ours.as_str(),
            // With a date, the table holds the exceptions.
            None if has_table && self.date.is_none() => {
                return Err(Why::bad("not in the table of its values"));
            }
            None => kept,
        };
        // An empty word of ours is the registry's way to say that this says nothing.
        match &self.date {
            _ if ours.is_empty() => Ok(None),
            None => Ok(Some(ours.to_owned())),
            Some((format, zone)) => {
                let at = format.read(ours, *zone).ok_or(Why::bad("no date of its form"))?;
                Ok(Some(at.rfc3339()))
            }
        }
    }
}
