//! The whole hub in process, and a browser that only keeps cookies.

use super::parties::{Library, REGISTRY, sp_metadata};
use crate::folder::Folder;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use readerpass::assemble::{Appearance, assemble};
use readerpass::config::Config;
use readerpass::installation::Installation;
use readerpass::outside::moment_now;
use std::collections::BTreeMap;
use std::error::Error;
use std::net::SocketAddr;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

pub(crate) const ORIGIN: &str = "https://hub.test";

/// Counts how often a service asked again at once.
const TURNS: &str = "__Host-rp_turns";

pub(crate) struct Hub {
    runtime: Runtime,
    router: Router,
    /// Holds its data; goes when the hub goes.
    _folder: Folder,
}

/// Whatever answers as the hub.
pub(crate) trait Asked {
    /// Sends one request and waits for the whole answer; a refusal is an error.
    fn ask(&self, request: Request<String>) -> Result<Answered, Box<dyn Error>>;
}

/// One answer: where it leads, and its body.
pub(crate) struct Answered {
    pub(crate) location: Option<String>,
    pub(crate) body: String,
    cookies: Vec<(String, String)>,
}

impl Hub {
    pub(crate) fn open(library: &Library) -> Result<Self, Box<dyn Error>> {
        let folder = Folder::new()?;
        folder.write("readerpass.toml", format!("public_url = \"{ORIGIN}\"\n"))?;
        for (name, text) in REGISTRY {
            folder.write(&format!("registry/{name}"), text)?;
        }
        folder.write("registry/members/acme-idp.xml", library.metadata())?;
        folder.write("registry/services/journals-sp.xml", sp_metadata(library))?;
        let config = folder.path().join("readerpass.toml");
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let router = runtime.block_on(async {
            let hub = Installation::open(Config::read(&config, std::iter::empty())?).await?;
            let now = moment_now().now;
            let bundle = metadata::Bundle::read(&folder.path().join("registry"), now)
                .map_err(|faults| format!("{faults:?}"))?;
            metadata::apply(&hub.durable, &hub.keys, &hub.http, bundle, now).await?;
            hub.registry.refresh().await?;
            Ok::<_, Box<dyn Error>>(assemble(&hub, Appearance::default())?)
        })?;
        Ok(Self { runtime, router, _folder: folder })
    }
}

impl Asked for Hub {
    fn ask(&self, request: Request<String>) -> Result<Answered, Box<dyn Error>> {
        let mut request = request.map(Body::from);
        let peer = SocketAddr::from(([203, 0, 113, 7], 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        let router = self.router.clone();
        // In a task, as a server runs it: on the hub's threads, none of it on this one.
        let answered = self.runtime.block_on(self.runtime.spawn(async move {
            let response = match router.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            let (parts, body) = response.into_parts();
            body.collect().await.map(|body| (parts, body.to_bytes()))
        }));
        let (parts, body) = answered??;
        Answered::of(parts.status, &parts.headers, body.to_vec())
    }
}

impl Answered {
    pub(crate) fn of(
        status: StatusCode,
        headers: &HeaderMap,
        body: Vec<u8>,
    ) -> Result<Self, Box<dyn Error>> {
        let cookies = headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok()?.split(';').next()?.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let location = headers.get(header::LOCATION).and_then(|l| l.to_str().ok());
        let body = String::from_utf8(body)?;
        if status.is_client_error() || status.is_server_error() {
            return Err(format!("{status}: {body}").into());
        }
        Ok(Self { location: location.map(str::to_owned), body, cookies })
    }
}

/// Cookies of one reader's browser.
#[derive(Clone, Default)]
pub(crate) struct Browser(BTreeMap<String, String>);

impl Browser {
    /// Opens an address of the hub; gives where it leads, or the page.
    pub(crate) fn get(
        &mut self,
        hub: &impl Asked,
        address: &str,
    ) -> Result<String, Box<dyn Error>> {
        let request = Request::get(address.strip_prefix(ORIGIN).unwrap_or(address));
        self.send(hub, request, String::new())
    }

    pub(crate) fn post(
        &mut self,
        hub: &impl Asked,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, Box<dyn Error>> {
        let form: Vec<_> =
            fields.iter().map(|(n, v)| format!("{n}={}", model::encode_component(v))).collect();
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(hub, request, form.join("&"))
    }

    fn send(
        &mut self,
        hub: &impl Asked,
        request: http::request::Builder,
        body: String,
    ) -> Result<String, Box<dyn Error>> {
        let mut request = request.header(header::HOST, "hub.test");
        if !self.0.is_empty() {
            let line: Vec<_> = self.0.iter().map(|(n, v)| format!("{n}={v}")).collect();
            request = request.header(header::COOKIE, line.join("; "));
        }
        let answered = hub.ask(request.body(body)?)?;
        for (name, value) in answered.cookies {
            // The hub stops a service that asks again at once, time after time: here it shall not.
            if value.is_empty() || name == TURNS {
                self.0.remove(&name);
            } else {
                self.0.insert(name, value);
            }
        }
        Ok(answered.location.unwrap_or(answered.body))
    }
}
