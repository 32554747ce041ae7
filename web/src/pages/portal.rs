//! Who the reader is to the hub, what is open to them, and why the rest is not.

use crate::page::{Does, Page};
use crate::shown::{Reach, clock, date, hour, reader_tile, service_tile, soon, web_link};
use crate::stage::{Shell, Stage};
use crate::words::{PortalWords, Words, fill};
use askama::Template;
use model::{
    Evidence, LoginCode, Membership, Profile, Service, ServiceStatus, Standing, Text, Timestamp,
};

#[derive(Template)]
#[template(path = "portal.html")]
struct Portal {
    shell: Shell,
    w: &'static Words,
    tile: String,
    hello: String,
    who: String,
    login_at: String,
    facts: Vec<Fact>,
    login_code: String,
    open: Vec<Offer>,
    shut: Vec<Offer>,
    contact: Option<Contact>,
}

struct Fact {
    label: &'static str,
    value: String,
    tone: &'static str,
}

struct Offer {
    tile: String,
    name: String,
    about: String,
    href: Option<String>,
    because: Vec<String>,
    testing: bool,
}

struct Contact {
    title: String,
    reach: Reach,
}

/// What the hub knows of the reader whose page it is.
pub(crate) struct Known<'k> {
    pub(crate) profile: &'k Profile,
    pub(crate) membership: &'k Membership,
    pub(crate) auth_time: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) code: LoginCode,
}

/// What one service would say to this reader.
pub(crate) struct Offered<'o> {
    pub(crate) service: &'o Service,
    /// Whether it may be entered.
    pub(crate) is_open: bool,
    /// Why not; or, of an open one, why some right there is withheld.
    pub(crate) because: Vec<Text>,
}

/// The reader's own first page.
pub(crate) fn page(stage: &Stage<'_>, known: &Known<'_>, offered: &[Offered<'_>]) -> Page {
    let words = stage.words();
    let w = &words.portal;
    let mut shell = stage.shell(&w.title, Some("/"));
    (shell.reader, shell.at_home) = (true, true);
    let name = known.profile.name.as_deref().filter(|n| !n.trim().is_empty()).unwrap_or(&w.reader);
    let member = stage.member(Some(&known.membership.member));
    let library = member.map_or(known.membership.member.as_str(), |m| stage.member_name(m));
    let class = fill(&w.class, &[("class", known.membership.class.as_str())]);
    let shown = |is_open: bool| {
        offered.iter().filter(|o| o.is_open == is_open).map(|o| offer(stage, o)).collect::<Vec<_>>()
    };
    let shut = shown(false);
    let view = Portal {
        shell,
        w: words,
        tile: reader_tile(name),
        hello: fill(&w.hello, &[("greeting", greeting(w, stage.now)), ("name", name)]),
        who: format!("{library} · {class}"),
        login_at: fill(&w.login_at, &[("time", &clock(known.auth_time))]),
        facts: facts(w, known, stage.now),
        login_code: known.code.to_string(),
        open: shown(true),
        contact: member.and_then(|m| {
            let reach = Reach::of(&m.contact)?;
            let title = fill(&w.contact, &[("member", stage.member_name(m))]);
            Some(Contact { title, reach })
        }),
        shut,
    };
    Page::of(&view, Does::Nothing, stage.lang)
}

fn greeting(w: &'static PortalWords, now: Option<Timestamp>) -> &'static str {
    match now.map(hour) {
        Some(5..=11) => &w.morning,
        Some(12..=17) | None => &w.afternoon,
        Some(_) => &w.evening,
    }
}

fn facts(w: &'static PortalWords, known: &Known<'_>, now: Option<Timestamp>) -> Vec<Fact> {
    let membership = known.membership;
    let (standing, tone) = match membership.standing {
        Standing::Good => (&w.good, "good"),
        Standing::Pending => (&w.pending, "warn"),
        Standing::Blocked => (&w.blocked, "bad"),
        Standing::Expired => (&w.expired, "bad"),
        Standing::Suspended => (&w.suspended, "bad"),
    };
    let proved = match membership.evidence {
        Evidence::Asserted => &w.proved_member,
        Evidence::PasswordChecked => &w.proved_password,
        Evidence::Network => &w.proved_network,
        Evidence::NumberOnly => &w.proved_number,
    };
    let plain = |label: &'static String, value: String| Fact { label, value, tone: "" };
    let mut facts = vec![Fact { label: &w.standing, value: standing.clone(), tone }];
    if let Some(end) = membership.valid_until {
        facts.push(plain(&w.valid_until, date(end)));
    }
    if let Some(category) = &membership.category {
        facts.push(plain(&w.category, category.clone()));
    }
    facts.push(plain(&w.proved, proved.clone()));
    facts.push(plain(&w.until, soon(w, known.expires, now)));
    facts
}

fn offer(stage: &Stage<'_>, offered: &Offered<'_>) -> Offer {
    let service = offered.service;
    let mut because: Vec<String> =
        offered.because.iter().map(|t| t.r#in(stage.lang).to_owned()).collect();
    if service.status == ServiceStatus::Suspended {
        because = vec![stage.words().portal.shut_suspended.clone()];
    }
    because.dedup();
    Offer {
        tile: service_tile(service),
        name: service.name.r#in(stage.lang).to_owned(),
        about: service.about.as_ref().map(|t| t.r#in(stage.lang).to_owned()).unwrap_or_default(),
        href: service.launch_url.as_deref().and_then(web_link).filter(|_| offered.is_open),
        because,
        testing: service.status == ServiceStatus::Testing,
    }
}
