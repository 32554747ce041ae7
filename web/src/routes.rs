//! The addresses of this room: `/`, `/discover`, `/status`, `/logout`, `/assets`.

use crate::pages::portal::{Known, Offered};
use crate::pages::{confirm, discovery, landing, portal, signed_out, status};
use crate::seen::{Seen, login_path};
use crate::stage::Stage;
use crate::{PORTAL, WebParts, assets, staff};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, header};
use login::{Continued, Edge, Head, Preview, Ready, Refused, Reply, SignOut, Source, Troubled};
use metadata::Snapshot;
use model::{
    ConfirmKind, LoginRequest, MemberId, Next, PageModel, Prompt, Refusal, ReplyTo, Service,
    ServiceId, Text, code, encode_component,
};
use policy::{Accounted, Decision};
use std::sync::Arc;

/// Everything that web answers itself.
pub fn routes(parts: WebParts) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/discover", get(discover))
        .route("/discover/search", get(search))
        .route("/status", get(tell_status))
        .route("/logout", get(ask_sign_out).post(sign_out))
        .route("/assets/{name}", get(assets::serve))
        .merge(staff::routes())
        .with_state(parts)
}

/// The page for an address that is not there.
pub async fn fallback(head: Result<Head, Refused>) -> Refused {
    match head {
        Ok(head) => {
            Refused::from((Refusal::new(code::WEB_NOT_FOUND, "no such address"), head.code))
        }
        Err(refused) => refused,
    }
}

/// A web page of this room, drawn at once: it passes the response layer untouched.
pub(crate) struct Hall {
    pub(crate) web: WebParts,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) troubled: Arc<Troubled>,
    pub(crate) seen: Seen,
    pub(crate) head: Head,
}

impl Hall {
    pub(crate) fn of(web: WebParts, seen: Seen, head: Head) -> Self {
        let snapshot = web.registry.current();
        Self { web, snapshot, troubled: Arc::default(), seen, head }
    }

    /// A page that tells which libraries have trouble.
    async fn telling_troubles(web: WebParts, seen: Seen, head: Head) -> Self {
        let troubled = web.login.troubled(head.moment.now).await;
        Self { troubled, ..Self::of(web, seen, head) }
    }

    pub(crate) fn stage(&self) -> Stage<'_> {
        Stage {
            snapshot: &self.snapshot,
            seen: &self.seen,
            lang: self.seen.lang(None),
            demo: self.web.demo_mark,
            now: Some(self.head.moment.now),
            client: Some(self.head.inbound.client),
            troubled: &self.troubled,
        }
    }

    pub(crate) fn send(&self, page: crate::page::Page, cookies: &[model::Cookie]) -> Response {
        page.onto(Response::new(()).into_parts().0, &self.seen, cookies)
    }

    pub(crate) fn refuse(&self, refusal: Refusal) -> Response {
        Refused::from((refusal, self.head.code)).into_response()
    }

    /// A login that leads to a service of our own. HEAD starts none: link checkers and
    /// previews send it.
    pub(crate) async fn log_in(
        &self,
        service: ServiceId,
        protocol: &str,
        only_member: Option<MemberId>,
        prompt: Prompt,
    ) -> Result<Reply, Refused> {
        if self.seen.is_head {
            let refusal = Refusal::new(code::WEB_METHOD, "HEAD starts no login");
            return Err(Refused::with_status(405, refusal, self.head.code));
        }
        let named = self.seen.param("member").or_else(|| self.seen.param("tenant"));
        let member = named.and_then(|code| self.snapshot.member_by_code(&code));
        let request = LoginRequest {
            service,
            protocol: protocol.to_owned(),
            reply: ReplyTo(String::new()),
            member: member.map(|member| member.id.clone()),
            only_member,
            prompt,
            max_age_s: None,
            lang: None,
            login_hint: None,
        };
        let Head { inbound, moment, code } = self.head.clone();
        self.web.login.start(&Edge { inbound, moment, code }, request).await
    }

    async fn log_in_to_portal(&self, prompt: Prompt) -> Result<Reply, Refused> {
        let service = portal_id().map_err(|refusal| Refused::from((refusal, self.head.code)))?;
        self.log_in(service, PORTAL, None, prompt).await
    }
}

fn portal_id() -> Result<ServiceId, Refusal> {
    ServiceId::parse(PORTAL).map_err(|fault| Refusal::new(code::HUB_INTERNAL, fault.to_string()))
}

/// `GET /`: the reader's own page; for others what the hub is. `?login=1` logs in.
async fn home(State(web): State<WebParts>, seen: Seen, head: Head) -> Response {
    let hall = Hall::of(web, seen, head);
    if hall.seen.param("login").is_some() {
        return hall.log_in_to_portal(Prompt::AsNeeded).await.into_response();
    }
    let portal = match portal_id() {
        Ok(id) => id,
        Err(refusal) => return hall.refuse(refusal),
    };
    let Head { inbound, moment, code } = &hall.head;
    let found =
        hall.web.login.continue_with(Source::Browser(inbound), &portal, moment, *code).await;
    match found {
        Ok(Continued::Ready(ready)) => own_page(&hall, &ready),
        // A fresh login is asked for: the same door, which says so.
        Ok(Continued::Needs(..)) => hall.log_in_to_portal(Prompt::Login).await.into_response(),
        Ok(Continued::Gone) => hall.send(landing::page(&hall.stage()), &[]),
        Err(refusal) => hall.refuse(refusal),
    }
}

fn own_page(hall: &Hall, ready: &Ready) -> Response {
    let session = ready.session();
    let known = Known {
        profile: &session.reader().profile,
        membership: session.membership(),
        auth_time: session.auth_time(),
        expires: session.expires(),
        code: session.code(),
    };
    let offered: Vec<_> = hall
        .snapshot
        .services()
        .map(|service| {
            offered(service, hall.web.login.preview(session, service, &hall.head.moment))
        })
        .collect();
    hall.send(portal::page(&hall.stage(), &known, &offered), &[])
}

fn offered(service: &Service, preview: Preview) -> Offered<'_> {
    match preview {
        Preview::Allowed { accounted, .. } => {
            Offered { service, is_open: true, because: withheld_rights(service, &accounted) }
        }
        Preview::Needs(_) => Offered { service, is_open: true, because: Vec::new() },
        Preview::Refused { code, reasons } if reasons.is_empty() => {
            Offered { service, is_open: false, because: vec![code.info().sentence()] }
        }
        Preview::Refused { reasons, .. } => Offered { service, is_open: false, because: reasons },
    }
}

/// Why rights of an open service are withheld. Values are not: which of them a service is
/// told is no loss to the reader.
fn withheld_rights(service: &Service, accounted: &[Accounted]) -> Vec<Text> {
    accounted
        .iter()
        .filter(|a| a.decision == Decision::Withheld)
        .filter(|a| service.entitlements.iter().any(|e| e.id().as_str() == a.what))
        .map(|a| a.because.clone())
        .collect()
}

/// `GET /discover`: which library? A login in flight has its page at `/login`; without one
/// a login to the portal begins.
async fn discover(State(web): State<WebParts>, seen: Seen, head: Head) -> Response {
    let hall = Hall::of(web, seen, head);
    if hall.seen.param("entityID").is_some() || hall.seen.param("return").is_some() {
        let log = "the discovery protocol (entityID, return) is not built yet";
        return hall.refuse(Refusal::new(code::WEB_BAD_PARAMETERS, log));
    }
    let Some(handle) = hall.seen.param("h") else {
        return hall.log_in_to_portal(Prompt::SelectAccount).await.into_response();
    };
    let mut address = login_path(&handle);
    for name in ["q", "region", "central", "member", "tenant", "lang"] {
        if let Some(value) = hall.seen.param(name) {
            address.extend(["&", name, "=", &encode_component(&value)]);
        }
    }
    Reply::from(Next::Redirect(address)).into_response()
}

/// `GET /discover/search?q=`: libraries as one types, for the script of the page.
async fn search(State(web): State<WebParts>, seen: Seen, head: Head) -> Response {
    let hall = Hall::telling_troubles(web, seen, head).await;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, discovery::search_json(&hall.stage())).into_response()
}

/// `GET /status`: whether logins work, for anybody. What it tells is at most five seconds
/// old, however many ask.
async fn tell_status(State(web): State<WebParts>, seen: Seen, head: Head) -> Response {
    let hall = Hall::telling_troubles(web, seen, head).await;
    let condition = hall.web.login.condition(hall.head.moment.now).await;
    hall.send(status::page(&hall.stage(), condition), &[])
}

/// `GET /logout`: asks first, since a link from anywhere may lead here.
async fn ask_sign_out(State(web): State<WebParts>, seen: Seen, head: Head) -> Response {
    let hall = Hall::of(web, seen, head);
    match hall.web.login.browser_session(&hall.head.inbound, &hall.head.moment).await {
        Ok(Some(_)) => {
            let question = confirm::Question {
                kind: ConfirmKind::SignOut,
                action: "/logout",
                hidden: &[],
                member: None,
                service: None,
                reader: None,
            };
            hall.send(confirm::page(&hall.stage(), &question), &[])
        }
        Ok(None) => {
            let report = signed_out::Report { was_in: false, lines: &[], member: None, back: None };
            hall.send(signed_out::page(&hall.stage(), &report), &[])
        }
        Err(refusal) => hall.refuse(refusal),
    }
}

/// `POST /logout`: ends the session and reports. Only our own page may press the button.
async fn sign_out(State(web): State<WebParts>, edge: Edge) -> Result<Reply, Refused> {
    let Edge { inbound, moment, code } = edge;
    let refused = |refusal| Refused::from((refusal, code));
    web.login.require_same_origin(&inbound).map_err(refused)?;
    let out = web.login.sign_out(&inbound, &moment, SignOut::Browser).await.map_err(refused)?;
    let next =
        Next::Page(PageModel::SignedOut { lines: out.lines, member: out.member, back: None });
    Ok(Reply { next, cookies: out.cookies, lang: None })
}
