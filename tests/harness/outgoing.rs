//! A request on its way out of the browser, part by part, for who would meddle with it.

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Method, Request, header};
use std::net::SocketAddr;
use std::sync::Arc;
use url::Url;
use url::form_urlencoded::Serializer;

pub type Pairs = Vec<(String, String)>;

/// A request as it is about to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub method: Method,
    pub url: Url,
    pub query: Pairs,
    /// All but `Cookie`, in lower case.
    pub headers: Pairs,
    pub cookies: Pairs,
    /// The fields of a form that is posted.
    pub form: Option<Pairs>,
}

/// What becomes of a request after somebody looked at it, and perhaps changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    Goes,
    GoesTwice,
    /// It never leaves.
    IsHeld,
}

/// Sees every request of a browser before it leaves.
pub type Meddler = Arc<dyn Fn(&mut Outgoing) -> Passing + Send + Sync>;

impl Outgoing {
    pub fn new(method: &Method, url: &Url) -> Self {
        Self {
            method: method.clone(),
            url: url.clone(),
            query: pairs(url),
            headers: Vec::new(),
            cookies: Vec::new(),
            form: None,
        }
    }

    /// `POST hub.test/oauth2/token`
    pub fn label(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        format!("{} {host}{}", self.method, self.url.path())
    }

    pub fn header(&mut self, name: &str, value: impl Into<String>) {
        self.headers.push((name.to_owned(), value.into()));
    }

    /// The query stays as it was sent where nobody changed it: a signature may cover it.
    pub fn into_request(self, from: SocketAddr) -> Request<Body> {
        let query = if self.query == pairs(&self.url) {
            self.url.query().map(str::to_owned)
        } else {
            Some(Serializer::new(String::new()).extend_pairs(&self.query).finish())
        };
        let path = self.url.path();
        let path = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        let mut request =
            Request::builder().method(self.method).uri(path).extension(ConnectInfo(from));
        if !self.cookies.is_empty() {
            let line: Vec<_> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            request = request.header(header::COOKIE, line.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let body = self.form.map_or_else(Body::empty, |form| {
            Body::from(Serializer::new(String::new()).extend_pairs(form).finish())
        });
        request.body(body).expect("a request")
    }
}

fn pairs(url: &Url) -> Pairs {
    url.query_pairs().map(|(n, v)| (n.into_owned(), v.into_owned())).collect()
}
