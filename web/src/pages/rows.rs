//! A library as one row of a list, with what matched a search marked.

use crate::shown::{member_tile, recent};
use crate::stage::Stage;
use crate::words::fill;
use metadata::{MatchField, Matched};
use model::{LangTag, Member, MemberStatus};
use serde::Serialize;
use std::ops::Range;

/// A piece of a text; `hit` is shown in seal red. On the wire `["南京", true]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "(String, bool)")]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) hit: bool,
}

impl From<Piece> for (String, bool) {
    fn from(piece: Piece) -> Self {
        (piece.text, piece.hit)
    }
}

/// A small mark at the end of a row.
#[derive(Debug, Clone)]
pub(crate) struct Chip {
    pub(crate) tone: &'static str,
    pub(crate) text: String,
}

/// One library in a list.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) tile: String,
    pub(crate) name: Vec<Piece>,
    pub(crate) sub: Vec<Piece>,
    pub(crate) chip: Option<Chip>,
    /// `None`: logins there are closed, which is said before it is pressed.
    pub(crate) href: Option<String>,
}

impl Row {
    /// The row of a member; a press leads to `choose` with its id.
    pub(crate) fn of(
        stage: &Stage<'_>,
        member: &Member,
        matched: Option<&Matched>,
        choose: &str,
    ) -> Self {
        let (chip, note) = state(stage, member);
        let is_open = member.status.admits_logins() && !member.connectors.is_empty();
        Self {
            id: member.id.to_string(),
            tile: member_tile(member),
            name: name(stage.lang, member, matched),
            sub: sub(stage.lang, member, matched, note.as_deref()),
            chip,
            href: is_open.then(|| format!("{choose}{}", member.id)),
        }
    }
}

/// Whether a member is shown where libraries are chosen.
pub(crate) fn is_listed(member: &Member) -> bool {
    match member.status {
        MemberStatus::Live | MemberStatus::Testing | MemberStatus::Suspended => true,
        MemberStatus::Applied | MemberStatus::Left => false,
    }
}

/// What a reader should know before pressing, where logins at an open library fail.
pub(crate) fn trouble(stage: &Stage<'_>, member: &Member) -> Option<(Chip, String)> {
    let w = &stage.words().discovery;
    let since = stage.troubled.since(&member.id)?;
    let chip = Chip { tone: "warn", text: w.trouble.clone() };
    Some((chip, fill(&w.trouble_note, &[("since", &recent(since, stage.now))])))
}

fn state(stage: &Stage<'_>, member: &Member) -> (Option<Chip>, Option<String>) {
    let w = &stage.words().discovery;
    let chip = |tone, text: &str| Some(Chip { tone, text: text.to_owned() });
    match member.status {
        MemberStatus::Suspended | MemberStatus::Left => {
            (chip("warn", &w.suspended), Some(w.suspended_note.clone()))
        }
        MemberStatus::Applied => (chip("off", &w.closed), Some(w.closed_note.clone())),
        _ if member.connectors.is_empty() => (chip("off", &w.closed), Some(w.closed_note.clone())),
        MemberStatus::Testing | MemberStatus::Live => match trouble(stage, member) {
            Some((chip, note)) => (Some(chip), Some(note)),
            None if member.status == MemberStatus::Testing => (chip("off", &w.testing), None),
            None => (None, None),
        },
    }
}

fn name(lang: LangTag, member: &Member, matched: Option<&Matched>) -> Vec<Piece> {
    let shown = member.name.r#in(lang);
    let ranges: &[Range<usize>] = match matched {
        Some(m) if m.field == MatchField::English && shown == member.name.en => &m.text_ranges,
        Some(m) if shown == member.name.zh => &m.ranges,
        _ => &[],
    };
    pieces(shown, ranges)
}

/// The second line: the region, then what was matched elsewhere, or the name in the
/// other language, or why the library cannot be pressed.
fn sub(
    lang: LangTag,
    member: &Member,
    matched: Option<&Matched>,
    note: Option<&str>,
) -> Vec<Piece> {
    // Regions are written in Chinese only.
    let region = if lang == LangTag::Zh { member.region.replace('/', " ") } else { String::new() };
    let mut line = vec![plain(&region)];
    let shown = member.name.r#in(lang);
    let other = if shown == member.name.zh { &member.name.en } else { &member.name.zh };
    match (note, matched) {
        (Some(note), _) => line.push(plain(note)),
        (None, Some(Matched { text: Some(text), text_ranges, .. })) if text != shown => {
            line.extend(pieces(text, text_ranges));
        }
        (None, Some(m)) if other == &member.name.zh => line.extend(pieces(other, &m.ranges)),
        _ => line.push(plain(other)),
    }
    line.retain(|piece| !piece.text.is_empty());
    if line.len() > 1 && !region.is_empty() {
        line.insert(1, plain(" · "));
    }
    line
}

fn plain(text: &str) -> Piece {
    Piece { text: text.to_owned(), hit: false }
}

/// Cuts a text at ranges of characters; ranges that overlap, run backwards or lie
/// outside are passed over.
fn pieces(text: &str, ranges: &[Range<usize>]) -> Vec<Piece> {
    let mut cut = Vec::new();
    let mut done = 0;
    let part = |from: usize, to: usize| text.chars().skip(from).take(to - from).collect::<String>();
    let end = text.chars().count();
    for range in ranges {
        if range.start < done || range.end <= range.start || range.end > end {
            continue;
        }
        if range.start > done {
            cut.push(Piece { text: part(done, range.start), hit: false });
        }
        cut.push(Piece { text: part(range.start, range.end), hit: true });
        done = range.end;
    }
    if done < end {
        cut.push(Piece { text: part(done, end), hit: false });
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(cut: &[Piece]) -> String {
        cut.iter().map(|p| if p.hit { format!("[{}]", p.text) } else { p.text.clone() }).collect()
    }

    #[test]
    fn what_matched_is_cut_out_by_characters() {
        assert_eq!(shown(&pieces("南京大学", &[0..2, 2..3])), "[南京][大]学");
        assert_eq!(shown(&pieces("南京农业大学", &[0..1, 4..5])), "[南]京农业[大]学");
        assert_eq!(shown(&pieces("", &[])), "");
    }

    #[test]
    #[expect(clippy::reversed_empty_ranges, reason = "that is what is tried")]
    fn ranges_that_make_no_sense_are_passed_over() {
        assert_eq!(shown(&pieces("南京", &[1..1, 2..1, 0..9, 0..1, 0..2])), "[南]京");
    }

    #[test]
    fn a_piece_is_a_pair_on_the_wire() {
        let wire = serde_json::to_string(&pieces("南京图", &[0..1, 2..3])).expect("JSON");
        assert_eq!(wire, r#"[["南",true],["京",false],["图",true]]"#);
    }
}
