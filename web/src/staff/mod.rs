//! `/desk` for librarians, `/admin` for operators and auditors: why a login went as it did,
//! and what would be decided. Nothing is changed here.
//!
//! ```text
//! GET  ─▶ room ─▶ page
//! POST ─▶ same origin ─▶ room ─▶ look up (written down) ─▶ page
//! ```
//! `room` is [`login::Login::continue_with`]: nobody without a role and a second factor gets
//! past it, and what a librarian may see is decided below it, never here.

mod explain;
mod protocol;
mod told;

pub use protocol::StaffProtocol;

pub(crate) use explain::{Explained, Supposed, explain, services_of};
pub(crate) use told::{Told, told};

use crate::WebParts;
use crate::page::Page;
use crate::pages::{console, desk, explained, members};
use crate::routes::Hall;
use crate::seen::Seen;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use login::{AccountRow, Continued, Edge, Head, Ready, Reply, Source};
use model::{
    HUB_MEMBER, LoginCode, Member, MemberId, Next, Prompt, Refusal, ServiceId, TraceRecord, code,
};

/// A form with one field.
const LOOK_LIMIT: usize = 4 * 1024;
/// Longest text that is looked for.
const LONGEST_SOUGHT: usize = 200;

/// Where one works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// `/desk`, of one member.
    Desk,
    /// `/admin`, of the hub.
    Console,
}

impl Room {
    /// The built-in service, and the key of its protocol.
    pub(crate) const fn service(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Console => "console",
        }
    }

    /// Its first page.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Desk => "/desk",
            Self::Console => "/admin",
        }
    }
}

/// Everything below `/desk` and `/admin`.
pub(crate) fn routes() -> Router<WebParts> {
    let limit = DefaultBodyLimit::max(LOOK_LIMIT);
    Router::new()
        .route("/desk", get(desk_page).post(desk_look).layer(limit))
        .route("/desk/explain", get(desk_explain))
        .route("/admin", get(console_page).post(console_look).layer(limit))
        .route("/admin/explain", get(console_explain))
        .route("/admin/members", get(console_members))
}

/// What was found.
#[derive(Debug)]
pub(crate) enum Found {
    /// A login.
    Login(Box<TraceRecord>),
    /// A reader's account at the hub.
    Reader(Box<AccountRow>),
    /// Nothing, or nothing that may be seen from here: nobody is told which.
    Nothing,
    /// At the console a login name alone names nobody.
    WhichMember,
}

/// A search and what came of it.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) sought: String,
    /// The library as it was typed, at the console.
    pub(crate) member: String,
    pub(crate) found: Found,
}

async fn desk_page(State(web): State<WebParts>, seen: Seen, head: Head) -> Response {
    show(web, seen, head, Room::Desk, |hall, ready| {
        desk::page(&hall.stage(), Room::Desk, ready.member(), None)
    })
    .await
}

async fn console_page(State(web): State<WebParts>, seen: Seen, head: Head) -> Response {
    show(web, seen, head, Room::Console, |hall, _| {
        let ends = hall.web.ends.now();
        console::page(&hall.stage(), &hall.web.login.anonymous_refusals(), ends)
    })
    .await
}

async fn console_members(State(web): State<WebParts>, seen: Seen, head: Head) -> Response {
    show(web, seen, head, Room::Console, |hall, _| members::page(&hall.stage())).await
}

async fn desk_explain(State(web): State<WebParts>, seen: Seen, head: Head) -> Response {
    show(web, seen, head, Room::Desk, |hall, ready| {
        explained::page(&hall.stage(), Room::Desk, Some(ready.member()))
    })
    .await
}

async fn console_explain(State(web): State<WebParts>, seen: Seen, head: Head) -> Response {
    show(web, seen, head, Room::Console, |hall, _| {
        let named = hall.seen.param("member");
        let member = named.and_then(|code| hall.snapshot.member_by_code(code.trim()));
        explained::page(&hall.stage(), Room::Console, member)
    })
    .await
}

async fn desk_look(State(web): State<WebParts>, seen: Seen, edge: Edge) -> Response {
    look(web, seen, edge, Room::Desk).await
}

async fn console_look(State(web): State<WebParts>, seen: Seen, edge: Edge) -> Response {
    look(web, seen, edge, Room::Console).await
}

/// A page of the room; who is not in it is asked to log in.
async fn show(
    web: WebParts,
    seen: Seen,
    head: Head,
    room: Room,
    draw: impl FnOnce(&Hall, &Ready) -> Page,
) -> Response {
    let hall = Hall::of(web, seen, head);
    match enter(&hall, room).await {
        Ok(Some(ready)) => {
            let page = draw(&hall, &ready);
            hall.send(page, &[])
        }
        Ok(None) => log_in(&hall, room).await,
        Err(refusal) => hall.refuse(refusal),
    }
}

/// `None`: nobody who works here is logged in.
async fn enter(hall: &Hall, room: Room) -> Result<Option<Ready>, Refusal> {
    let service = service_of(room)?;
    let Head { inbound, moment, code } = &hall.head;
    let source = Source::Browser(inbound);
    Ok(match hall.web.login.continue_with(source, &service, moment, *code).await? {
        Continued::Ready(ready) => Some(ready),
        Continued::Needs(..) | Continued::Gone => None,
    })
}

async fn log_in(hall: &Hall, room: Room) -> Response {
    let service = match service_of(room) {
        Ok(service) => service,
        Err(refusal) => return hall.refuse(refusal),
    };
    // Operators and auditors log in at the hub itself; a librarian says where.
    let only_member = match room {
        Room::Console => MemberId::parse(HUB_MEMBER).ok(),
        Room::Desk => None,
    };
    hall.log_in(service, room.service(), only_member, Prompt::AsNeeded).await.into_response()
}

fn service_of(room: Room) -> Result<ServiceId, Refusal> {
    ServiceId::parse(room.service())
        .map_err(|fault| Refusal::new(code::HUB_INTERNAL, fault.to_string()))
}

/// A search. It is posted, so that no name of a reader stands in an address, and only our
/// own page may post it.
async fn look(web: WebParts, seen: Seen, edge: Edge, room: Room) -> Response {
    let Edge { inbound, moment, code } = edge;
    let hall = Hall::of(web, seen, Head { inbound, moment, code });
    if let Err(refusal) = hall.web.login.require_same_origin(&hall.head.inbound) {
        return hall.refuse(refusal);
    }
    let ready = match enter(&hall, room).await {
        Ok(Some(ready)) => ready,
        Ok(None) => return Reply::from(Next::Redirect(room.path().to_owned())).into_response(),
        Err(refusal) => return hall.refuse(refusal),
    };
    match search(&hall, room, &ready).await {
        Ok(search) => {
            hall.send(desk::page(&hall.stage(), room, ready.member(), Some(&search)), &[])
        }
        Err(refusal) => hall.refuse(refusal),
    }
}

async fn search(hall: &Hall, room: Room, ready: &Ready) -> Result<Search, Refusal> {
    let bad = |log: String| Refusal::new(code::WEB_BAD_PARAMETERS, log);
    let params = hall.head.inbound.form_params().map_err(|fault| bad(fault.to_string()))?;
    let one = |name| params.one(name).map_err(|fault| bad(fault.to_string()));
    let sought = one("q")?.unwrap_or_default().trim().to_owned();
    let member = one("member")?.unwrap_or_default().trim().to_owned();
    if sought.chars().count() > LONGEST_SOUGHT || member.chars().count() > LONGEST_SOUGHT {
        return Err(bad("longer than any login code or name".to_owned()));
    }
    let found = find(hall, room, ready, (&sought, &member)).await?;
    Ok(Search { sought, member, found })
}

async fn find(
    hall: &Hall,
    room: Room,
    ready: &Ready,
    (sought, named): (&str, &str),
) -> Result<Found, Refusal> {
    if sought.is_empty() {
        return Ok(Found::Nothing);
    }
    let Head { inbound, moment, .. } = &hall.head;
    if let Ok(code) = LoginCode::parse(sought) {
        let found = hall.web.login.look_up_login(ready, code, moment, inbound.client).await?;
        if let Some(record) = found {
            return Ok(Found::Login(Box::new(record)));
        }
    }
    let member: &Member = match room {
        Room::Desk => ready.member(),
        Room::Console if named.is_empty() => {
            let is_code = LoginCode::parse(sought).is_ok();
            return Ok(if is_code { Found::Nothing } else { Found::WhichMember });
        }
        Room::Console => match hall.snapshot.member_by_code(named) {
            Some(member) => member,
            None => return Ok(Found::WhichMember),
        },
    };
    let found =
        hall.web.login.look_up_reader(ready, &member.id, sought, moment, inbound.client).await?;
    Ok(found.map_or(Found::Nothing, |account| Found::Reader(Box::new(account))))
}
