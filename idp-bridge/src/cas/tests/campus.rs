//! A scripted CAS server of the tests, for what a real one does not do.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// What it sends for every ticket.
#[derive(Clone)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: String,
}

impl Reply {
    pub(super) fn of(status: u16, body: impl Into<String>) -> Self {
        Self { status, body: body.into() }
    }

    pub(super) fn user(user: &str, beside: &str) -> Self {
        Self::of(
            200,
            format!(
                "<cas:serviceResponse xmlns:cas='http://www.yale.edu/tp/cas'><cas:authenticationSuccess>\
                 <cas:user>{user}</cas:user>{beside}</cas:authenticationSuccess></cas:serviceResponse>"
            ),
        )
    }

    pub(super) fn failure(code: &str) -> Self {
        Self::of(
            200,
            format!(
                "<cas:serviceResponse xmlns:cas='http://www.yale.edu/tp/cas'>\
                 <cas:authenticationFailure code='{code}'>ST-7-abc</cas:authenticationFailure></cas:serviceResponse>"
            ),
        )
    }
}

#[derive(Default)]
struct Script {
    validate: Option<Reply>,
    login: Option<Reply>,
    asked: Vec<String>,
}

pub(super) struct Campus {
    port: u16,
    script: Arc<Mutex<Script>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Campus {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Campus {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let script = Arc::new(Mutex::new(Script::default()));
        let told = Arc::clone(&script);
        let serving = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = vec![0; 8192];
                let length = stream.read(&mut request).await.unwrap_or_default();
                let text = String::from_utf8_lossy(&request[..length]).into_owned();
                let line = text.lines().next().unwrap_or_default().to_owned();
                let reply = {
                    let mut script = told.lock().expect("a script");
                    let is_login = line.contains("/login?");
                    script.asked.push(line);
                    if is_login { script.login.clone() } else { script.validate.clone() }
                };
                let reply = reply.unwrap_or_else(|| Reply::of(200, "a page"));
                tokio::spawn(async move { send(&mut stream, &reply).await });
            }
        });
        Self { port, script, serving }
    }

    pub(super) fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// With the prefix of most.
    pub(super) fn address(&self) -> String {
        format!("{}/cas", self.origin())
    }

    pub(super) fn says(&self, reply: Reply) {
        self.script.lock().expect("a script").validate = Some(reply);
    }

    pub(super) fn shows(&self, reply: Reply) {
        self.script.lock().expect("a script").login = Some(reply);
    }

    /// First lines of requests, in order.
    pub(super) fn asked(&self) -> Vec<String> {
        self.script.lock().expect("a script").asked.clone()
    }
}

async fn send(stream: &mut tokio::net::TcpStream, reply: &Reply) {
    let head = format!(
        "HTTP/1.1 {} X\r\nConnection: close\r\nLocation: /elsewhere\r\nContent-Length: {}\r\n\r\n{}",
        reply.status,
        reply.body.len(),
        reply.body
    );
    let _ = stream.write_all(head.as_bytes()).await;
}
