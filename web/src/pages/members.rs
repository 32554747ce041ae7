//! The members, a page at a time: state, how their readers log in, how long certificates last.

use super::console::status;
use super::desk::rooms;
use crate::page::{Does, Page};
use crate::staff::Room;
use crate::stage::{Shell, Stage};
use crate::words::{Words, fill};
use askama::Template;
use metadata::CertificateFacts;
use model::{Member, Timestamp};

/// Members of one page. Their metadata are read for it, and no others.
const PAGE: usize = 50;
const DAY_S: i64 = 86_400;
/// Days below which a certificate needs a look, and below which it needs it now.
const SOON: i64 = 30;
const URGENT: i64 = 7;

#[derive(Template)]
#[template(path = "members.html")]
struct Members {
    shell: Shell,
    w: &'static Words,
    count: String,
    rows: Vec<Row>,
    earlier: Option<String>,
    later: Option<String>,
}

struct Row {
    name: String,
    id: String,
    state: &'static str,
    tone: &'static str,
    kinds: String,
    certificate: String,
    certificate_tone: &'static str,
}

/// One page of members; `?page=`, from 1.
pub(crate) fn page(stage: &Stage<'_>) -> Page {
    let w = stage.words();
    let all = stage.snapshot.members().count();
    let last = all.div_ceil(PAGE).max(1);
    let asked = stage.seen.param("page").and_then(|p| p.parse::<usize>().ok()).unwrap_or(1);
    let number = asked.clamp(1, last);
    let members = stage.snapshot.members().skip((number - 1) * PAGE).take(PAGE);
    let link = |number: usize| format!("/admin/members?page={number}");
    let mut shell = stage.shell(&w.console.members, Some(&link(number)));
    shell.rooms = rooms(w, Room::Console, "/admin/members");
    let view = Members {
        shell,
        w,
        count: fill(&w.console.members_count, &[("count", &all.to_string())]),
        rows: members.map(|member| row(stage, member)).collect(),
        earlier: (number > 1).then(|| link(number - 1)),
        later: (number < last).then(|| link(number + 1)),
    };
    Page::of(&view, Does::Nothing, stage.lang)
}

fn row(stage: &Stage<'_>, member: &Member) -> Row {
    let w = &stage.words().console;
    let (label, tone) = status(w, member.status);
    let kinds: Vec<&str> = member.connectors.iter().map(|c| c.kind.as_str()).collect();
    let end = ends(stage, member);
    let days = match (end, stage.now) {
        (Some(end), Some(now)) => Some(end.seconds_since(now).div_euclid(DAY_S)),
        _ => None,
    };
    Row {
        name: stage.member_name(member).to_owned(),
        id: member.id.to_string(),
        state: label,
        tone,
        kinds: kinds.join(", "),
        certificate: match days {
            None => String::new(),
            Some(days) if days < 0 => w.ended.clone(),
            Some(days) => fill(&w.days, &[("days", &days.to_string())]),
        },
        certificate_tone: match days {
            Some(days) if days < URGENT => "bad",
            Some(days) if days < SOON => "warn",
            _ => "off",
        },
    }
}

/// When the last of a connector's certificates ends, of the connector for which that is soonest.
fn ends(stage: &Stage<'_>, member: &Member) -> Option<Timestamp> {
    let of = |entry: &model::ConnectorEntry| {
        let metadata = stage.snapshot.idp_metadata(&member.id, &entry.id()?)?;
        let certs = metadata.signing_certs.iter();
        certs.filter_map(|der| CertificateFacts::of(der)).map(|facts| facts.not_after).max()
    };
    member.connectors.iter().filter_map(of).min()
}
