//! How a query runs along a prepared text.
//!
//! A query position is a bit: bit `o` of a set says that the first `o`
//! characters of the query are used up. Each unit of the text moves the set
//! on, by its character or by any beginning of its reading, so a query costs
//! the same whatever it holds.

use super::line::{Line, Unit};
use std::ops::Range;

/// Longest query that is looked at.
pub(super) const QUERY_CHARACTERS: usize = 48;

/// How well a query matched, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The whole text, or all of it before 图书馆, as written; or a code.
    Exact,
    /// The whole text by its pinyin.
    Whole,
    /// Its beginning, by characters or full pinyin.
    Prefix,
    /// Its beginning, by initials.
    Initials,
    /// Something inside it.
    Inside,
    /// Its beginning, with characters passed over.
    Gaps,
}

/// Where a query matched a line.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) rank: Rank,
    /// Whether every character was matched as written, none by its reading.
    pub(super) as_written: bool,
    /// Units that matched, in order.
    pub(super) units: Vec<Range<usize>>,
}

/// Finds the best match of a folded query in a line.
pub(super) fn find(line: &Line, query: &[char], letters: u32) -> Option<Found> {
    if query.is_empty() || query.len() > QUERY_CHARACTERS || !line.may_match(letters) {
        return None;
    }
    let mut inside = None;
    for start in 0..line.units.len() {
        let Some(run) = run_from(line, query, start) else { continue };
        let found = |rank| Found {
            rank,
            as_written: run.as_written,
            units: std::iter::once(start..run.end).collect(),
        };
        if start > 0 {
            inside = Some(found(Rank::Inside));
            break;
        }
        let is_whole = run.end == line.core || run.end == line.units.len();
        return Some(found(match (is_whole && run.is_last_full, run.as_written, run.is_full) {
            (true, true, _) => Rank::Exact,
            (true, false, _) => Rank::Whole,
            (false, _, true) => Rank::Prefix,
            (false, _, false) => Rank::Initials,
        }));
    }
    inside.or_else(|| with_gaps(line, query))
}

struct Run {
    end: usize,
    as_written: bool,
    /// Every reading but the last was typed in full.
    is_full: bool,
    /// The last was typed in full as well, or all were typed by their initial.
    is_last_full: bool,
}

/// Sets of query positions, by how they were reached.
#[derive(Clone, Copy)]
struct Reach {
    written: u64,
    full: u64,
    initials: u64,
    any: u64,
}

fn run_from(line: &Line, query: &[char], start: usize) -> Option<Run> {
    let goal = 1_u64 << query.len();
    let mut reach = Reach { written: 1, full: 1, initials: 1, any: 1 };
    for (offset, unit) in line.units.get(start..)?.iter().enumerate() {
        let last_full = step(unit, query, reach.full, Take::Full) & goal != 0;
        let is_full = step(unit, query, reach.full, Take::Any) & goal != 0;
        reach = Reach {
            written: step(unit, query, reach.written, Take::Character),
            full: step(unit, query, reach.full, Take::Full),
            initials: step(unit, query, reach.initials, Take::Initial),
            any: step(unit, query, reach.any, Take::Any),
        };
        if reach.any & goal != 0 {
            return Some(Run {
                end: start + offset + 1,
                as_written: reach.written & goal != 0,
                is_full,
                is_last_full: last_full || reach.initials & goal != 0,
            });
        }
        if reach.any == 0 {
            return None;
        }
    }
    None
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Take {
    Character,
    Initial,
    Full,
    Any,
}

/// Where one unit leads from the positions in `from`.
fn step(unit: &Unit, query: &[char], from: u64, take: Take) -> u64 {
    let mut to = 0;
    let mut rest = from;
    while rest != 0 {
        let position = rest.trailing_zeros() as usize;
        rest &= rest - 1;
        let Some(tail) = query.get(position..).filter(|t| !t.is_empty()) else { continue };
        if tail.first() == Some(&unit.character) {
            to |= 1 << (position + 1);
        }
        if take == Take::Character {
            continue;
        }
        for reading in [unit.reading, unit.other] {
            let common = reading.chars().zip(tail).take_while(|(a, b)| a == *b).count();
            if common == 0 {
                continue;
            }
            to |= match take {
                Take::Full if common == reading.len() => 1 << (position + common),
                Take::Initial => 1 << (position + 1),
                Take::Any => ((1 << common) - 1) << (position + 1),
                Take::Full | Take::Character => 0,
            };
        }
    }
    to
}

/// The query from the first unit on, with units passed over (njd in 南京农业大学).
fn with_gaps(line: &Line, query: &[char]) -> Option<Found> {
    let goal = 1_u64 << query.len();
    let first = line.units.first()?;
    let mut reach = step(first, query, 1, Take::Any);
    let mut before = vec![1];
    for unit in line.units.iter().skip(1) {
        if reach == 0 || reach & goal != 0 {
            break;
        }
        before.push(reach);
        reach |= step(unit, query, reach, Take::Any);
    }
    if reach & goal == 0 {
        return None;
    }
    let mut position = query.len();
    let mut units: Vec<Range<usize>> = Vec::new();
    for (place, reached) in before.iter().enumerate().rev() {
        if place > 0 && reached & (1 << position) != 0 {
            continue;
        }
        let unit = line.units.get(place)?;
        let came_from = (0..position)
            .rev()
            .filter(|o| reached & (1 << o) != 0)
            .find(|o| step(unit, query, 1 << o, Take::Any) & (1 << position) != 0)?;
        position = came_from;
        match units.last_mut() {
            Some(range) if range.start == place + 1 => range.start = place,
            _ => units.push(place..place + 1),
        }
    }
    units.reverse();
    Some(Found { rank: Rank::Gaps, as_written: false, units })
}
