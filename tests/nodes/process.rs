//! A node as it is shipped: a process of its own, that the test's browser and machines
//! reach as they reach a router.

use crate::harness::folder::Folder;
use crate::harness::oidc::machine;
use crate::harness::world::{HUB, ILL, ILL_SECRET, PASSWORD, UNION_MEMBER};
use crate::peers::installed::readerpass;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// An installation with one library and one service, made by the program itself.
pub async fn installation(shared: Option<&str>) -> Folder {
    let folder = Folder::new("killed");
    let shared = shared.map_or_else(String::new, |url| format!("[store]\nshared = \"{url}\"\n"));
    folder.write("readerpass.toml", format!("public_url = \"{HUB}\"\n{shared}"));
    folder.write("registry/members/union.toml", UNION_MEMBER);
    folder.write("registry/services/ill.toml", ILL);
    folder.write("registry/services/ill.secret", ILL_SECRET);
    folder.write("password", PASSWORD);
    ends_well(command(&folder).args(["apply", "registry"])).await;
    let create =
        ["account", "create", "--member", "union", "--password-file", "password", "--login"];
    for login in ["reader-a", "reader-b"] {
        ends_well(command(&folder).args(create).arg(login)).await;
    }
    folder
}

pub async fn ends_well(command: &mut Command) {
    let ended = command.output().await.expect("it runs");
    assert!(ended.status.success(), "{ended:?}");
}

pub fn command(folder: &Folder) -> Command {
    let mut command = Command::new(readerpass());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("READERPASS_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder.path()).kill_on_drop(true);
    command
}

/// How a node is started; by default as it comes, without TLS.
#[derive(Default)]
pub struct Manner<'a> {
    /// Before `serve`.
    pub arguments: &'a [&'a str],
    pub variables: &'a [(&'a str, &'a str)],
    /// Who signed the certificate of its `tls`; it is spoken to in HTTP/2 then.
    pub authority: Option<&'a str>,
}

pub struct Node {
    process: Child,
    /// Hands every request on to the process.
    pub router: Router,
}

impl Node {
    pub async fn start(folder: &Folder) -> Self {
        Self::start_as(folder, &Manner::default()).await
    }

    /// The same, in a manner of its own.
    pub async fn start_as(folder: &Folder, manner: &Manner<'_>) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let at = free.local_addr().expect("an address");
        drop(free);
        let process = command(folder)
            .args(manner.arguments)
            .args(["serve", "--until-stdin-closes"])
            .envs(manner.variables.iter().copied())
            .env("READERPASS_LISTEN", at.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log(folder.path()))
            .spawn()
            .expect("it starts");
        // A second test finds it installed.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        #[expect(clippy::disallowed_methods, reason = "the browser is not the hub's client")]
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .resolve("hub.test", at)
            .timeout(Duration::from_secs(20));
        let (client, base) = match manner.authority {
            None => (client, format!("http://{at}")),
            Some(pem) => {
                let client = client.tls_backend_preconfigured(believing(pem));
                (client, format!("https://hub.test:{}", at.port()))
            }
        };
        let client = client.build().expect("a client");
        let router = Router::new().fallback(hand_on).with_state((client, base));
        let node = Self { process, router };
        for _ in 0..400 {
            let asked = Request::get("/readyz").header("host", "hub.test").body(Body::empty());
            if machine(&node.router, asked.expect("a request")).await.status == StatusCode::OK {
                return node;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        let said = std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        panic!("the node was not ready within 10 s:\n{said}");
    }

    /// SIGKILL: nothing is put in order.
    pub async fn kill(mut self) {
        self.process.kill().await.expect("it ends");
    }
}

/// HTTP/2 by TLS, under one authority.
fn believing(authority: &str) -> rustls::ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    let root = CertificateDer::from_pem_slice(authority.as_bytes()).expect("a certificate");
    roots.add(root).expect("an authority");
    let mut tls =
        rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec()];
    tls
}

fn log(folder: &Path) -> Stdio {
    let file = std::fs::File::options().create(true).append(true).open(folder.join("log"));
    file.expect("a file").into()
}

/// A node that is not there, or that dies under a request, is 502.
async fn hand_on(
    State((client, base)): State<(reqwest::Client, String)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
    let mut headers = parts.headers;
    headers.remove(header::CONTENT_LENGTH);
    if base.starts_with("https") {
        // HTTP/2 has the name in the address.
        headers.remove(header::HOST);
    }
    let sent = client
        .request(parts.method, format!("{base}{}", parts.uri))
        .headers(headers)
        .body(body)
        .send()
        .await;
    let Ok(answer) = sent else { return StatusCode::BAD_GATEWAY.into_response() };
    let (status, headers) = (answer.status(), answer.headers().clone());
    let Ok(body) = answer.bytes().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let mut response = (status, body).into_response();
    response.headers_mut().clear();
    response.headers_mut().extend(headers);
    response
}
