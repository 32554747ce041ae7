//! The one way out: every request that the hub makes to another system.

mod guard;
mod tls;

#[cfg(test)]
mod tests;

use guard::{Guard, Guarded};
pub(crate) use guard::{is_public, not_public};
use ipnet::IpNet;
use reqwest::header::CONTENT_TYPE;
use std::sync::Arc;
use std::time::Duration;
pub(crate) use tls::config as system_tls;
use url::Url;

/// A whole exchange, from the name look-up to the last byte of the body.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How the outbound client is set up.
#[derive(Debug, Clone, Default)]
pub struct HttpSettings {
    /// The hub lives on a loopback name: plain http to loopback names and
    /// private addresses are then allowed.
    pub hub_on_loopback: bool,
    /// Private networks that may be reached all the same, e.g. a campus network.
    pub private_networks: Vec<IpNet>,
    /// Certificates of further authorities, PEM; those of the system always count.
    pub extra_ca_pem: Option<Vec<u8>>,
}

/// A client that reaches what it is meant to reach and nothing else.
///
/// https only (plain http to loopback names where the hub lives there), no
/// address of a private network unless allowed, no redirects, a cap on every
/// body, 10 seconds. An address in somebody's metadata can therefore not make
/// the hub ask its own neighbours (server-side request forgery).
#[derive(Debug, Clone)]
pub struct HttpClient {
    inner: reqwest::Client,
    guard: Arc<Guard>,
}

/// A complete answer of another system.
#[derive(Debug, Clone)]
pub struct HttpAnswer {
    /// Status code; an answer that is no success is an answer all the same.
    pub status: u16,
    /// `Content-Type`, as sent.
    pub content_type: Option<String>,
    /// The body, within the cap.
    pub body: Vec<u8>,
}

impl HttpAnswer {
    /// The body of a 200; anything else is a fault that names the status.
    pub fn ok(self) -> Result<Vec<u8>, HttpError> {
        if self.status == 200 { Ok(self.body) } else { Err(HttpError::Status(self.status)) }
    }
}

/// Why a request was not made, or got no usable answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The address may not be asked.
    #[error("`{url}` is not asked: {why}")]
    Refused {
        /// The address.
        url: String,
        /// Which rule it breaks.
        why: String,
    },
    /// No answer, or not in time.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// The answer is larger than what was allowed for.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// Another status than the one needed.
    #[error("status {0}")]
    Status(u16),
    /// The client cannot be set up.
    #[error("{0}")]
    Setup(String),
}

impl HttpClient {
    /// Sets the client up; an unreadable certificate of an authority is an error.
    pub fn new(settings: &HttpSettings) -> Result<Self, HttpError> {
        let guard = Arc::new(Guard::new(settings));
        let tls = tls::config(settings.extra_ca_pem.as_deref())?;
        #[expect(clippy::disallowed_methods, reason = "this is the one guarded client")]
        let inner = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(Guarded(Arc::clone(&guard))))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent("readerpass")
            .build()
            .map_err(|e| HttpError::Setup(described(&e)))?;
        Ok(Self { inner, guard })
    }

    /// Fetches `url`; a body above `cap` bytes is an error.
    pub async fn get(&self, url: &str, cap: usize) -> Result<HttpAnswer, HttpError> {
        let url = self.allowed(url)?;
        self.send(self.inner.get(url), cap).await
    }

    /// Posts a form to `url`; a body above `cap` bytes is an error.
    pub async fn post_form(
        &self,
        url: &str,
        fields: &[(String, String)],
        cap: usize,
    ) -> Result<HttpAnswer, HttpError> {
        let url = self.allowed(url)?;
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request =
            self.inner.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(body), cap).await
    }

    fn allowed(&self, url: &str) -> Result<Url, HttpError> {
        self.guard.allow(url).map_err(|why| HttpError::Refused { url: url.to_owned(), why })
    }

    async fn send(
        &self,
        request: reqwest::RequestBuilder,
        cap: usize,
    ) -> Result<HttpAnswer, HttpError> {
        let unreachable = |e: reqwest::Error| HttpError::Unreachable(described(&e));
        let mut response = request.send().await.map_err(unreachable)?;
        let announced = response.content_length().unwrap_or(0);
        if usize::try_from(announced).map_or(true, |length| length > cap) {
            return Err(HttpError::TooLarge(cap));
        }
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type = content_type.and_then(|v| v.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len().saturating_add(chunk.len()) > cap {
                return Err(HttpError::TooLarge(cap));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpAnswer { status: response.status().as_u16(), content_type, body })
    }
}

/// An error with its causes, which reqwest keeps to itself.
fn described(error: &reqwest::Error) -> String {
    let mut text = if error.is_timeout() { "timed out".to_owned() } else { String::new() };
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = if text.is_empty() { error.to_string() } else { format!("{text}: {error}") };
        cause = error.source();
    }
    if text.is_empty() { "the request failed".to_owned() } else { text }
}
