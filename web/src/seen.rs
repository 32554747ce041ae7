//! What a page needs to know of the request it answers.

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, Method, header};
use model::{LangTag, Params, encode_component};
use std::convert::Infallible;

/// Cookie that keeps the language chosen by the switch.
pub(crate) const LANG_COOKIE: &str = "__Host-rp_lang";

/// Pages of ours, and the parameters that they read: a link to them carries no others.
const OWN_PAGES: [&str; 9] = [
    "/",
    "/discover",
    "/login",
    "/logout",
    "/status",
    "/desk",
    "/desk/explain",
    "/admin",
    "/admin/explain",
];
const OWN_PARAMS: [&str; 10] =
    ["h", "q", "region", "central", "member", "tenant", "login", "service", "class", "standing"];
/// Longest address that the switch of language repeats; a request of a service may be as
/// long as sixteen kilobytes, and a page with that in its links several times longer.
const LONGEST_AGAIN: usize = 2 * 1024;

/// The request as the pages see it: how it came, and the languages it speaks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// GET or HEAD: the address may be opened again.
    pub(crate) is_get: bool,
    /// HEAD, for which axum runs the handlers of GET.
    pub(crate) is_head: bool,
    /// A browser's navigation says where it leads; a script says nothing.
    pub(crate) by_browser: bool,
    pub(crate) path: String,
    pub(crate) query: String,
    /// `?lang=`: the switch was pressed.
    pub(crate) asked: Option<LangTag>,
    kept: Option<LangTag>,
    accepted: Option<LangTag>,
}

impl Seen {
    /// Reads a request; what cannot be read counts as absent.
    pub(crate) fn of(parts: &Parts) -> Self {
        let query = parts.uri.query().unwrap_or_default().to_owned();
        Self {
            is_get: matches!(parts.method, Method::GET | Method::HEAD),
            is_head: parts.method == Method::HEAD,
            by_browser: parts.headers.contains_key("sec-fetch-dest"),
            path: parts.uri.path().to_owned(),
            asked: param(&query, "lang").as_deref().and_then(tag),
            kept: cookie(&parts.headers, LANG_COOKIE).and_then(tag),
            accepted: parts
                .headers
                .get(header::ACCEPT_LANGUAGE)
                .and_then(|v| v.to_str().ok())
                .and_then(accepted),
            query,
        }
    }

    /// One parameter of the query; `None` where absent, repeated or unreadable.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        param(&self.query, name)
    }

    /// The language of the page: the switch, its cookie, the login's `ui_locales`,
    /// the browser's own, Chinese.
    pub(crate) fn lang(&self, of_login: Option<LangTag>) -> LangTag {
        self.asked.or(self.kept).or(of_login).or(self.accepted).unwrap_or_default()
    }

    /// The address of this page in the other language. `safe` is where a page that
    /// answers a POST, or must not be asked for twice, is found again by GET.
    pub(crate) fn switch(&self, lang: LangTag, safe: Option<&str>) -> String {
        let other = match lang {
            LangTag::Zh => "en",
            LangTag::En => "zh",
        };
        let again = safe.map(ToOwned::to_owned).or_else(|| self.again());
        let again = again.filter(|a| a.len() <= LONGEST_AGAIN).unwrap_or_else(|| "/".to_owned());
        let joint = if again.contains('?') { '&' } else { '?' };
        format!("{again}{joint}lang={other}")
    }

    /// This address without its language; `None` where it may be asked for only once.
    fn again(&self) -> Option<String> {
        if !self.is_get || !is_repeatable(&self.path) {
            return None;
        }
        let is_own = OWN_PAGES.contains(&self.path.as_str());
        let kept: Vec<_> = self
            .query
            .split('&')
            .filter(|pair| {
                let name = pair.split_once('=').map_or(*pair, |(name, _)| name);
                !name.is_empty() && name != "lang" && (!is_own || OWN_PARAMS.contains(&name))
            })
            .collect();
        // A path that begins with `//` would lead to another host.
        let path = format!("/{}", self.path.trim_start_matches(['/', '\\']));
        Some(if kept.is_empty() { path } else { format!("{path}?{}", kept.join("&")) })
    }
}

impl<S: Sync> FromRequestParts<S> for Seen {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

/// Answers of a library's system come once; asking for them again would be refused.
fn is_repeatable(path: &str) -> bool {
    !path.starts_with("/in/") && !path.starts_with("/saml/sp/")
}

/// The path of a login in flight, for links: `/login?h=…`.
pub(crate) fn login_path(handle: &str) -> String {
    format!("/login?h={}", encode_component(handle))
}

fn param(query: &str, name: &str) -> Option<String> {
    Params::parse(query.as_bytes()).ok()?.one(name).ok()?.map(str::to_owned)
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(n, value)| (n == name).then_some(value))
}

/// `zh`, `zh-CN`, `en-GB`; anything else is not ours.
fn tag(text: &str) -> Option<LangTag> {
    let primary = text.trim().split(['-', '_']).next()?;
    match primary.to_ascii_lowercase().as_str() {
        "zh" => Some(LangTag::Zh),
        "en" => Some(LangTag::En),
        _ => None,
    }
}

/// The best of ours in an Accept-Language header (RFC 9110 section 12.5.4).
fn accepted(header: &str) -> Option<LangTag> {
    let mut best: Option<(u32, LangTag)> = None;
    for range in header.split(',').take(20) {
        let mut parts = range.split(';');
        let Some(lang) = parts.next().and_then(tag) else { continue };
        let weight = parts
            .find_map(|p| p.trim().strip_prefix("q="))
            .map_or(Some(1.0), |q| q.trim().parse::<f32>().ok())
            .unwrap_or(0.0);
        // Thousandths, so that weights compare exactly.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped before"
        )]
        let weight = (weight.clamp(0.0, 1.0) * 1000.0) as u32;
        if weight > 0 && best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn seen(method: &str, uri: &str, headers: &[(&str, &str)]) -> Seen {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Seen::of(&request.body(()).expect("a request").into_parts().0)
    }

    #[test]
    fn the_switch_wins_then_its_cookie_then_the_login_then_the_browser() {
        let all = [("cookie", "a=b; __Host-rp_lang=en"), ("accept-language", "zh-CN")];
        assert_eq!(seen("GET", "/?lang=zh", &all).lang(Some(LangTag::En)), LangTag::Zh);
        assert_eq!(seen("GET", "/", &all).lang(Some(LangTag::Zh)), LangTag::En);
        let browser = [("accept-language", "fr, en;q=0.8, zh;q=0.9")];
        assert_eq!(seen("GET", "/", &browser).lang(Some(LangTag::En)), LangTag::En);
        assert_eq!(seen("GET", "/", &browser).lang(None), LangTag::Zh);
        assert_eq!(
            seen("GET", "/", &[("accept-language", "en-GB,zh;q=0")]).lang(None),
            LangTag::En
        );
        assert_eq!(seen("GET", "/", &[("accept-language", "de;q=x")]).lang(None), LangTag::Zh);
        assert_eq!(seen("GET", "/?lang=xx", &[]).lang(None), LangTag::Zh);
    }

    #[test]
    fn the_switch_keeps_the_page_and_its_other_parameters() {
        let page = seen("GET", "/discover?h=H&lang=zh&q=%E5%8D%97", &[]);
        assert_eq!(page.switch(LangTag::Zh, None), "/discover?h=H&q=%E5%8D%97&lang=en");
        assert_eq!(seen("GET", "/", &[]).switch(LangTag::En, None), "/?lang=zh");
    }

    #[test]
    fn a_page_of_ours_keeps_its_own_parameters_and_a_services_request_its_all() {
        let own = seen("GET", "/login?h=H&x=1&member=nju&&lang&=y", &[]);
        assert_eq!(own.switch(LangTag::Zh, None), "/login?h=H&member=nju&lang=en");
        let asked = "/oauth2/authorize?client_id=ill&x=1";
        assert_eq!(seen("GET", asked, &[]).switch(LangTag::Zh, None), format!("{asked}&lang=en"));
    }

    #[test]
    fn a_long_address_is_not_repeated() {
        for long in ["/saml/idp/sso?SAMLRequest=", "/oauth2/authorize?a=", "/login?h=", "/x"] {
            let kept = format!("{long}{}", "A".repeat(LONGEST_AGAIN - long.len()));
            let page = seen("GET", &kept, &[]);
            assert!(page.switch(LangTag::Zh, None).starts_with(&kept), "{long}");
            let page = seen("GET", &format!("{kept}A"), &[]);
            assert_eq!(page.switch(LangTag::Zh, None), "/?lang=en", "{long}");
        }
        let safe = format!("/login?h={}", "A".repeat(LONGEST_AGAIN));
        assert_eq!(seen("POST", "/login", &[]).switch(LangTag::Zh, Some(&safe)), "/?lang=en");
        let many = seen("GET", &format!("/no-such-page?{}", "a&".repeat(8_000)), &[]);
        assert_eq!(many.switch(LangTag::Zh, None), "/?lang=en");
    }

    #[test]
    fn a_post_is_never_asked_for_again() {
        let page = seen("POST", "/login?x=1", &[]);
        assert_eq!(page.switch(LangTag::Zh, Some("/login?h=H")), "/login?h=H&lang=en");
        assert_eq!(page.switch(LangTag::Zh, None), "/?lang=en");
        assert_eq!(
            seen("GET", "/in/nju/campus?code=1", &[]).switch(LangTag::Zh, None),
            "/?lang=en"
        );
    }

    #[test]
    fn the_switch_never_leads_to_another_host() {
        let page = seen("GET", "//evil.example/x?a=1", &[]);
        let link = page.switch(LangTag::Zh, None);
        assert!(link.starts_with('/') && !link.starts_with("//"), "{link}");
    }

    #[test]
    fn a_repeated_or_broken_parameter_counts_as_absent() {
        assert_eq!(seen("GET", "/?q=1&q=2", &[]).param("q"), None);
        assert_eq!(seen("GET", "/?q=%FF", &[]).param("q"), None);
        assert_eq!(seen("GET", "/?q=a+b", &[]).param("q"), Some("a b".into()));
    }
}
