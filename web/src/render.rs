//! The response layer: turns what the path of a login answers into HTML.

use crate::WebParts;
use crate::page::{Page, set_cookies};
use crate::pages::{confirm, discovery, factor, form, moving, refused, signed_out, ways};
use crate::seen::Seen;
use crate::stage::Stage;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::response::Response;
use http::request::Parts as Asked;
use http::response::Parts as Base;
use http::{HeaderName, HeaderValue, StatusCode, header};
use login::{Head, Refused, Reply, Troubled};
use metadata::Snapshot;
use model::{Answer, Cookie, Next, PageModel, Refusal, code};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::{Layer, Service};

/// Puts pages where handlers answered [`Reply`] or [`Refused`]; every other response
/// passes untouched, but for a bare 405, which becomes a page too.
///
/// Lies inside `login::edge_layer` (pages show the time) and outside of everything that
/// may answer, so that no refusal of a lower layer escapes as plain text.
#[derive(Debug, Clone)]
pub struct RenderLayer {
    web: WebParts,
}

impl RenderLayer {
    pub(crate) fn new(web: WebParts) -> Self {
        Self { web }
    }
}

impl<S> Layer<S> for RenderLayer {
    type Service = Render<S>;

    fn layer(&self, inner: S) -> Render<S> {
        Render { inner, web: self.web.clone() }
    }
}

/// A service whose replies become pages; made by [`RenderLayer`].
#[derive(Debug, Clone)]
pub struct Render<S> {
    inner: S,
    web: WebParts,
}

impl<S> Service<Request> for Render<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let (asked, body) = request.into_parts();
        // The page needs the address and the languages after the handler has used them.
        let kept = asked.clone();
        let answering = self.inner.call(Request::from_parts(asked, body));
        let web = self.web.clone();
        Box::pin(async move { Ok(render(&web, kept, answering.await?).await) })
    }
}

async fn render(web: &WebParts, mut asked: Asked, response: Response) -> Response {
    let (mut base, body) = response.into_parts();
    let answer = if let Some(reply) = base.extensions.remove::<Reply>() {
        Ok(reply)
    } else if let Some(refused) = base.extensions.remove::<Refused>() {
        Err(refused)
    } else if is_bare_405(&base) {
        return match Head::from_request_parts(&mut asked, &()).await {
            Ok(head) => {
                let refusal = Refusal::new(code::WEB_METHOD, "no handler for that method");
                let refused = Refused::with_status(405, refusal, head.code);
                Drawing::of(web, &asked, Some(head)).refused(base, &refused)
            }
            Err(refused) => Drawing::of(web, &asked, None).refused(base, &refused),
        };
    } else {
        return Response::from_parts(base, body);
    };
    let head = Head::from_request_parts(&mut asked, &()).await.ok();
    let mut drawing = Drawing::of(web, &asked, head);
    if let (Ok(Reply { next: Next::Page(PageModel::Discovery { .. }), .. }), Some(head)) =
        (&answer, &drawing.head)
    {
        drawing.troubled = web.login.troubled(head.moment.now).await;
    }
    match answer {
        Ok(reply) => drawing.reply(base, &reply),
        Err(refused) => {
            let now = drawing.head.as_ref().map(|head| head.moment.now);
            web.login.note_unnoted(&refused, now);
            drawing.refused(base, &refused)
        }
    }
}

/// What axum answers where a path has no handler for the method.
fn is_bare_405(base: &Base) -> bool {
    base.status == StatusCode::METHOD_NOT_ALLOWED
        && !base.headers.contains_key(header::CONTENT_TYPE)
}

/// One response being drawn.
pub(crate) struct Drawing {
    snapshot: Arc<Snapshot>,
    /// Read for the page that asks which library alone.
    troubled: Arc<Troubled>,
    seen: Seen,
    head: Option<Head>,
    demo: bool,
}

impl Drawing {
    fn of(web: &WebParts, asked: &Asked, head: Option<Head>) -> Self {
        Self {
            snapshot: web.registry.current(),
            troubled: Arc::default(),
            seen: Seen::of(asked),
            head,
            demo: web.demo_mark,
        }
    }

    fn stage(&self, lang: Option<model::LangTag>) -> Stage<'_> {
        Stage {
            snapshot: &self.snapshot,
            seen: &self.seen,
            lang: self.seen.lang(lang),
            demo: self.demo,
            now: self.head.as_ref().map(|head| head.moment.now),
            client: self.head.as_ref().map(|head| head.inbound.client),
            troubled: &self.troubled,
        }
    }

    fn reply(&self, base: Base, reply: &Reply) -> Response {
        let stage = self.stage(reply.lang);
        let page = match &reply.next {
            Next::Redirect(address) => return self.redirect(base, &stage, reply, address),
            Next::AutoPost { action, fields } => match moving::leads_on(action) {
                Some(action) => moving::auto_post(&stage, action, fields),
                None => return self.broken(base, "a form would be posted to no address"),
            },
            Next::Ask(asked) if factor::is_one(asked) => factor::page(&stage, asked),
            Next::Ask(asked) => form::page(&stage, asked),
            Next::Page(model) => of_model(&stage, model),
            Next::Done(answer) => return done(base, &self.seen, answer, &reply.cookies),
        };
        page.onto(base, &self.seen, &reply.cookies)
    }

    /// Straight on, but for a browser that has just posted a form: Chromium would hold
    /// the redirect to the `form-action` of the page that posted.
    fn redirect(
        &self,
        mut base: Base,
        stage: &Stage<'_>,
        reply: &Reply,
        address: &str,
    ) -> Response {
        let Some(address) = moving::leads_on(address) else {
            return self.broken(base, "a redirect would lead to no address");
        };
        if !self.seen.is_get && self.seen.by_browser {
            return moving::redirect(stage, address).onto(base, &self.seen, &reply.cookies);
        }
        let Ok(location) = HeaderValue::try_from(address) else {
            return self.broken(base, "a redirect address is not header-safe");
        };
        base.status = if self.seen.is_get { StatusCode::FOUND } else { StatusCode::SEE_OTHER };
        base.headers.remove(header::CONTENT_TYPE);
        base.headers.remove(header::CONTENT_LENGTH);
        base.headers.insert(header::LOCATION, location);
        let fixed = [(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "same-origin")];
        for (name, value) in fixed {
            base.headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        set_cookies(&mut base, &self.seen, &reply.cookies);
        Response::from_parts(base, Body::empty())
    }

    fn refused(&self, base: Base, refused: &Refused) -> Response {
        let stage = self.stage(refused.lang);
        refused::page(&stage, refused).onto(base, &self.seen, &refused.cookies)
    }

    /// An answer of our own rooms that cannot be sent: our fault, said as such.
    fn broken(&self, mut base: Base, log: &'static str) -> Response {
        tracing::error!(log, "a reply could not be rendered");
        let Some(head) = &self.head else {
            base.status = StatusCode::INTERNAL_SERVER_ERROR;
            return Response::from_parts(base, Body::empty());
        };
        self.refused(base, &Refused::from((Refusal::new(code::HUB_INTERNAL, log), head.code)))
    }
}

fn of_model(stage: &Stage<'_>, model: &PageModel) -> Page {
    match model {
        PageModel::Discovery { handle, service, recent } => {
            discovery::page(stage, handle, service, recent)
        }
        PageModel::Ways { handle, service, member, ways: offered } => {
            ways::page(stage, handle, service, (member, offered))
        }
        PageModel::Confirm { kind, action, hidden, member, service, reader } => {
            let (member, service) = (member.as_ref(), service.as_ref());
            confirm::page(
                stage,
                &confirm::Question {
                    kind: *kind,
                    action,
                    hidden,
                    member,
                    service,
                    reader: reader.as_deref(),
                },
            )
        }
        PageModel::SignedOut { lines, member, back } => {
            let (member, back) = (member.as_ref(), back.as_deref());
            let was_in = member.is_some() || !lines.is_empty();
            signed_out::page(stage, &signed_out::Report { was_in, lines, member, back })
        }
    }
}

/// A finished answer passes as it is; the cookies of the reply go with it.
fn done(mut base: Base, seen: &Seen, answer: &Answer, cookies: &[Cookie]) -> Response {
    base.status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    base.headers.remove(header::CONTENT_TYPE);
    base.headers.remove(header::CONTENT_LENGTH);
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            base.headers.append(name, value);
        } else {
            tracing::error!(name, "a header of an answer is not header-safe");
        }
    }
    set_cookies(&mut base, seen, cookies);
    Response::from_parts(base, Body::from(answer.body.clone()))
}

#[cfg(test)]
mod tests;
