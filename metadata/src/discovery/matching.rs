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
    let first = query.first()?;
    if query.len() > QUERY_CHARACTERS || !line.may_match(letters) {
        return None;
    }
    let mut inside = None;
    for (start, unit) in line.units.iter().enumerate() {
        // Nearly every unit fails here, so a search of a thousand names stays cheap.
        if !unit.may_begin(*first) {
            continue;
        }
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
#[derive(Clone, Copy, Default)]
struct Reach {
    /// In any way.
    any: u64,
    /// By characters as written only.
    written: u64,
    /// By characters, or readings typed in full.
    full: u64,
    /// The same, but the last reading may be unfinished.
    prefix: u64,
    /// By characters, or the first letter of readings.
    initials: u64,
}

const START: Reach = Reach { any: 1, written: 1, full: 1, prefix: 1, initials: 1 };

fn run_from(line: &Line, query: &[char], start: usize) -> Option<Run> {
    let goal = 1_u64 << query.len();
    let mut reach = START;
    for (offset, unit) in line.units.get(start..)?.iter().enumerate() {
        reach = step(unit, query, reach);
        if reach.any & goal != 0 {
            return Some(Run {
                end: start + offset + 1,
                as_written: reach.written & goal != 0,
                is_full: reach.prefix & goal != 0,
                is_last_full: (reach.full | reach.initials) & goal != 0,
            });
        }
        if reach.any == 0 {
            return None;
        }
    }
    None
}

/// Where one unit leads.
fn step(unit: &Unit, query: &[char], from: Reach) -> Reach {
    let mut to = Reach::default();
    let mut rest = from.any;
    while rest != 0 {
        let position = rest.trailing_zeros();
        rest &= rest - 1;
        let here = |set: u64| set >> position & 1;
        let Some(tail) = query.get(position as usize..) else { continue };
        let Some(first) = tail.first() else { continue };
        if *first == unit.character {
            let next = position + 1;
            to.any |= 1 << next;
            to.written |= here(from.written) << next;
            to.full |= here(from.full) << next;
            to.prefix |= here(from.full) << next;
            to.initials |= here(from.initials) << next;
        }
        for reading in [unit.reading, unit.other] {
            let letters = reading.bytes().map(char::from);
            let common = letters.zip(tail).take_while(|(a, b)| a == *b).count();
            if common > 0 {
                let span = (1 << common) - 1;
                to.any |= span << (position + 1);
                to.prefix |= (here(from.full) * span) << (position + 1);
                to.initials |= here(from.initials) << (position + 1);
                if common == reading.len() {
                    to.full |= here(from.full) << (position as usize + common);
                }
            }
        }
    }
    to
}

/// Where one unit leads from some positions, in any way.
fn any_step(unit: &Unit, query: &[char], from: u64) -> u64 {
    step(unit, query, Reach { any: from, ..Reach::default() }).any
}

/// The query from the first unit on, with units passed over (njd in 南京农业大学).
fn with_gaps(line: &Line, query: &[char]) -> Option<Found> {
    let goal = 1_u64 << query.len();
    let first = line.units.first()?;
    let mut reach = any_step(first, query, 1);
    if reach == 0 {
        return None;
    }
    let mut before = vec![1];
    for unit in line.units.iter().skip(1) {
        if reach == 0 || reach & goal != 0 {
            break;
        }
        before.push(reach);
        reach |= any_step(unit, query, reach);
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
            .find(|o| any_step(unit, query, 1 << o) & (1 << position) != 0)?;
        position = came_from;
        match units.last_mut() {
            Some(range) if range.start == place + 1 => range.start = place,
            _ => units.push(place..place + 1),
        }
    }
    units.reverse();
    Some(Found { rank: Rank::Gaps, as_written: false, units })
}
