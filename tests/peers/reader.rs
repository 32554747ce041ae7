//! A reader's browser on the network: cookies with their SameSite rules,
//! redirects, meta refresh, auto-posted forms.

use crate::harness::Seen;
use crate::harness::browser::auto_post;
use crate::harness::html::{self, PageForm};
use http::{HeaderMap, Method, header};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// The slowest answer that is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// More steps than any login has.
const STEPS: usize = 20;

struct Kept {
    host: String,
    name: String,
    value: String,
    is_for_posts_of_others: bool,
}

pub struct Reader {
    client: reqwest::Client,
    jar: Vec<Kept>,
    /// An auto-posted form to an address that begins so is kept back, and shown as `posted`.
    pub stops_before: Option<String>,
    /// A redirect to this host is shown and not followed.
    pub stops_at_host: Option<&'static str>,
}

struct Step {
    method: Method,
    url: Url,
    fields: Vec<(String, String)>,
    from: Option<Url>,
}

impl Reader {
    /// Believes the authority and no other.
    pub fn new(authority: &str) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        let root = CertificateDer::from_pem_slice(authority.as_bytes()).expect("a certificate");
        roots.add(root).expect("an authority");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        #[expect(clippy::disallowed_methods, reason = "the browser is not the hub's client")]
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .expect("a client");
        Self { client, jar: Vec::new(), stops_before: None, stops_at_host: None }
    }

    /// Opens an address as typed into the bar.
    pub async fn get(&mut self, address: &str) -> Seen {
        let url = Url::parse(address).expect("an address");
        self.follow(Step { method: Method::GET, url, fields: Vec::new(), from: None }).await
    }

    /// Follows a link of a page.
    pub async fn click(&mut self, page: &Seen, link: &str) -> Seen {
        let url = page.url.join(link).expect("a link");
        let from = Some(page.url.clone());
        self.follow(Step { method: Method::GET, url, fields: Vec::new(), from }).await
    }

    /// Submits a form of a page.
    pub async fn submit(&mut self, page: &Seen, form: &PageForm) -> Seen {
        let url = page.url.join(&form.action).expect("an action");
        let from = Some(page.url.clone());
        assert!(form.method.eq_ignore_ascii_case("post"), "no such form is met");
        self.follow(Step { method: Method::POST, url, fields: form.fields.clone(), from }).await
    }

    /// Posts fields as a page at `from` would.
    pub async fn post(&mut self, to: &Url, fields: Vec<(String, String)>, from: &str) -> Seen {
        let from = Some(Url::parse(from).expect("an address"));
        self.follow(Step { method: Method::POST, url: to.clone(), fields, from }).await
    }

    async fn follow(&mut self, mut step: Step) -> Seen {
        for _ in 0..STEPS {
            let seen = self.once(&step).await;
            let url = seen.url.clone();
            if let Some(location) = seen.headers.get(header::LOCATION) {
                let to = url.join(location.to_str().expect("ASCII")).expect("a location");
                if self.stops_at_host.is_some_and(|stop| to.host_str() == Some(stop)) {
                    return Seen { url: to, outside: true, ..seen };
                }
                step = Step { method: Method::GET, url: to, fields: Vec::new(), from: step.from };
            } else if let Some(to) = html::refresh(&seen.body) {
                let to = url.join(&to).expect("a refresh");
                step = Step { method: Method::GET, url: to, fields: Vec::new(), from: Some(url) };
            } else if let Some(form) = auto_post(&seen) {
                let to = url.join(&form.action).expect("an action");
                if self.stops_before.as_ref().is_some_and(|stop| to.as_str().starts_with(stop)) {
                    return Seen { url: to, posted: form.fields, outside: true, ..seen };
                }
                step = Step { method: Method::POST, url: to, fields: form.fields, from: Some(url) };
            } else {
                return seen;
            }
        }
        panic!("more than {STEPS} steps, last at {}", step.url);
    }

    async fn once(&mut self, step: &Step) -> Seen {
        let mut request = self.client.request(step.method.clone(), step.url.clone());
        request = request.headers(self.headers(step));
        if step.method == Method::POST {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            request = request.body(form.extend_pairs(&step.fields).finish());
        }
        let response = request.send().await.unwrap_or_else(|e| panic!("{}: {e:?}", step.url));
        let (status, headers) = (response.status(), response.headers().clone());
        for line in headers.get_all(header::SET_COOKIE) {
            self.keep(host(&step.url), line.to_str().expect("ASCII"));
        }
        let bytes = response.bytes().await.expect("a body");
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Seen { url: step.url.clone(), status, headers, body, posted: Vec::new(), outside: false }
    }

    fn headers(&self, step: &Step) -> HeaderMap {
        let is_cross = step.from.as_ref().is_some_and(|from| host(from) != host(&step.url));
        let site = match &step.from {
            None => "none",
            Some(_) if is_cross => "cross-site",
            Some(_) => "same-origin",
        };
        let mut all = vec![
            (header::ACCEPT_LANGUAGE, "zh-CN,zh;q=0.9".to_owned()),
            (header::HeaderName::from_static("sec-fetch-site"), site.to_owned()),
            (header::HeaderName::from_static("sec-fetch-mode"), "navigate".to_owned()),
            (header::HeaderName::from_static("sec-fetch-dest"), "document".to_owned()),
        ];
        if step.method == Method::POST {
            all.push((header::CONTENT_TYPE, "application/x-www-form-urlencoded".to_owned()));
            let origin = step.from.as_ref().map(|from| from.origin().ascii_serialization());
            all.extend(origin.map(|origin| (header::ORIGIN, origin)));
            // Django asks for it on a post to itself.
            let page = step.from.as_ref().filter(|_| !is_cross).map(ToString::to_string);
            all.extend(page.map(|page| (header::REFERER, page)));
        }
        let is_post_of_other = is_cross && step.method == Method::POST;
        let cookies: Vec<String> = self
            .jar
            .iter()
            .filter(|kept| kept.host == host(&step.url))
            .filter(|kept| kept.is_for_posts_of_others || !is_post_of_other)
            .map(|kept| format!("{}={}", kept.name, kept.value))
            .collect();
        if !cookies.is_empty() {
            all.push((header::COOKIE, cookies.join("; ")));
        }
        all.into_iter().map(|(name, value)| (name, value.parse().expect("a header"))).collect()
    }

    fn keep(&mut self, host: &str, line: &str) {
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = parts.next().and_then(|p| p.split_once('=')).expect("a cookie");
        let rules: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
        self.jar.retain(|kept| !(kept.host == host && kept.name == name));
        let is_gone = |rule: &String| rule == "max-age=0" || rule.contains("1970");
        if rules.iter().any(is_gone) {
            return;
        }
        self.jar.push(Kept {
            host: host.to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
            is_for_posts_of_others: rules.iter().any(|rule| rule == "samesite=none"),
        });
    }
}

fn host(url: &Url) -> &str {
    url.host_str().expect("a host")
}
