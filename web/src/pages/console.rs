//! The operator's overview: what needs a look, then the services, then what was refused.

use super::desk::rooms;
use crate::Ends;
use crate::page::{Does, Page};
use crate::shown::service_tile;
use crate::staff::Room;
use crate::stage::{Shell, Stage};
use crate::words::{ConsoleWords, Words, fill};
use askama::Template;
use model::{Code, LangTag, Member, MemberStatus, Service, ServiceStatus};
use std::collections::BTreeMap;

/// Below so many days a certificate of the hub's own needs a look: authorities that renew by
/// themselves do it before.
const SOON_DAYS: i64 = 30;
const DAY_S: i64 = 86_400;

/// Libraries that are named one by one; beyond them the list of members says more.
const MOST_NOTICES: usize = 30;

#[derive(Template)]
#[template(path = "console.html")]
struct Console {
    shell: Shell,
    w: &'static Words,
    figures: Vec<Figure>,
    notices: Vec<Notice>,
    services: Vec<Line>,
    refusals: Vec<Refused>,
}

struct Figure {
    label: &'static str,
    value: String,
    note: String,
}

struct Notice {
    name: String,
    state: String,
    tone: &'static str,
}

struct Line {
    tile: String,
    name: String,
    speaks: String,
    state: &'static str,
    tone: &'static str,
}

struct Refused {
    code: &'static str,
    means: &'static str,
    times: u64,
}

/// The overview. `refusals` are those of nobody known, since this process began.
pub(crate) fn page(stage: &Stage<'_>, refusals: &BTreeMap<&'static str, u64>, ends: Ends) -> Page {
    let w = stage.words();
    let mut shell = stage.shell(&w.console.title, Some("/admin"));
    shell.rooms = rooms(w, Room::Console, "/admin");
    let view = Console {
        shell,
        w,
        figures: figures(stage, refusals),
        notices: certificates(stage, ends).chain(notices(stage)).collect(),
        services: stage.snapshot.services().map(|s| line(stage, s)).collect(),
        refusals: refusals.iter().map(|(code, times)| refused(stage, code, *times)).collect(),
    };
    Page::of(&view, Does::Asks, stage.lang)
}

fn figures(stage: &Stage<'_>, refusals: &BTreeMap<&'static str, u64>) -> Vec<Figure> {
    let w = &stage.words().console;
    let snapshot = stage.snapshot;
    let of = |status: MemberStatus| snapshot.members().filter(|m| m.status == status).count();
    let testing = of(MemberStatus::Testing).to_string();
    let suspended = of(MemberStatus::Suspended).to_string();
    let members = fill(&w.members_note, &[("testing", &testing), ("suspended", &suspended)]);
    let services = snapshot.services().filter(|s| s.status == ServiceStatus::Live).count();
    let all = snapshot.services().count().to_string();
    vec![
        Figure { label: &w.members_live, value: of(MemberStatus::Live).to_string(), note: members },
        Figure {
            label: &w.services_live,
            value: services.to_string(),
            note: fill(&w.services_note, &[("all", &all)]),
        },
        Figure {
            label: &w.registry,
            value: snapshot.version().to_string(),
            note: w.registry_note.clone(),
        },
        Figure {
            label: &w.refused,
            value: refusals.values().sum::<u64>().to_string(),
            note: w.refused_note.clone(),
        },
    ]
}

/// The hub's own certificates that are over, or soon will be.
fn certificates(stage: &Stage<'_>, ends: Ends) -> impl Iterator<Item = Notice> {
    let w = &stage.words().console;
    let now = stage.now;
    let of = [(&w.tls_certificate, ends.tls), (&w.saml_certificate, ends.saml)];
    of.into_iter().filter_map(move |(name, end)| {
        let left = end?.seconds_since(now?).div_euclid(DAY_S);
        let (label, tone) = match left {
            left if left < 0 => (w.ended.clone(), "bad"),
            left if left < SOON_DAYS => (fill(&w.days, &[("days", &left.to_string())]), "warn"),
            _ => return None,
        };
        Some(Notice { name: name.clone(), state: label, tone })
    })
}

fn notices(stage: &Stage<'_>) -> impl Iterator<Item = Notice> {
    let w = &stage.words().console;
    let notice = move |member: &Member| {
        let (label, tone) = match member.status {
            MemberStatus::Suspended => (&w.is_suspended, "bad"),
            MemberStatus::Applied => (&w.is_applied, "warn"),
            MemberStatus::Testing => (&w.is_testing, ""),
            MemberStatus::Live if member.connectors.is_empty() => (&w.no_connector, "bad"),
            MemberStatus::Live | MemberStatus::Left => return None,
        };
        Some(Notice { name: stage.member_name(member).to_owned(), state: label.clone(), tone })
    };
    stage.snapshot.members().filter_map(notice).take(MOST_NOTICES)
}

fn line(stage: &Stage<'_>, service: &Service) -> Line {
    let w = &stage.words().console;
    let (label, tone) = match service.status {
        ServiceStatus::Live => (&w.is_live, "good"),
        ServiceStatus::Testing => (&w.is_testing, ""),
        ServiceStatus::Suspended => (&w.is_suspended, "bad"),
    };
    let speaks = [("OpenID Connect", service.oidc.is_some()), ("SAML 2.0", service.saml.is_some())];
    let speaks: Vec<&str> = speaks.iter().filter(|(_, has)| *has).map(|(name, _)| *name).collect();
    Line {
        tile: service_tile(service),
        name: service.name.r#in(stage.lang).to_owned(),
        speaks: format!("{} · {}", service.id, speaks.join(", ")),
        state: label,
        tone,
    }
}

fn refused(stage: &Stage<'_>, code: &'static str, times: u64) -> Refused {
    let info = Code::find(code).map(Code::info);
    let means = info.map_or("", |info| match stage.lang {
        LangTag::Zh => info.zh,
        LangTag::En => info.en,
    });
    Refused { code, means, times }
}

/// What a member's status is called, and in which colour.
pub(crate) fn status(
    w: &'static ConsoleWords,
    status: MemberStatus,
) -> (&'static str, &'static str) {
    match status {
        MemberStatus::Applied => (&w.is_applied, "warn"),
        MemberStatus::Testing => (&w.is_testing, ""),
        MemberStatus::Live => (&w.is_live, "good"),
        MemberStatus::Suspended => (&w.is_suspended, "bad"),
        MemberStatus::Left => (&w.has_left, "off"),
    }
}
