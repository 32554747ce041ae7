//! Logged out: service by service, honestly (rule 12).

use super::moving::leads_on;
use crate::PORTAL;
use crate::page::{Does, Page};
use crate::shown::{Link, service_tile, web_link};
use crate::stage::{Shell, Stage};
use crate::words::{Words, fill};
use askama::Template;
use model::{LogoutLine, LogoutState, MemberId, Service};

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOut<'s> {
    shell: Shell,
    w: &'static Words,
    title: &'s str,
    note: &'s str,
    lines: Vec<Line<'s>>,
    advice: String,
    back: Option<&'s str>,
}

struct Line<'s> {
    tile: String,
    name: String,
    sub: &'s str,
    there: Option<Link>,
    tone: &'static str,
    state: &'s str,
}

/// What became of the login.
pub(crate) struct Report<'r> {
    /// There was a login to end.
    pub(crate) was_in: bool,
    pub(crate) lines: &'r [LogoutLine],
    pub(crate) member: Option<&'r MemberId>,
    /// Proved by the protocol that asked.
    pub(crate) back: Option<&'r str>,
}

/// The report.
pub(crate) fn page(stage: &Stage<'_>, report: &Report<'_>) -> Page {
    let words = stage.words();
    let w = &words.signed_out;
    let title = if report.was_in { &w.title } else { &w.title_nothing };
    let advice = match stage.member(report.member) {
        Some(member) => fill(&w.member, &[("member", stage.member_name(member))]),
        None if report.was_in => w.shared.clone(),
        None => String::new(),
    };
    let view = SignedOut {
        // The report is of this moment: the switch of language leads home.
        shell: stage.shell(title, Some("/")),
        w: words,
        title,
        note: if report.was_in { &w.note } else { "" },
        // The portal is this very site.
        lines: report
            .lines
            .iter()
            .filter(|l| l.service.as_str() != PORTAL)
            .map(|l| shown(stage, l))
            .collect(),
        advice,
        back: report.back.and_then(leads_on),
    };
    Page::of(&view, Does::Nothing, stage.lang)
}

fn shown<'s>(stage: &Stage<'_>, line: &LogoutLine) -> Line<'s> {
    let w = &stage.words().signed_out;
    let service = stage.service(Some(&line.service));
    let name =
        service.map_or_else(|| line.service.to_string(), |s| s.name.r#in(stage.lang).to_owned());
    let tile = service.map(service_tile).unwrap_or_default();
    match line.state {
        LogoutState::Ended => {
            Line { tile, name, sub: "", there: None, tone: "good", state: &w.ended }
        }
        LogoutState::CannotBeTold => Line {
            tile,
            sub: &w.cannot_note,
            there: service
                .and_then(launch)
                .map(|href| Link { href, text: fill(&w.open, &[("service", &name)]) }),
            name,
            tone: "warn",
            state: &w.cannot,
        },
    }
}

fn launch(service: &Service) -> Option<String> {
    service.launch_url.as_deref().and_then(web_link)
}
