//! One plain page for all five, marked as a demo.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

const STYLE: &str = "\
:root{color-scheme:light dark;--paper:#fbfaf6;--ink:#1c1f1e;--soft:#5b625f;--line:#dcdad0;--press:#0d5c56}\
@media(prefers-color-scheme:dark){:root{--paper:#161917;--ink:#eceae3;--soft:#a7ada9;--line:#343a37;--press:#6fc0b4}}\
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,sans-serif}\
.demo{background:#8a1f14;color:#fff;text-align:center;padding:.3rem;font-size:14px}\
main{max-width:44rem;margin:0 auto;padding:1.5rem}h1{font-family:serif;line-height:1.3}\
label{display:block;margin:.9rem 0 .2rem;color:var(--soft)}input,textarea{width:100%;min-height:44px;padding:.5rem .7rem;\
font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:8px}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\
a{color:var(--press)}.go{display:inline-block;min-height:44px;padding:.6rem 1.2rem;border-radius:8px;background:var(--press);\
color:var(--paper);text-decoration:none;border:0;font:inherit}nav{display:flex;flex-wrap:wrap;gap:0 1.5rem;margin-top:2rem}\
nav a{display:inline-block;padding:.6rem 0}";

/// Escapes a text for HTML, in content and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A page; `title` is text, `body` is HTML made with [`escape`].
pub(crate) fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let title = escape(title);
    let html = format!(
        "<!doctype html><html lang=\"zh\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style>\
         <header class=\"demo\">示例 · demo</header><main><h1>{title}</h1>{body}</main></html>"
    );
    (
        status,
        [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
        ],
        html,
    )
        .into_response()
}

/// Sends the browser on with a GET.
pub(crate) fn go(address: &str, cookies: &[String]) -> Response {
    let mut headers = HeaderMap::new();
    if let Ok(location) = address.parse() {
        headers.insert(header::LOCATION, location);
    }
    for cookie in cookies {
        if let Ok(value) = cookie.parse() {
            headers.append(header::SET_COOKIE, value);
        }
    }
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// What the hub said no to, or could not be checked.
pub(crate) fn refused(name: &str, what: &str, detail: &str) -> Response {
    let body = format!(
        "<p>{}</p><p><small>{}</small></p><p><a class=\"go\" href=\"/login\">再试一次 · Try again</a></p>",
        escape(what),
        escape(detail)
    );
    page(StatusCode::FORBIDDEN, name, &body)
}
