//! A browser in process: cookies with their SameSite rules, redirects,
//! auto-posted forms, and no network.

use super::html::{self, PageForm};
use super::outgoing::{Meddler, Outgoing, Passing};
use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use std::collections::HashMap;
use std::net::SocketAddr;
use tower::ServiceExt as _;
use url::Url;

/// What stands at the addresses: one router a host. A host not named is a
/// service of the outside world: the browser stops there.
#[derive(Clone, Default)]
pub struct Net(pub HashMap<String, Vec<Router>>);

impl Net {
    pub fn at(&mut self, origin: &str, router: Router) {
        let host = Url::parse(origin).expect("an origin").host_str().expect("a host").to_owned();
        self.0.entry(host).or_default().push(router);
    }
}

#[derive(Debug, Clone)]
struct Kept {
    host: String,
    name: String,
    value: String,
    lax: bool,
}

/// A page as the reader sees it, after all redirects.
#[derive(Debug, Clone)]
pub struct Seen {
    pub url: Url,
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub body: String,
    /// Fields that were posted to an outside service.
    pub posted: Vec<(String, String)>,
    /// The address lies outside: nothing of ours answered.
    pub outside: bool,
}

impl Seen {
    pub fn form(&self, holding: &str) -> PageForm {
        html::forms(&self.body)
            .into_iter()
            .find(|f| f.field(holding).is_some())
            .unwrap_or_else(|| panic!("no form with `{holding}` at {}:\n{}", self.url, self.body))
    }

    pub fn link(&self, part: &str) -> String {
        html::links(&self.body)
            .into_iter()
            .find(|l| l.contains(part))
            .unwrap_or_else(|| panic!("no link with `{part}` at {}:\n{}", self.url, self.body))
    }

    pub fn query(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
    }

    pub fn posted(&self, name: &str) -> Option<&str> {
        self.posted.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The login code that the page quotes.
    pub fn login_code(&self) -> Option<String> {
        self.body
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .find(|w| w.len() == 9 && model::LoginCode::parse(w).is_ok())
            .map(str::to_owned)
    }
}

#[derive(Clone)]
pub struct Browser {
    pub net: Net,
    jar: Vec<Kept>,
    pub address: SocketAddr,
    pub language: &'static str,
    /// Draws which of several nodes at one host gets the next request.
    pub seed: u32,
    sent: u32,
    /// Cookies refused altogether.
    pub refuses_cookies: bool,
    /// A program without Sec-Fetch headers.
    pub plain: bool,
    /// What it claims in X-Forwarded-For and Forwarded.
    pub forwarded_for: Option<&'static str>,
    /// Sees, holds or changes every request before it leaves.
    pub meddler: Option<Meddler>,
}

impl Browser {
    pub fn new(net: Net) -> Self {
        Self {
            net,
            jar: Vec::new(),
            address: SocketAddr::from(([203, 0, 113, 7], 40_000)),
            language: "zh-CN,zh;q=0.9",
            seed: 0,
            sent: 0,
            refuses_cookies: false,
            plain: false,
            forwarded_for: None,
            meddler: None,
        }
    }

    pub fn cookie(&self, host: &str, name: &str) -> Option<&str> {
        self.jar.iter().find(|k| k.host == host && k.name == name).map(|k| k.value.as_str())
    }

    pub fn cookie_names(&self, host: &str) -> Vec<&str> {
        self.jar.iter().filter(|k| k.host == host).map(|k| k.name.as_str()).collect()
    }

    pub fn set_cookie(&mut self, host: &str, name: &str, value: &str) {
        self.jar.retain(|k| !(k.host == host && k.name == name));
        self.jar.push(Kept {
            host: host.to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
            lax: false,
        });
    }

    /// Opens an address as typed into the bar.
    pub async fn get(&mut self, address: &str) -> Seen {
        let url = Url::parse(address).expect("an address");
        self.follow(Method::GET, url, Vec::new(), None).await
    }

    /// Follows a link of a page.
    pub async fn click(&mut self, page: &Seen, link: &str) -> Seen {
        let url = page.url.join(link).expect("a link");
        self.follow(Method::GET, url, Vec::new(), Some(page.url.clone())).await
    }

    /// Submits a form of a page.
    pub async fn submit(&mut self, page: &Seen, form: &PageForm) -> Seen {
        let mut url = page.url.join(&form.action).expect("an action");
        if form.method.eq_ignore_ascii_case("post") {
            self.follow(Method::POST, url, form.fields.clone(), Some(page.url.clone())).await
        } else {
            url.query_pairs_mut().clear().extend_pairs(&form.fields);
            self.follow(Method::GET, url, Vec::new(), Some(page.url.clone())).await
        }
    }

    /// Posts fields as a page at `from` would.
    pub async fn post(&mut self, address: &str, fields: &[(&str, &str)], from: &str) -> Seen {
        let url = Url::parse(address).expect("an address");
        let fields = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        self.follow(Method::POST, url, fields, Some(Url::parse(from).expect("an origin"))).await
    }

    async fn follow(
        &mut self,
        mut method: Method,
        mut url: Url,
        mut fields: Vec<(String, String)>,
        mut from: Option<Url>,
    ) -> Seen {
        for _ in 0..20 {
            let seen = self.once(&method, &url, &fields, from.as_ref()).await;
            if seen.outside {
                return seen;
            }
            if let Some(location) = seen.headers.get(header::LOCATION) {
                assert!(seen.status.is_redirection(), "Location with {}", seen.status);
                let next = url.join(location.to_str().expect("ASCII")).expect("a location");
                (method, url, fields) = (Method::GET, next, Vec::new());
                continue;
            }
            if let Some(next) = html::refresh(&seen.body) {
                let next = url.join(&next).expect("a refresh");
                (method, from, url, fields) = (Method::GET, Some(url), next, Vec::new());
                continue;
            }
            match auto_post(&seen) {
                Some(form) => {
                    let next = url.join(&form.action).expect("an action");
                    (method, from, url, fields) = (Method::POST, Some(url), next, form.fields);
                }
                None => return seen,
            }
        }
        panic!("more than 20 steps, last at {url}");
    }

    async fn once(
        &mut self,
        method: &Method,
        url: &Url,
        fields: &[(String, String)],
        from: Option<&Url>,
    ) -> Seen {
        let host = url.host_str().expect("a host").to_owned();
        let Some(nodes) = self.net.0.get(&host).cloned() else {
            return unanswered(url, fields);
        };
        let mut outgoing = self.outgoing(method, url, fields, from);
        let passing = self.meddler.as_ref().map_or(Passing::Goes, |meddle| meddle(&mut outgoing));
        let times = match passing {
            Passing::IsHeld => 0,
            Passing::Goes => 1,
            Passing::GoesTwice => 2,
        };
        let mut last = unanswered(url, fields);
        for _ in 0..times {
            let request = outgoing.clone().into_request(self.address);
            last = self.sent(&nodes, url, request).await;
        }
        last
    }

    async fn sent(&mut self, nodes: &[Router], url: &Url, request: Request<Body>) -> Seen {
        let host = url.host_str().expect("a host").to_owned();
        self.sent += 1;
        let drawn = digest(&SHA256, format!("{}:{}", self.seed, self.sent).as_bytes());
        let router = nodes[usize::from(drawn.as_ref()[0]) % nodes.len()].clone();
        let response = router.oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(&host, cookie.to_str().expect("ASCII"));
        }
        let bytes = body.collect().await.expect("a body").to_bytes();
        Seen {
            url: url.clone(),
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            posted: Vec::new(),
            outside: false,
        }
    }

    fn outgoing(
        &self,
        method: &Method,
        url: &Url,
        fields: &[(String, String)],
        from: Option<&Url>,
    ) -> Outgoing {
        let host = url.host_str().expect("a host");
        let cross = from.is_some_and(|f| f.host_str() != Some(host));
        let mut request = Outgoing::new(method, url);
        request.header("host", host);
        request.header("accept-language", self.language);
        request.cookies = self
            .jar
            .iter()
            .filter(|k| k.host == host && !(k.lax && cross && method == Method::POST))
            .map(|k| (k.name.clone(), k.value.clone()))
            .collect();
        if let Some(address) = self.forwarded_for {
            request.header("x-forwarded-for", address);
            request.header("x-real-ip", address);
            request.header("forwarded", format!("for={address}"));
        }
        if !self.plain {
            let site = match from {
                None => "none",
                Some(_) if cross => "cross-site",
                Some(_) => "same-origin",
            };
            request.header("sec-fetch-site", site);
            request.header("sec-fetch-mode", "navigate");
            request.header("sec-fetch-dest", "document");
        }
        if method == Method::POST {
            if let Some(from) = from {
                request.header("origin", from.origin().ascii_serialization());
            }
            request.header("content-type", "application/x-www-form-urlencoded");
            request.form = Some(fields.to_vec());
        }
        request
    }

    fn keep(&mut self, host: &str, line: &str) {
        if self.refuses_cookies {
            return;
        }
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = parts.next().expect("a pair").split_once('=').expect("a pair");
        let rules: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
        if name.starts_with("__Host-") {
            assert!(rules.contains(&"secure".to_owned()), "{line}");
            assert!(rules.contains(&"path=/".to_owned()), "{line}");
            assert!(!rules.iter().any(|r| r.starts_with("domain")), "{line}");
        }
        assert!(rules.contains(&"httponly".to_owned()), "{line}");
        self.jar.retain(|k| !(k.host == host && k.name == name));
        if rules.contains(&"max-age=0".to_owned()) || value.is_empty() {
            return;
        }
        let lax = !rules.contains(&"samesite=none".to_owned());
        self.jar.push(Kept {
            host: host.to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
            lax,
        });
    }
}

/// What lies outside, or was held: nothing of ours answered.
fn unanswered(url: &Url, fields: &[(String, String)]) -> Seen {
    Seen {
        url: url.clone(),
        status: StatusCode::OK,
        headers: http::HeaderMap::new(),
        body: String::new(),
        posted: fields.to_vec(),
        outside: true,
    }
}

/// A page whose one form posts hidden fields to another origin by script.
pub fn auto_post(seen: &Seen) -> Option<PageForm> {
    let mut forms = html::forms(&seen.body);
    let form = forms.pop().filter(|_| forms.is_empty())?;
    let target = seen.url.join(&form.action).ok()?;
    let hidden_only = !seen.body.contains("type=\"password\"");
    let elsewhere = target.origin() != seen.url.origin();
    (form.method.eq_ignore_ascii_case("post") && elsewhere && hidden_only && seen.status == 200)
        .then_some(form)
}

/// Whether a link, a form or a refresh of the page goes to a host of that name.
pub fn leads_to(seen: &Seen, host: &str) -> bool {
    let forms = html::forms(&seen.body).into_iter().map(|f| f.action);
    html::links(&seen.body)
        .into_iter()
        .chain(forms)
        .chain(html::refresh(&seen.body))
        .filter_map(|address| seen.url.join(&address).ok())
        .any(|url| url.host_str().is_some_and(|h| h.ends_with(host)))
}
