use super::*;
use crate::pages::tests::{at, handle, login_code, registry, seen, service};
use model::{Entropy, Inbound, LangTag, Method, Moment, Random, SameSite};
use std::sync::Arc;

struct Zero;
impl Random for Zero {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(0);
    }
}

fn drawing(method: &str, uri: &str) -> Drawing {
    let inbound = Inbound {
        method: Method::Get,
        path: String::new(),
        query: String::new(),
        headers: Vec::new(),
        body: Vec::new(),
        client: [203, 0, 113, 9].into(),
    };
    let moment = Moment { now: at("2026-11-21T02:47:05Z"), entropy: Entropy::new(Arc::new(Zero)) };
    let head = Some(Head { inbound, moment, code: login_code() });
    Drawing {
        snapshot: Arc::new(registry()),
        troubled: Arc::default(),
        seen: seen(method, uri),
        head,
        demo: false,
    }
}

fn by_browser(mut drawing: Drawing) -> Drawing {
    drawing.seen.by_browser = true;
    drawing
}

fn base() -> Base {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.into_parts().0
}

fn cookie() -> Cookie {
    Cookie {
        name: "__Host-rp_x".into(),
        value: "1".into(),
        max_age_s: None,
        same_site: SameSite::Lax,
    }
}

fn reply(next: Next) -> Reply {
    Reply { next, cookies: vec![cookie()], lang: Some(LangTag::En) }
}

fn text<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map(|v| v.to_str().expect("ASCII")).unwrap_or_default()
}

async fn body(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    String::from_utf8(bytes.into()).expect("UTF-8")
}

fn page() -> Next {
    Next::Page(PageModel::Discovery {
        handle: handle(),
        service: service("ill"),
        recent: Vec::new(),
    })
}

#[tokio::test]
async fn a_page_carries_every_header_of_defence_and_the_cookies() {
    let response = drawing("GET", "/login?h=x&lang=en").reply(base(), &reply(page()));
    assert_eq!(response.status(), 200);
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("content-language", "en"),
    ] {
        assert_eq!(text(&response, name), value, "{name}");
    }
    let policy = text(&response, "content-security-policy");
    for part in [
        "default-src 'none';",
        "script-src 'self';",
        "style-src 'self';",
        "img-src 'self';",
        "frame-ancestors 'none';",
        "base-uri 'none';",
        "form-action 'self'",
        "connect-src 'self'",
    ] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(!policy.contains("unsafe"));
    let cookies: Vec<_> = response
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|v| v.to_str().expect("ASCII"))
        .collect();
    assert_eq!(cookies[0], "__Host-rp_x=1; Path=/; Secure; HttpOnly; SameSite=Lax");
    assert!(cookies[1].starts_with("__Host-rp_lang=en; Path=/; Secure; HttpOnly; SameSite=Lax"));
    let html = body(response).await;
    assert!(html.contains("<html lang=\"en\">") && html.contains("Choose your library"));
}

#[tokio::test]
async fn the_language_of_the_login_counts_where_the_reader_chose_none() {
    let html = body(drawing("GET", "/login?h=x").reply(base(), &reply(page()))).await;
    assert!(html.contains("<html lang=\"en\">"));
}

#[test]
fn headers_already_set_stay() {
    let mut base = base();
    base.headers.insert("content-security-policy", HeaderValue::from_static("sandbox"));
    base.headers.insert("x-request", HeaderValue::from_static("7"));
    let response = drawing("GET", "/login").reply(base, &reply(page()));
    assert_eq!(text(&response, "content-security-policy"), "sandbox");
    assert_eq!(text(&response, "x-request"), "7");
}

#[tokio::test]
async fn a_redirect_after_a_form_is_a_page_for_browsers_and_303_for_scripts() {
    let next = || reply(Next::Redirect("https://ill.example/cb?a=1&b=2".into()));
    let got = drawing("GET", "/oauth2/authorize").reply(base(), &next());
    assert_eq!(
        (got.status().as_u16(), text(&got, "location")),
        (302, "https://ill.example/cb?a=1&b=2")
    );
    assert_eq!(text(&got, "cache-control"), "no-store");
    assert!(!text(&got, "set-cookie").is_empty());
    let posted = drawing("POST", "/login").reply(base(), &next());
    assert_eq!(posted.status(), 303);
    let by_form = by_browser(drawing("POST", "/login")).reply(base(), &next());
    assert_eq!(by_form.status(), 200);
    assert!(text(&by_form, "location").is_empty() && !text(&by_form, "set-cookie").is_empty());
    let html = body(by_form).await;
    assert!(
        html.contains(
            "http-equiv=\"refresh\" content=\"0;url=https://ill.example/cb?a=1&#38;b=2\""
        ),
        "{html}"
    );
    assert!(html.contains("href=\"https://ill.example/cb?a=1&#38;b=2\""));
    assert_eq!(by_browser(drawing("GET", "/login")).reply(base(), &next()).status(), 302);
}

#[tokio::test]
async fn an_auto_posted_form_has_a_button_no_form_action_and_escaped_values() {
    let fields = vec![("RelayState".to_owned(), "\"><script>alert(1)</script>".to_owned())];
    let next = Next::AutoPost { action: "https://ccc.example/acs".into(), fields };
    let response = drawing("GET", "/saml/idp/sso").reply(base(), &reply(next));
    assert!(!text(&response, "content-security-policy").contains("form-action"));
    let html = body(response).await;
    assert!(
        html.contains("<button")
            && html.contains("method=\"post\" action=\"https://ccc.example/acs\"")
    );
    assert!(!html.contains("<script>") && html.contains("&#34;&#62;&#60;script&#62;"), "{html}");
}

#[test]
fn an_address_that_would_run_is_our_fault_not_a_link() {
    for address in ["javascript:alert(1)", "//evil.example", "", "https://a\r\nx: y"] {
        let redirect = drawing("GET", "/").reply(base(), &reply(Next::Redirect(address.into())));
        assert_eq!(
            (redirect.status().as_u16(), text(&redirect, "location")),
            (500, ""),
            "{address}"
        );
        let next = Next::AutoPost { action: address.into(), fields: Vec::new() };
        assert_eq!(drawing("GET", "/").reply(base(), &reply(next)).status(), 500, "{address}");
    }
}

#[tokio::test]
async fn a_finished_answer_passes_as_it_is() {
    let answer = Answer {
        status: 201,
        headers: vec![("content-type".into(), "application/xml".into())],
        body: b"<x/>".to_vec(),
    };
    let response = drawing("GET", "/saml/sp/metadata").reply(base(), &reply(Next::Done(answer)));
    assert_eq!(
        (response.status().as_u16(), text(&response, "content-type")),
        (201, "application/xml")
    );
    assert!(text(&response, "content-security-policy").is_empty());
    assert_eq!(body(response).await, "<x/>");
}

#[tokio::test]
async fn a_refusal_is_a_page_with_its_code_and_never_its_log() {
    let refusal = Refusal::new(code::LOG_STATE_MISSING, "secret detail for the log");
    let mut refused = Refused::from((refusal, login_code()));
    refused.cookies = vec![cookie()];
    let response = drawing("GET", "/login?h=x").refused(base(), &refused);
    assert_eq!(response.status(), 400);
    assert!(!text(&response, "set-cookie").is_empty());
    let html = body(response).await;
    assert!(html.contains("LOG-001") && html.contains(&login_code().to_string()));
    assert!(html.contains("11-21 10:47") && !html.contains("secret detail"));
}

#[tokio::test]
async fn a_refusal_before_the_clock_was_asked_still_is_a_page() {
    let mut drawing = drawing("GET", "/login");
    drawing.head = None;
    let refused = Refused::from((Refusal::new(code::WEB_HEADERS, ""), login_code()));
    let html = body(drawing.refused(base(), &refused)).await;
    assert!(html.contains("WEB-005"));
}

/// A handler behind the layer, without the layer's own parts: what is drawn and what not.
#[test]
fn only_a_bare_405_becomes_a_page() {
    let of = |status: u16, kind: Option<&'static str>| {
        let mut base = base();
        base.status = StatusCode::from_u16(status).expect("a status");
        if let Some(kind) = kind {
            base.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        is_bare_405(&base)
    };
    assert!(of(405, None));
    assert!(!of(405, Some("application/json")) && !of(404, None) && !of(500, None));
}
