//! By which of a library's ways to log in: staff by the campus login, town readers by card number.

use crate::page::{Does, Page};
use crate::seen::login_path;
use crate::stage::{Going, Shell, Stage};
use crate::words::{Words, fill};
use askama::Template;
use model::{ConnectorId, Handle, MemberId, ServiceId};

#[derive(Template)]
#[template(path = "ways.html")]
struct Ways {
    shell: Shell,
    w: &'static Words,
    going: Option<Going>,
    title: String,
    offered: Vec<Way>,
    change: String,
}

/// One way, as its library calls it.
struct Way {
    href: String,
    name: String,
}

/// The page with one row a way.
pub(crate) fn page(
    stage: &Stage<'_>,
    handle: &Handle,
    service: &ServiceId,
    (library, offered): (&MemberId, &[ConnectorId]),
) -> Page {
    let w = stage.words();
    let here = login_path(handle.as_str());
    let chosen = format!("{here}&member={library}");
    let member = stage.member(Some(library));
    let name = member.map(|m| stage.member_name(m)).unwrap_or_default();
    let title = fill(&w.ways.title, &[("member", name)]);
    let ways = offered.iter().filter_map(|id| {
        let name = member?.connector(id)?.name.as_ref()?.r#in(stage.lang).to_owned();
        Some(Way { href: format!("{chosen}&way={id}"), name })
    });
    let view = Ways {
        shell: stage.shell(&title, Some(&chosen)),
        w,
        going: stage.going(Some(service)),
        offered: ways.collect(),
        change: here,
        title,
    };
    Page::of(&view, Does::Asks, stage.lang)
}
