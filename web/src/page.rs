//! One finished page, and the headers that every page carries.

use crate::seen::{LANG_COOKIE, Seen};
use askama::Template;
use axum::body::Body;
use axum::response::Response;
use http::response::Parts;
use http::{HeaderName, HeaderValue, StatusCode, header};
use model::{Cookie, LangTag, SameSite};

/// A year: the language that a reader chose.
const LANG_COOKIE_S: u32 = 365 * 86_400;

/// What a page does beyond being read; its Content-Security-Policy allows that and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Does {
    /// Nothing: links only.
    Nothing,
    /// Holds a form of ours.
    Asks,
    /// Holds the search, which asks `/discover/search` as the reader types.
    Searches,
    /// Posts to a service or a library. Chromium holds every redirect after a form to
    /// `form-action`, and where those lead cannot be known, so the page has none.
    PostsOut,
}

impl Does {
    /// No inline script or style, nothing from elsewhere, no frame around us, no base.
    /// Trusted types are none: a script of ours that would write markup stops.
    pub(crate) fn policy(self) -> &'static str {
        macro_rules! policy {
            ($more:literal) => {
                concat!(
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; ",
                    "frame-ancestors 'none'; base-uri 'none'; ",
                    "require-trusted-types-for 'script'; trusted-types 'none'",
                    $more
                )
            };
        }
        match self {
            Self::Nothing => policy!("; form-action 'none'"),
            Self::Asks => policy!("; form-action 'self'"),
            Self::Searches => policy!("; form-action 'self'; connect-src 'self'"),
            Self::PostsOut => policy!(""),
        }
    }

    /// Our own forms need `Origin` for the same-site check, which `no-referrer` would
    /// make `null`; to others no path of ours is ever told.
    fn referrer(self) -> &'static str {
        match self {
            // Services that look at `Origin` of the answer posted to them find us there.
            Self::PostsOut => "strict-origin",
            _ => "same-origin",
        }
    }
}

/// A page ready to be sent.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) html: String,
    pub(crate) does: Does,
    pub(crate) lang: LangTag,
}

impl Page {
    /// Fills a template.
    pub(crate) fn of(template: &impl Template, does: Does, lang: LangTag) -> Self {
        match template.render() {
            Ok(html) => Self { status: StatusCode::OK, html, does, lang },
            Err(fault) => {
                tracing::error!(%fault, "a page could not be written");
                let html = "<!doctype html><title>500</title><p>500</p>".to_owned();
                Self { status: StatusCode::INTERNAL_SERVER_ERROR, html, does, lang }
            }
        }
    }

    /// The same page with another status; one that is no status becomes 500.
    pub(crate) fn with_status(self, status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, ..self }
    }

    /// The response, on top of what lies in `base`: headers already set stay.
    pub(crate) fn onto(self, mut base: Parts, seen: &Seen, cookies: &[Cookie]) -> Response {
        base.status = self.status;
        base.headers.remove(header::CONTENT_LENGTH);
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        base.headers.insert(header::CONTENT_TYPE, kind);
        let headers: [(HeaderName, &'static str); 9] = [
            (header::CACHE_CONTROL, "no-store"),
            (header::CONTENT_SECURITY_POLICY, self.does.policy()),
            (header::REFERRER_POLICY, self.does.referrer()),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
            (HeaderName::from_static("permissions-policy"), PERMISSIONS),
            (header::CONTENT_LANGUAGE, lang_tag(self.lang)),
        ];
        for (name, value) in headers {
            base.headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        set_cookies(&mut base, seen, cookies);
        Response::from_parts(base, Body::from(self.html))
    }
}

/// What no page of ours ever needs.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), \
     gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/// The `lang` of a page.
pub(crate) const fn lang_tag(lang: LangTag) -> &'static str {
    match lang {
        LangTag::Zh => "zh-CN",
        LangTag::En => "en",
    }
}

/// Adds the cookies of a reply, and the language where the switch was pressed.
pub(crate) fn set_cookies(base: &mut Parts, seen: &Seen, cookies: &[Cookie]) {
    let chosen = seen.asked.map(|lang| Cookie {
        name: LANG_COOKIE.to_owned(),
        value: match lang {
            LangTag::Zh => "zh".to_owned(),
            LangTag::En => "en".to_owned(),
        },
        max_age_s: Some(LANG_COOKIE_S),
        same_site: SameSite::Lax,
    });
    for cookie in cookies.iter().chain(&chosen) {
        if let Ok(value) = HeaderValue::try_from(cookie.to_header()) {
            base.headers.append(header::SET_COOKIE, value);
        } else {
            tracing::error!(name = cookie.name, "a cookie is not header-safe");
        }
    }
}
