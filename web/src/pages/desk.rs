//! Why can't a reader get in? One field, one answer.

use crate::page::{Does, Page};
use crate::shown::{date, service_tile};
use crate::staff::{Found, Room, Search, Supposed, Told, services_of, told};
use crate::stage::{Shell, Stage};
use crate::words::{PortalWords, Words};
use askama::Template;
use login::AccountRow;
use model::{Member, Standing};

#[derive(Template)]
#[template(path = "desk.html")]
struct Desk<'d> {
    shell: Shell,
    w: &'static Words,
    place: String,
    action: &'static str,
    sought: &'d str,
    asks_member: bool,
    member: &'d str,
    is_new: bool,
    said: &'static str,
    told: Option<Told>,
    reader: Option<Shown>,
}

/// A reader's account, without anything that says who it is beyond what was typed.
struct Shown {
    login: String,
    facts: Vec<Fact>,
    rows: Vec<Row>,
}

struct Fact {
    label: &'static str,
    value: String,
}

struct Row {
    tile: String,
    name: String,
    is_open: bool,
    state: &'static str,
    tone: &'static str,
    because: Vec<String>,
}

/// The search, and what came of it.
pub(crate) fn page(stage: &Stage<'_>, room: Room, own: &Member, search: Option<&Search>) -> Page {
    let w = stage.words();
    let (mut said, mut answer, mut reader) = ("", None, None);
    match search.map(|search| &search.found) {
        None => {}
        Some(Found::Nothing) => said = w.desk.nothing.as_str(),
        Some(Found::WhichMember) => said = w.desk.which_member.as_str(),
        Some(Found::Login(record)) => answer = Some(told(stage, record)),
        Some(Found::Reader(account)) => reader = shown(stage, own, account),
    }
    let mut shell = stage.shell(&w.desk.title, Some(room.path()));
    shell.rooms = rooms(w, room, room.path());
    let view = Desk {
        shell,
        w,
        place: place(stage, room, own),
        action: room.path(),
        sought: search.map_or("", |s| s.sought.as_str()),
        asks_member: room == Room::Console,
        member: search.map_or("", |s| s.member.as_str()),
        is_new: search.is_none(),
        said,
        told: answer,
        reader,
    };
    Page::of(&view, Does::Asks, stage.lang)
}

/// Where one stands: the library, or the hub.
pub(crate) fn place(stage: &Stage<'_>, room: Room, own: &Member) -> String {
    let w = stage.words();
    match room {
        Room::Desk => format!("{} · {}", stage.member_name(own), w.desk.name),
        Room::Console => w.console.name.clone(),
    }
}

/// The doors of a room, as its header shows them.
pub(crate) fn rooms(w: &'static Words, room: Room, here: &str) -> Vec<crate::stage::Door> {
    let doors: &[(&'static str, &'static String)] = match room {
        Room::Desk => &[("/desk", &w.desk.door_search), ("/desk/explain", &w.desk.door_explain)],
        Room::Console => &[
            ("/admin", &w.console.door),
            ("/admin/members", &w.console.members),
            ("/admin/explain", &w.desk.door_explain),
        ],
    };
    let door = |(href, text): &(&'static str, &'static String)| crate::stage::Door {
        href,
        text,
        is_here: *href == here,
    };
    doors.iter().map(door).collect()
}

fn shown(stage: &Stage<'_>, own: &Member, account: &AccountRow) -> Option<Shown> {
    let w = stage.words();
    let member = stage.member(account.member.as_ref()).unwrap_or(own);
    let now = stage.now?;
    let is_past = account.valid_until.is_some_and(|end| end <= now);
    let standing = if is_past && account.standing == Standing::Good {
        Standing::Expired
    } else {
        account.standing
    };
    let supposed = Supposed {
        class: account.class.clone().unwrap_or_else(|| member.class.clone()),
        standing: account.standing,
        category: account.category.clone(),
        valid_until: account.valid_until,
    };
    let fact = |label: &'static String, value: &str| Fact { label, value: value.to_owned() };
    let mut facts = vec![
        fact(&w.portal.standing, standing_name(&w.portal, standing)),
        fact(&w.explain.class, supposed.class.as_str()),
    ];
    if let Some(end) = account.valid_until {
        facts.push(fact(&w.portal.valid_until, &date(end)));
    }
    if let Some(category) = &account.category {
        facts.push(fact(&w.portal.category, category));
    }
    let password = if account.must_change { &w.desk.password_issued } else { &w.desk.password_own };
    facts.push(fact(&w.desk.password, password));
    let row = |(service, explained): (&model::Service, crate::staff::Explained)| Row {
        tile: service_tile(service),
        name: service.name.r#in(stage.lang).to_owned(),
        is_open: explained.is_open,
        state: if explained.is_open { &w.explain.open } else { &w.explain.shut },
        tone: if explained.is_open { "good" } else { "bad" },
        because: explained.reasons.iter().map(|r| r.r#in(stage.lang).to_owned()).collect(),
    };
    let rows = services_of(stage.snapshot, member, &supposed, now).map(row).collect();
    Some(Shown { login: account.login.clone(), facts, rows })
}

/// A standing in words.
pub(crate) fn standing_name(w: &'static PortalWords, standing: Standing) -> &'static str {
    match standing {
        Standing::Good => &w.good,
        Standing::Pending => &w.pending,
        Standing::Blocked => &w.blocked,
        Standing::Expired => &w.expired,
        Standing::Suspended => &w.suspended,
    }
}
