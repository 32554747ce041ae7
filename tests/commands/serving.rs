//! `serve` as a service manager drives it: signals, readiness, certificates.

use crate::harness::folder::Folder;
use crate::peers::authority::Authority;
use crate::peers::installed::readerpass;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Looks every so often, for at most so long; nothing here takes a tenth of it.
const STEP: Duration = Duration::from_millis(50);
const STEPS: usize = 600;

/// The program, serving until it is told to end.
pub struct Serving {
    child: Child,
    port: u16,
    said: Arc<Mutex<String>>,
    folder: Folder,
}

impl Serving {
    pub fn start(folder: Folder, more: &str) -> Self {
        let port = crate::peers::hub::free_port();
        let scheme = if more.contains("tls") { "https" } else { "http" };
        let config = format!(
            "public_url = \"{scheme}://hub.localhost:{port}\"\nlisten = \"127.0.0.1:{port}\"\n{more}\n"
        );
        folder.write("readerpass.toml", config);
        let applied = super::run(folder.path(), &["apply", &super::sample()]);
        assert_eq!(applied.code, 0, "{applied:?}");
        let mut child = Command::new(readerpass())
            .current_dir(folder.path())
            .arg("serve")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let said = Arc::new(Mutex::new(String::new()));
        let (lines, kept) = (BufReader::new(child.stderr.take().expect("piped")), said.clone());
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let mut kept = kept.lock().expect("a log");
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        let serving = Self { child, port, said, folder };
        until("it listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        serving
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().expect("kill");
        assert!(sent.success());
    }

    /// One request over a connection of its own; empty where nobody answers.
    pub fn get(&self, path: &str) -> String {
        get_at(self.port, path)
    }

    /// The same by TLS.
    pub fn get_by_tls(&self, authority: &Authority, path: &str) -> String {
        let mut secure = Secure::open(self.port, authority, b"http/1.1");
        ask(&mut secure.0, path, "close");
        let mut answer = String::new();
        let _ = secure.0.read_to_string(&mut answer);
        answer
    }

    fn said(&self, what: &str) -> bool {
        self.said.lock().expect("a log").contains(what)
    }

    /// Its exit code, once it has ended.
    fn ended(&mut self) -> Option<i32> {
        self.child.try_wait().expect("a child").map(|status| status.code().unwrap_or(-1))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("{}", self.said.lock().map(|s| s.clone()).unwrap_or_default());
        }
    }
}

fn ask(stream: &mut impl std::io::Write, path: &str, connection: &str) {
    let head =
        format!("GET {path} HTTP/1.1\r\nHost: hub.localhost\r\nConnection: {connection}\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("writes");
}

/// One request over a connection of its own, at any port of the program.
pub fn get_at(port: u16, path: &str) -> String {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return String::new();
    };
    ask(&mut stream, path, "close");
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..STEPS {
        if is_so() {
            return;
        }
        std::thread::sleep(STEP);
    }
    panic!("not in time: {what}");
}

/// Whoever spreads requests over nodes is told first, and served until it has taken notice.
#[test]
fn sigterm_ends_readiness_at_once_and_requests_in_order() {
    let mut hub = Serving::start(Folder::new("serving"), "drain_s = 3");
    assert!(hub.get("/readyz").starts_with("HTTP/1.1 200"));
    // A request that runs when the end comes: its body is still to come.
    let mut running = TcpStream::connect(("127.0.0.1", hub.port)).expect("connects");
    let head = "POST /oauth2/token HTTP/1.1\r\nHost: hub.localhost\r\nContent-Length: 10\r\n\
                Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    running.write_all(head.as_bytes()).expect("writes");
    hub.signal("TERM");
    until("not ready", || hub.get("/readyz").starts_with("HTTP/1.1 503"));
    assert!(hub.get("/healthz").starts_with("HTTP/1.1 200"), "no longer served");
    assert!(hub.get("/discover").starts_with("HTTP/1.1 200"), "no longer served");
    assert_eq!(hub.ended(), None);
    until("it no longer listens", || TcpStream::connect(("127.0.0.1", hub.port)).is_err());
    assert_eq!(hub.ended(), None, "it ended while a request ran");
    running.write_all(b"grant_type").expect("writes");
    let mut answer = String::new();
    running.read_to_string(&mut answer).expect("an answer");
    assert!(answer.contains("invalid_client"), "{answer}");
    let mut code = None;
    until("it ends", || {
        code = hub.ended();
        code.is_some()
    });
    assert_eq!(code, Some(0));
}

#[test]
fn a_second_sigterm_ends_it_at_once_and_ctrl_c_does_not_wait() {
    let mut hub = Serving::start(Folder::new("serving"), "drain_s = 300");
    hub.signal("TERM");
    until("not ready", || hub.get("/readyz").starts_with("HTTP/1.1 503"));
    assert_eq!(hub.ended(), None);
    hub.signal("TERM");
    until("it ends", || hub.ended().is_some());
    assert_ne!(hub.ended(), Some(0), "requests may have been cut off");

    let mut hub = Serving::start(Folder::new("serving"), "drain_s = 300");
    hub.signal("INT");
    until("it ends", || hub.ended().is_some());
    assert_eq!(hub.ended(), Some(0));
}

/// A service manager's reload, which may come at once, must not end a hub that has nothing to read again.
#[test]
fn sighup_without_a_certificate_changes_nothing() {
    let mut hub = Serving::start(Folder::new("serving"), "");
    hub.signal("HUP");
    until("it tells", || hub.said("nothing is read again"));
    assert!(hub.get("/readyz").starts_with("HTTP/1.1 200"));
    assert_eq!(hub.ended(), None);
}

/// A TLS connection and the certificate that it was shown.
struct Secure(rustls::StreamOwned<rustls::ClientConnection, TcpStream>);

impl Secure {
    fn open(port: u16, authority: &Authority, alpn: &[u8]) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        let pem = authority.pem();
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM")).expect("a root");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![alpn.to_vec()];
        let name = ServerName::try_from("hub.localhost").expect("a name");
        let mut client = rustls::ClientConnection::new(Arc::new(config), name).expect("a client");
        let mut socket = TcpStream::connect(("127.0.0.1", port)).expect("connects");
        while client.is_handshaking() {
            client.complete_io(&mut socket).expect("a handshake");
        }
        Self(rustls::StreamOwned::new(client, socket))
    }

    fn certificate(&self) -> Vec<u8> {
        self.0.conn.peer_certificates().expect("certificates")[0].to_vec()
    }

    /// One request, with the connection left open.
    fn get(&mut self, path: &str) -> String {
        ask(&mut self.0, path, "keep-alive");
        let mut answer = Vec::new();
        let mut part = [0; 4096];
        while !answer.ends_with(b"ready\n") && !answer.ends_with(b"ok\n") {
            let read = self.0.read(&mut part).expect("an answer");
            assert!(read > 0, "cut off: {}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&part[..read]);
        }
        String::from_utf8(answer).expect("text")
    }
}

#[test]
fn a_new_certificate_is_taken_while_connections_go_on_and_a_bad_one_is_not() {
    let authority = Authority::new();
    let folder = Folder::new("serving");
    let put = |folder: &Folder, cert: &str, key: &str| {
        folder.write_secret("tls.key", key);
        folder.write("tls.crt", cert);
    };
    let der = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM").to_vec();
    let (first, second, third) = (
        authority.server("hub.localhost"),
        authority.server("hub.localhost"),
        authority.server("hub.localhost"),
    );
    put(&folder, &first.cert, &first.key);
    let tls = "tls = { cert = \"tls.crt\", key = \"tls.key\" }";
    let mut hub = Serving::start(folder, tls);
    let mut old = Secure::open(hub.port, &authority, b"http/1.1");
    assert_eq!(old.certificate(), der(&first.cert));
    assert!(old.get("/readyz").starts_with("HTTP/1.1 200"));
    let http2 = Secure::open(hub.port, &authority, b"h2");
    assert_eq!(http2.0.conn.alpn_protocol(), Some(&b"h2"[..]), "HTTP/2 is not offered");

    let shown = |hub: &Serving| Secure::open(hub.port, &authority, b"http/1.1").certificate();
    put(&hub.folder, &second.cert, &second.key);
    hub.signal("HUP");
    until("the new certificate", || shown(&hub) == der(&second.cert));
    assert!(old.get("/healthz").starts_with("HTTP/1.1 200"), "the old connection was cut off");

    put(&hub.folder, &third.cert, &second.key);
    hub.signal("HUP");
    until("the fault is told", || hub.said("the old one stays"));
    assert!(hub.said("tls.crt"), "the file is not named");
    assert!(!hub.said("PRIVATE KEY"), "a key in the log");
    assert_eq!(shown(&hub), der(&second.cert));
    // Noticed without a signal, too.
    put(&hub.folder, &third.cert, &third.key);
    until("the newest certificate", || shown(&hub) == der(&third.cert));
    assert!(old.get("/healthz").starts_with("HTTP/1.1 200"), "the old connection was cut off");
    assert_eq!(hub.ended(), None);
}

/// Whoever quotes the code of such a page can be helped by the log.
#[test]
fn a_refusal_that_became_no_login_stands_in_the_log_under_its_code() {
    let hub = Serving::start(Folder::new("serving"), "");
    for (path, code) in [
        ("/saml/idp/sso?SAMLRequest=none", "SAML-060"),
        ("/oauth2/authorize?client_id=nobody%0A", "client_id \"nobody\\n\" is not"),
        ("/oauth2/authorize?client_id=nobody", "OIDC-001"),
        ("/oauth2/end_session?state=1&state=2", "OIDC-"),
        ("/discover?entityID=x&return=y", "WEB-004"),
    ] {
        let page = hub.get(path);
        let quoted = page.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        let mut quoted =
            quoted.filter(|word| word.len() == 9 && model::LoginCode::parse(word).is_ok());
        let quoted = quoted.next_back().unwrap_or_else(|| panic!("no code on\n{page}"));
        until("it is in the log", || hub.said(quoted));
        assert!(hub.said(code), "{path}: no {code} in\n{}", hub.said.lock().expect("a log"));
    }
    let figures = hub.get("/metrics");
    for (code, times) in [("SAML-060", 1), ("OIDC-001", 2), ("WEB-004", 1)] {
        let line = format!("login_refusals_total{{protocol=\"none\",code=\"{code}\"}} {times}");
        assert!(figures.contains(&line), "no `{line}` in\n{figures}");
    }
}
