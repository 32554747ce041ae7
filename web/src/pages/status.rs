//! Whether logins work now: for readers who cannot get in and services that are asked why.

use crate::page::{Does, Page};
use crate::pages::rows::{Chip, trouble};
use crate::shown::{clock, member_tile};
use crate::stage::{Shell, Stage};
use crate::words::{Words, fill};
use askama::Template;
use login::Condition;
use model::{Member, MemberStatus};

/// Libraries of one list; more are counted.
const MOST: usize = 100;

#[derive(Template)]
#[template(path = "status.html")]
struct Status {
    shell: Shell,
    w: &'static Words,
    is_well: bool,
    troubled: List,
    closed: List,
    as_of: String,
}

#[derive(Default)]
struct List {
    lines: Vec<Line>,
    more: String,
}

struct Line {
    tile: String,
    name: String,
    note: String,
    chip: Chip,
}

/// The hub, the libraries whose logins fail, those that are closed; no reader, no version.
pub(crate) fn page(stage: &Stage<'_>, condition: Condition) -> Page {
    let w = stage.words();
    let open = stage.snapshot.members().filter(|member| member.status.admits_logins());
    let troubled = open.filter_map(|member| {
        trouble(stage, member).map(|(chip, note)| line(stage, member, chip, note))
    });
    let closed = stage.snapshot.members().filter(|m| m.status == MemberStatus::Suspended);
    let closed = closed.map(|member| {
        let chip = Chip { tone: "off", text: w.discovery.suspended.clone() };
        line(stage, member, chip, w.discovery.suspended_note.clone())
    });
    let view = Status {
        shell: stage.shell(&w.status.title, None),
        w,
        is_well: condition.is_well,
        troubled: list(w, troubled.collect()),
        closed: list(w, closed.collect()),
        as_of: fill(&w.status.as_of, &[("time", &clock(condition.as_of))]),
    };
    Page::of(&view, Does::Nothing, stage.lang)
}

fn line(stage: &Stage<'_>, member: &Member, chip: Chip, note: String) -> Line {
    let name = stage.member_name(member).to_owned();
    Line { tile: member_tile(member), name, note, chip }
}

fn list(w: &Words, mut lines: Vec<Line>) -> List {
    let over = lines.len().saturating_sub(MOST);
    lines.truncate(MOST);
    let more = if over == 0 {
        String::new()
    } else {
        fill(&w.status.more, &[("count", &over.to_string())])
    };
    List { lines, more }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Line, list};
    use crate::pages::rows::Chip;
    use crate::stage::Stage;

    /// How many of so many libraries are told, and what of the others.
    pub(crate) fn told(stage: &Stage<'_>, count: usize) -> (usize, String) {
        let line = |n: usize| Line {
            tile: String::new(),
            name: n.to_string(),
            note: String::new(),
            chip: Chip { tone: "off", text: String::new() },
        };
        let list = list(stage.words(), (0..count).map(line).collect());
        (list.lines.len(), list.more)
    }
}
