//! A browser that keeps cookies and follows nothing by itself.

use super::{HUB, Hub, PASSWORD};
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use login::{Refused, Reply};
use model::{Next, PageModel, encode_component};
use serde_json::Value;
use std::collections::BTreeMap;
use tower::ServiceExt as _;

/// What came back, before any page is made of it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) reply: Option<Reply>,
    pub(crate) refused: Option<Refused>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    pub(crate) fn next(&self) -> &Next {
        match &self.reply {
            Some(reply) => &reply.next,
            None => panic!("no reply but {:?} {:?}", self.status, self.refused),
        }
    }

    /// The address that the browser is sent to.
    pub(crate) fn redirect(&self) -> &str {
        match self.next() {
            Next::Redirect(url) => url,
            other => panic!("no redirect but {other:?}"),
        }
    }

    /// The action and the fields of a form that posts itself.
    pub(crate) fn posted(&self) -> (&str, BTreeMap<String, String>) {
        match self.next() {
            Next::AutoPost { action, fields } => (action, fields.iter().cloned().collect()),
            other => panic!("no form but {other:?}"),
        }
    }

    /// The code of the refusal that our page shows.
    pub(crate) fn page_code(&self) -> &'static str {
        match &self.refused {
            Some(refused) => refused.refusal.code().as_str(),
            None => panic!("not refused: {:?}", self.reply),
        }
    }

    /// A parameter of the address that the browser is sent to.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(self.redirect()).expect("an address");
        url.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
    }
}

/// One browser, or a machine where it has no cookies.
#[derive(Default)]
pub(crate) struct Browser {
    jar: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) async fn get(&mut self, hub: &Hub, target: &str) -> Answer {
        let target = target.strip_prefix(HUB).unwrap_or(target);
        self.send(hub, Request::get(target), String::new()).await
    }

    pub(crate) async fn post(
        &mut self,
        hub: &Hub,
        target: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let body: Vec<String> = fields
            .iter()
            .map(|(n, v)| format!("{}={}", encode_component(n), encode_component(v)))
            .collect();
        let mut request =
            Request::post(target).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(hub, request, body.join("&")).await
    }

    /// The question that a browser asks before it sends a request across origins.
    pub(crate) async fn options(
        &mut self,
        hub: &Hub,
        target: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let request = headers
            .iter()
            .fold(Request::options(target), |request, (name, value)| request.header(*name, *value));
        self.send(hub, request, String::new()).await
    }

    /// Whether any cookie holds that text.
    pub(crate) fn holds(&self, text: &str) -> bool {
        self.jar.values().any(|value| value.contains(text))
    }

    /// Presses the button of the logout page.
    pub(crate) async fn end_session(&mut self, hub: &Hub) {
        let fields = [("confirm", "yes")];
        let answer = self.post(hub, "/oauth2/end_session", &fields, &[("origin", HUB)]).await;
        assert!(matches!(answer.next(), Next::Page(PageModel::SignedOut { .. })));
    }

    /// As `log_in`, where the answer is refused.
    pub(crate) async fn log_in_refused(&mut self, hub: &Hub, asked: &Answer) -> Answer {
        let answer = self.type_password(hub, asked).await;
        let Some(url) = answer.reply.as_ref().map(|_| answer.redirect().to_owned()) else {
            return answer;
        };
        self.get(hub, &url).await
    }

    /// Types the reader's password into the form that `asked` shows, and goes on
    /// until the service is answered.
    pub(crate) async fn log_in(&mut self, hub: &Hub, asked: &Answer) -> Answer {
        let mut answer = self.type_password(hub, asked).await;
        for _ in 0..3 {
            match answer.next() {
                Next::Redirect(url) if url.starts_with(HUB) => {
                    let url = url.clone();
                    answer = self.get(hub, &url).await;
                }
                _ => break,
            }
        }
        answer
    }

    async fn type_password(&mut self, hub: &Hub, asked: &Answer) -> Answer {
        let Next::Ask(form) = asked.next() else { panic!("no form but {:?}", asked.next()) };
        let hidden = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str()));
        let typed = [("username", "reader-a"), ("password", PASSWORD)];
        let fields: Vec<_> = hidden.chain(typed).collect();
        self.post(hub, form.action, &fields, &[("origin", HUB)]).await
    }

    async fn send(
        &mut self,
        hub: &Hub,
        request: axum::http::request::Builder,
        body: String,
    ) -> Answer {
        let cookies: Vec<String> = self.jar.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let request = request
            .header(header::COOKIE, cookies.join("; "))
            .body(Body::from(body))
            .expect("a request");
        let response = hub.router.clone().oneshot(request).await.expect("answered");
        let (parts, body) = response.into_parts();
        let answer = Answer {
            status: parts.status,
            reply: parts.extensions.get::<Reply>().cloned(),
            refused: parts.extensions.get::<Refused>().cloned(),
            headers: parts.headers,
            body: body.collect().await.expect("a body").to_bytes().to_vec(),
        };
        let of_reply = answer.reply.iter().flat_map(|reply| &reply.cookies);
        for cookie in of_reply.chain(answer.refused.iter().flat_map(|refused| &refused.cookies)) {
            match cookie.max_age_s {
                Some(0) => self.jar.remove(&cookie.name),
                _ => self.jar.insert(cookie.name.clone(), cookie.value.clone()),
            };
        }
        answer
    }
}
