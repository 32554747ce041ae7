//! The index of one snapshot, and the order of its answers.

use super::line::{Line, fold, letters_of};
use super::matching::{Found, QUERY_CHARACTERS, Rank, find};
use super::{Hit, MatchField, Matched, nearness};
use model::{Member, MemberStatus};
use std::cmp::Reverse;
use std::net::IpAddr;
use std::ops::Range;

/// Everything that a search looks at, in the order of the members it was made of.
#[derive(Debug, Default)]
pub(crate) struct Index(Box<[Entry]>);

#[derive(Debug)]
struct Entry {
    /// Which member.
    member: usize,
    name: Line,
    aliases: Box<[Line]>,
    /// Folded to lower case and spaces, character for character.
    english: Box<str>,
    /// The id and the codes, lower case.
    codes: Box<[Box<str>]>,
}

struct Query {
    /// Folded, without spaces.
    characters: Vec<char>,
    letters: u32,
    /// Lower case, words parted by one space.
    words: String,
    /// As typed, lower case, for codes.
    code: String,
}

struct Candidate<'a> {
    order: Order,
    entry: &'a Entry,
    place: Place,
}

/// How well it matches, whether it is suspended, how near it is, then what tells two
/// that match alike apart.
type Order = (Rank, bool, Reverse<Option<u8>>, MatchField, usize, usize);

enum Place {
    Name(Found),
    Alias(usize, Found),
    English(Range<usize>),
    Code(usize, usize),
}

impl Index {
    /// Indexes the members that readers may find: not those that only applied or have left.
    pub(crate) fn of(members: &[Member]) -> Self {
        let shown = |m: &Member| !matches!(m.status, MemberStatus::Applied | MemberStatus::Left);
        let entries = members.iter().enumerate().filter(|(_, m)| shown(m));
        Self(entries.map(|(place, member)| Entry::of(place, member)).collect())
    }

    /// Searches `members`, which must be those it was made of; best first, and of those that
    /// match alike the nearest to `client`.
    pub(crate) fn search<'m>(
        &self,
        members: &'m [Member],
        query: &str,
        limit: usize,
        client: Option<IpAddr>,
    ) -> Vec<Hit<'m>> {
        let Some(query) = Query::of(query) else { return Vec::new() };
        let mut found: Vec<Candidate<'_>> = self
            .0
            .iter()
            .filter_map(|entry| {
                let member = members.get(entry.member)?;
                entry.best(&query, member, client)
            })
            .collect();
        found.sort_unstable_by_key(|c| c.order);
        found
            .into_iter()
            .take(limit)
            .filter_map(|c| {
                let member = members.get(c.entry.member)?;
                Some(Hit { member, matched: c.entry.matched(member, c.place) })
            })
            .collect()
    }
}

impl Query {
    /// `None` for a query that asks nothing or too much.
    fn of(text: &str) -> Option<Self> {
        let characters: Vec<char> =
            text.chars().take(4 * QUERY_CHARACTERS).filter_map(fold).collect();
        if characters.is_empty() || characters.len() > QUERY_CHARACTERS {
            return None;
        }
        let lower: String = fold_english(text).collect();
        let words = lower.split_whitespace().collect::<Vec<_>>().join(" ");
        let code = text.trim().to_lowercase();
        Some(Self { letters: letters_of(characters.iter().copied()), characters, words, code })
    }
}

/// Lower case, and a space for all that is no letter or digit; as many characters as before.
fn fold_english(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' })
}

impl Entry {
    fn of(place: usize, member: &Member) -> Self {
        let codes =
            std::iter::once(member.id.as_str()).chain(member.codes.iter().map(String::as_str));
        Self {
            member: place,
            name: Line::of(&member.name.zh),
            aliases: member.aliases.iter().map(|a| Line::of(a)).collect(),
            english: fold_english(&member.name.en).collect::<String>().into(),
            codes: codes.map(|c| c.to_lowercase().into()).collect(),
        }
    }

    fn best(
        &self,
        query: &Query,
        member: &Member,
        client: Option<IpAddr>,
    ) -> Option<Candidate<'_>> {
        let in_code = self.in_codes(query);
        let in_name = find(&self.name, &query.characters, query.letters).map(|found| {
            let field = if found.as_written { MatchField::Name } else { MatchField::Pinyin };
            (found.rank, field, Place::Name(found))
        });
        let in_alias = self.aliases.iter().enumerate().filter_map(|(which, alias)| {
            let found = find(alias, &query.characters, query.letters)?;
            Some((found.rank, MatchField::Alias, Place::Alias(which, found)))
        });
        let (rank, field, place) = in_alias
            .chain(in_name)
            .chain(in_code)
            .chain(self.in_english(query))
            .min_by_key(|(rank, field, _)| (*rank, *field))?;
        let is_suspended = member.status == MemberStatus::Suspended;
        let near = client.and_then(|client| nearness(member, client));
        let order = (rank, is_suspended, Reverse(near), field, self.name.core, self.member);
        Some(Candidate { order, entry: self, place })
    }

    fn in_codes(&self, query: &Query) -> Option<(Rank, MatchField, Place)> {
        let length = query.code.chars().count();
        let rank_of = |code: &str| {
            if code == query.code {
                return Some(Rank::Exact);
            }
            (length >= 2 && code.starts_with(&query.code)).then_some(Rank::Prefix)
        };
        let ranked = self.codes.iter().enumerate();
        let (rank, which) =
            ranked.filter_map(|(which, code)| Some((rank_of(code)?, which))).min()?;
        Some((rank, MatchField::Code, Place::Code(which, length)))
    }

    fn in_english(&self, query: &Query) -> Option<(Rank, MatchField, Place)> {
        let words = query.words.as_str();
        if words.is_empty() || self.english.is_empty() {
            return None;
        }
        let start = self.english.match_indices(words).map(|(at, _)| at).find(|at| {
            let before = self.english.get(..*at).unwrap_or_default();
            before.is_empty() || before.ends_with(' ')
        });
        let (start, rank) = match start {
            Some(0) if words == self.english.trim_end() => (0, Rank::Exact),
            Some(0) => (0, Rank::Prefix),
            Some(at) => (at, Rank::Inside),
            // The middle of a word says something only when it is more than a syllable.
            None if words.len() >= 3 => (self.english.find(words)?, Rank::Gaps),
            None => return None,
        };
        let from = self.english.get(..start)?.chars().count();
        let range = from..from + words.chars().count();
        Some((rank, MatchField::English, Place::English(range)))
    }

    fn matched(&self, member: &Member, place: Place) -> Matched {
        match place {
            Place::Name(found) => Matched {
                field: if found.as_written { MatchField::Name } else { MatchField::Pinyin },
                ranges: shown(&self.name, &found.units),
                text: None,
                text_ranges: Vec::new(),
            },
            Place::Alias(which, found) => {
                let text_ranges =
                    self.aliases.get(which).map(|a| shown(a, &found.units)).unwrap_or_default();
                let ranges = self.in_name(which, &found.units).unwrap_or_default();
                let text = member.aliases.get(which).cloned();
                Matched { field: MatchField::Alias, ranges, text, text_ranges }
            }
            Place::English(range) => Matched {
                field: MatchField::English,
                ranges: Vec::new(),
                text: Some(member.name.en.clone()),
                text_ranges: vec![range],
            },
            Place::Code(which, length) => Matched {
                field: MatchField::Code,
                ranges: Vec::new(),
                text: match which.checked_sub(1) {
                    None => Some(member.id.to_string()),
                    Some(code) => member.codes.get(code).cloned(),
                },
                text_ranges: std::iter::once(0..length).collect(),
            },
        }
    }

    /// The matched characters of an alias, found again in the name (南大 in 南京大学).
    fn in_name(&self, which: usize, units: &[Range<usize>]) -> Option<Vec<Range<usize>>> {
        let alias = self.aliases.get(which)?;
        let mut places: Vec<Range<usize>> = Vec::new();
        let mut from = 0;
        for unit in units.iter().filter_map(|r| alias.units.get(r.clone())).flatten() {
            let rest = self.name.units.get(from..)?;
            let place = from + rest.iter().position(|u| u.character == unit.character)?;
            match places.last_mut() {
                Some(last) if last.end == place => last.end = place + 1,
                _ => places.push(place..place + 1),
            }
            from = place + 1;
        }
        Some(shown(&self.name, &places))
    }
}

/// Ranges of units as ranges of characters of the shown text.
fn shown(line: &Line, units: &[Range<usize>]) -> Vec<Range<usize>> {
    let of = |range: &Range<usize>| {
        let matched = line.units.get(range.clone())?;
        Some(usize::from(matched.first()?.at)..usize::from(matched.last()?.at) + 1)
    };
    units.iter().filter_map(of).collect()
}
