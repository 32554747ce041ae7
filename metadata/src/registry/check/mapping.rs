//! The sources of a connector's attributes: what cannot be run is told before a reader comes.

use super::Judge;
use crate::registry::Fault;
use crate::{DateFormat, Pattern, Zone};
use model::{AttributeName, ConnectorEntry, Rule, Source, Sources, Standing};

/// Most sources of one attribute, names of one source, and words of one table.
const SOURCES: usize = 16;
const WORDS: usize = 500;
/// Longest word of a table, constant or separator, in characters.
const WORD: usize = 256;
const SEPARATOR: usize = 8;

/// What is wrong with the sources of a connector's attributes, each with key and remedy.
pub fn mapping_faults(entry: &ConnectorEntry) -> Vec<Fault> {
    let mut faults = Vec::new();
    judge(&mut Judge::new("", &mut faults), entry, &ToOwned::to_owned);
    faults
}

pub(super) fn judge(judge: &mut Judge<'_>, entry: &ConnectorEntry, at: &impl Fn(&str) -> String) {
    for (wanted, sources) in &entry.attributes {
        let key = at(&format!("attributes.{wanted}"));
        if sources.as_slice().len() > SOURCES {
            judge.fault(&key, format!("more than {SOURCES} sources"), "keep those that are used");
        }
        for (place, source) in sources.as_slice().iter().enumerate() {
            let key = match sources {
                Sources::One(_) => key.clone(),
                Sources::Many(_) => format!("{key}[{place}]"),
            };
            if source.names().any(|name| name.trim().is_empty() || name.len() > WORD) {
                let remedy = "write the name as the library's system has it";
                judge.fault(&key, "a name that is empty, or too long", remedy);
            }
            if let Source::Rule(rule) = source {
                RuleJudge { judge, wanted: *wanted, key, rule }.all();
            }
        }
    }
}

struct RuleJudge<'j, 'f, 'r> {
    judge: &'j mut Judge<'f>,
    wanted: AttributeName,
    key: String,
    rule: &'r Rule,
}

impl RuleJudge<'_, '_, '_> {
    fn fault(&mut self, key: &str, what: impl Into<String>, remedy: &str) {
        let key = if key.is_empty() { self.key.clone() } else { format!("{}.{key}", self.key) };
        self.judge.fault(&key, what, remedy);
    }

    fn all(&mut self) {
        self.origin();
        if self.wanted == AttributeName::LocalId {
            self.key_of_one_reader();
        }
        let separator = self.rule.split.as_deref().map(|s| s.chars().count());
        if separator.is_some_and(|count| !(1..=SEPARATOR).contains(&count)) {
            let what = format!("not 1 to {SEPARATOR} characters");
            self.fault("split", what, "write what stands between two values, as in \";\"");
        }
        if let Some(Err(what)) = self.rule.pattern.as_deref().map(Pattern::parse) {
            self.fault("pattern", what, "write it as in '^(.+)@nju\\.edu\\.cn$'");
        }
        self.table();
        self.date();
    }

    /// Where values come from: the member, or the registry itself.
    fn origin(&mut self) {
        let rule = self.rule;
        let names = rule.from.as_ref().map_or(0, |from| from.iter().count());
        match (&rule.constant, names) {
            (None, 0) => {
                self.fault("", "no `from`", "name the attribute of the library's, or a constant");
            }
            (None, 1..=SOURCES) => {}
            (None, _) => {
                let what = format!("more than {SOURCES} names");
                self.fault("from", what, "keep those that are used");
            }
            (Some(constant), _) => {
                if *rule != (Rule { constant: rule.constant.clone(), ..Rule::default() }) {
                    let remedy = "write { constant = \"…\" }, or take constant out";
                    self.fault("", "a constant stands alone", remedy);
                }
                if constant.trim().is_empty() || constant.chars().count() > WORD {
                    let what = format!("not 1 to {WORD} characters");
                    self.fault("constant", what, "write the value that every reader gets");
                }
                self.word("constant", constant);
            }
        }
    }

    /// What two readers could share is no key: not a constant, not a word of a table.
    fn key_of_one_reader(&mut self) {
        let rule = self.rule;
        let used = [
            ("constant", rule.constant.is_some()),
            ("split", rule.split.is_some()),
            ("values", !rule.values.is_empty()),
            ("otherwise", rule.otherwise.is_some()),
        ];
        for (key, _) in used.into_iter().filter(|(_, is_used)| *is_used) {
            self.fault(key, "would give two readers one key", "take it out");
        }
    }

    fn table(&mut self) {
        let rule = self.rule;
        if rule.otherwise.is_some() && rule.values.is_empty() {
            let remedy = "add values, or write { constant = \"…\" } as the last source";
            self.fault("otherwise", "no table of values that it could follow", remedy);
        }
        if rule.values.len() > WORDS {
            let what = format!("more than {WORDS} words");
            self.fault("values", what, "shorten it, with otherwise for the rest");
        }
        for (theirs, ours) in &rule.values {
            let key = format!("values.{theirs}");
            if theirs.trim() != theirs || theirs.is_empty() || theirs.chars().count() > WORD {
                let remedy =
                    "write the value as the library's system has it, without blanks round it";
                self.fault(&key, "a word that no value can be", remedy);
            }
            self.word(&key, ours);
        }
        if let Some(otherwise) = &rule.otherwise {
            self.word("otherwise", otherwise);
        }
    }

    /// A word of ours where the hub knows which there are.
    fn word(&mut self, key: &str, ours: &str) {
        if ours.chars().count() > WORD || ours.chars().any(char::is_control) {
            self.fault(key, "too long, or not printable", "shorten it");
        }
        let is_unknown = self.wanted == AttributeName::Standing
            && !ours.is_empty()
            && Standing::parse(ours).is_none();
        if is_unknown {
            let remedy = "write good, pending, blocked, expired or suspended";
            self.fault(key, format!("`{ours}` is no standing"), remedy);
        }
    }

    fn date(&mut self) {
        let rule = self.rule;
        let is_end = self.wanted == AttributeName::ValidUntil;
        for (key, is_used) in [("date", rule.date.is_some()), ("zone", rule.zone.is_some())] {
            if is_used && !is_end {
                self.fault(key, "only valid_until is a date", "take it out");
            }
        }
        if let Some(Err(what)) = rule.date.as_deref().map(DateFormat::parse) {
            self.fault("date", what, "write it as in \"YYYYMMDD\" or \"YYYY-MM-DD HH:MM:SS\"");
        }
        if rule.zone.as_deref().is_some_and(|zone| Zone::parse(zone).is_none()) {
            self.fault("zone", "no offset", "write it as in \"+08:00\", or Z");
        }
        if rule.zone.is_some() && rule.date.is_none() {
            self.fault("zone", "says nothing without date", "add date, or take it out");
        }
    }
}

/// What tells one reader from the next under a key that may pass on.
pub(super) fn bound(judge: &mut Judge<'_>, entry: &ConnectorEntry, at: &impl Fn(&str) -> String) {
    let Some(bound_to) = entry.bound_to else { return };
    let key = at("bound_to");
    if !entry.reassignable {
        let remedy = "write reassignable = true, or take bound_to out";
        judge.fault(&key, "the key is not said to pass to another person", remedy);
    }
    let can_tell = [
        AttributeName::Name,
        AttributeName::Mail,
        AttributeName::Phone,
        AttributeName::CardNumber,
        AttributeName::ValidUntil,
    ];
    if !can_tell.contains(&bound_to) {
        let what = format!("`{bound_to}` does not tell one reader from the next");
        judge.fault(&key, what, "write name, mail, phone, card_number or valid_until");
    }
    let is_required = entry.attributes.get(&bound_to).is_some_and(Sources::is_required);
    if !is_required {
        let what = format!("`{bound_to}` may be missing, and then nothing tells them apart");
        let remedy = format!("write attributes.{bound_to} = {{ from = \"…\", required = true }}");
        judge.fault(&key, what, remedy);
    }
}
