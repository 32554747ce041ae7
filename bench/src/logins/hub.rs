//! The whole hub in process, and a browser that only keeps cookies.

use super::parties::{Library, REGISTRY, sp_metadata};
use crate::measure::Meter;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, header};
use http_body_util::BodyExt as _;
use readerpass::assemble::{Appearance, assemble};
use readerpass::config::Config;
use readerpass::installation::Installation;
use readerpass::outside::moment_now;
use std::collections::BTreeMap;
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

pub(super) const ORIGIN: &str = "https://hub.test";

pub(super) struct Hub {
    runtime: Runtime,
    router: Router,
    folder: PathBuf,
}

/// One answer: where it leads, and its body.
pub(super) struct Answered {
    pub(super) location: Option<String>,
    pub(super) body: String,
    cookies: Vec<(String, String)>,
}

impl Hub {
    pub(super) fn open(library: &Library) -> Result<Self, Box<dyn Error>> {
        let folder = std::env::temp_dir().join(format!("readerpass-bench-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("registry/members"))?;
        std::fs::create_dir_all(folder.join("registry/services"))?;
        let config = folder.join("readerpass.toml");
        std::fs::write(&config, format!("public_url = \"{ORIGIN}\"\n"))?;
        for (name, text) in REGISTRY {
            std::fs::write(folder.join("registry").join(name), text)?;
        }
        std::fs::write(folder.join("registry/members/acme-idp.xml"), library.metadata())?;
        std::fs::write(folder.join("registry/services/journals-sp.xml"), sp_metadata(library))?;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let router = runtime.block_on(async {
            let hub = Installation::open(Config::read(&config, std::iter::empty())?).await?;
            let now = moment_now().now;
            let bundle = metadata::Bundle::read(&folder.join("registry"), now)
                .map_err(|faults| format!("{faults:?}"))?;
            metadata::apply(&hub.durable, &hub.keys, &hub.http, bundle, now).await?;
            hub.registry.refresh().await?;
            Ok::<_, Box<dyn Error>>(assemble(&hub, Appearance::default())?)
        })?;
        Ok(Self { runtime, router, folder })
    }

    /// Sends one request; all CPU of the process until the whole answer is there counts.
    pub(super) fn ask(
        &self,
        meter: &mut Meter,
        mut request: Request<Body>,
    ) -> Result<Answered, Box<dyn Error>> {
        let peer = SocketAddr::from(([203, 0, 113, 7], 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        let router = self.router.clone();
        // In a task, as a server runs it: what it wakes runs on the same worker.
        let answered = meter.count(|| {
            self.runtime.block_on(self.runtime.spawn(async move {
                let response = match router.oneshot(request).await {
                    Ok(response) => response,
                    Err(never) => match never {},
                };
                let (parts, body) = response.into_parts();
                body.collect().await.map(|body| (parts, body.to_bytes()))
            }))
        });
        let (parts, body) = answered??;
        let cookies = parts
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok()?.split(';').next()?.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let location = parts.headers.get(header::LOCATION).and_then(|l| l.to_str().ok());
        let body = String::from_utf8(body.to_vec())?;
        if parts.status.is_client_error() || parts.status.is_server_error() {
            return Err(format!("{}: {body}", parts.status).into());
        }
        Ok(Answered { location: location.map(str::to_owned), body, cookies })
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // Sample data in the system's folder for temporary files; nothing depends on it.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Cookies of one reader's browser.
#[derive(Default)]
pub(super) struct Browser(BTreeMap<String, String>);

impl Browser {
    /// Opens an address of the hub; gives where it leads, or the page.
    pub(super) fn get(
        &mut self,
        hub: &Hub,
        meter: &mut Meter,
        address: &str,
    ) -> Result<String, Box<dyn Error>> {
        let request = Request::get(address.strip_prefix(ORIGIN).unwrap_or(address));
        self.send(hub, meter, request, Body::empty())
    }

    pub(super) fn post(
        &mut self,
        hub: &Hub,
        meter: &mut Meter,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<String, Box<dyn Error>> {
        let form: Vec<_> =
            fields.iter().map(|(n, v)| format!("{n}={}", model::encode_component(v))).collect();
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(hub, meter, request, Body::from(form.join("&")))
    }

    fn send(
        &mut self,
        hub: &Hub,
        meter: &mut Meter,
        request: http::request::Builder,
        body: Body,
    ) -> Result<String, Box<dyn Error>> {
        let mut request = request.header(header::HOST, "hub.test");
        if !self.0.is_empty() {
            let line: Vec<_> = self.0.iter().map(|(n, v)| format!("{n}={v}")).collect();
            request = request.header(header::COOKIE, line.join("; "));
        }
        let answered = hub.ask(meter, request.body(body)?)?;
        for (name, value) in answered.cookies {
            if value.is_empty() {
                self.0.remove(&name);
            } else {
                self.0.insert(name, value);
            }
        }
        Ok(answered.location.unwrap_or(answered.body))
    }
}
