//! Libraries by CAS: Debian's django-cas-server, a real one, over TLS. What it never does
//! (drip, lie, hold a certificate that nobody believes) a server of the tests does.

use super::authority::{Authority, Pair};
use super::hub::Hub;
use super::installed::{Generation, is_cas_ready, scripts};
use super::library::sign_in;
use super::program::Program;
use super::reader::Reader;
use super::registry::kept;
use super::tls::{Front, front};
use crate::harness::Seen;
use crate::harness::folder::Folder;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::process::Command;

const HOST: &str = "dcas.test";
const PASSWORD: &str = "tomato-harbour-41";
const OUTBOUND: &str = "outbound_ca_file = \"ca.pem\"\noutbound_networks = [\"127.0.0.0/8\"]\n";

struct Campus {
    _program: Program,
    origin: String,
}

impl Campus {
    /// `pattern` is what the network centre registered.
    async fn start(authority: &Authority, folder: &Folder, pattern: &str) -> Self {
        let pair = authority.server(HOST);
        let settings = json!({
            "host": HOST,
            "tls": kept(folder, HOST, &pair),
            "folder": folder.path(),
            "pattern": pattern,
            "readers": {
                "jia": { "password": PASSWORD, "first_name": "读者甲" },
                "locked": { "password": PASSWORD, "locked": true },
            },
        });
        folder.write("cas.json", settings.to_string());
        folder.write("ca.pem", authority.pem());
        let mut command = Command::new(Generation::Debian.python());
        command
            .arg(scripts().join("py/cas_provider.py"))
            .arg(folder.path().join("cas.json"))
            .env("REQUESTS_CA_BUNDLE", folder.path().join("ca.pem"))
            .env("PYTHONNOUSERSITE", "1")
            .env("PYTHONWARNINGS", "ignore")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("NO_PROXY", "*");
        let told = |line: &str| serde_json::from_str::<Value>(line).ok().filter(Value::is_object);
        let (program, told) = Program::start("django-cas-server", &mut command, told).await;
        Self { _program: program, origin: told["origin"].as_str().expect("an origin").to_owned() }
    }
}

async fn apply(hub: &Hub, server: &str, further: &str) {
    let registry = Folder::new("cas-registry");
    registry.write("consortium.toml", "name = { zh = \"联合体\", en = \"Consortium\" }\n");
    registry.write(
        "members/dcas.toml",
        format!(
            "id = \"dcas\"\nname = {{ zh = \"校园\", en = \"Campus\" }}\nclass = \"A\"\nstatus = \"live\"\n\
             scopes = [\"dcas.test\"]\n[[connector]]\nid = \"campus\"\nkind = \"cas\"\nserver = \"{server}/cas\"\n\
             reassignable = true\nattributes = {{ local_id = \"user\", name = \"XM\" }}\n{further}"
        ),
    );
    hub.apply(registry.path()).await;
    // The running hub looks at the registry's version by itself, four times a second.
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
}

async fn log_in(hub: &Hub, reader: &mut Reader) -> Seen {
    reader.get(&format!("{}/?login=1&member=dcas", hub.url)).await
}

fn is_in(seen: &Seen) -> bool {
    seen.url.host_str() == Some("hub.test") && seen.body.contains("读者甲")
}

#[tokio::test]
async fn django_cas_server_lets_its_reader_in_and_out_and_nobody_else() {
    if !is_cas_ready() {
        return;
    }
    let authority = Authority::new();
    let hub = Hub::start_with(&authority, OUTBOUND).await;
    let folder = Folder::new("dcas");
    let pattern = format!("^{}/in/dcas/campus/.+$", hub.url.replace('.', "\\."));
    let campus = Campus::start(&authority, &folder, &pattern).await;
    apply(&hub, &campus.origin, "").await;

    let mut reader = Reader::new(&authority.pem());
    let form = log_in(&hub, &mut reader).await;
    assert_eq!(form.url.host_str(), Some(HOST), "{}: {}", form.url, form.body);
    for (login, password) in [("jia", "wrong-horse-42"), ("locked", PASSWORD), ("nobody", PASSWORD)]
    {
        let form = log_in(&hub, &mut reader).await;
        let again = sign_in(&mut reader, &form, login, password).await;
        assert_eq!(again.url.host_str(), Some(HOST), "{login}: {}", again.url);
    }
    let form = log_in(&hub, &mut reader).await;
    let portal = sign_in(&mut reader, &form, "jia", PASSWORD).await;
    assert!(is_in(&portal), "{}: {}", portal.url, portal.body);

    // Single logout: the campus tells the hub, and the session there has ended.
    reader.get(&format!("{}/cas/logout", campus.origin)).await;
    let home = reader.get(&format!("{}/", hub.url)).await;
    assert!(!home.body.contains("读者甲"), "{}", home.body);

    // CAS 2.0 says the same.
    apply(&hub, &campus.origin, "version = 2\n").await;
    let form = log_in(&hub, &mut reader).await;
    let portal = sign_in(&mut reader, &form, "jia", PASSWORD).await;
    assert!(is_in(&portal), "{}: {}", portal.url, portal.body);

    // What the campus did not register it sends nobody to.
    apply(&hub, &campus.origin, "callback = \"exact\"\n").await;
    let mut reader = Reader::new(&authority.pem());
    let page = log_in(&hub, &mut reader).await;
    assert_eq!(page.url.host_str(), Some(HOST), "{}", page.url);
    assert!(!page.body.contains("type=\"password\"") || !is_in(&page), "{}", page.body);
    hub.audit_holds().await;
}

#[tokio::test]
async fn django_cas_server_with_a_callback_registered_letter_for_letter() {
    if !is_cas_ready() {
        return;
    }
    let authority = Authority::new();
    let hub = Hub::start_with(&authority, OUTBOUND).await;
    let folder = Folder::new("dcas");
    let pattern = format!("^{}/in/dcas/campus$", hub.url.replace('.', "\\."));
    let campus = Campus::start(&authority, &folder, &pattern).await;
    apply(&hub, &campus.origin, "callback = \"exact\"\n").await;
    let mut reader = Reader::new(&authority.pem());
    let form = log_in(&hub, &mut reader).await;
    let page = sign_in(&mut reader, &form, "jia", PASSWORD).await;
    assert!(page.body.contains("您是读者甲吗"), "{}: {}", page.url, page.body);
    let portal = reader.submit(&page, &page.form("handle")).await;
    assert!(is_in(&portal), "{}: {}", portal.url, portal.body);
}

/// A server that waits for a request, and then sends one octet at a time for ever.
async fn dribbling(pair: &Pair) -> (Front, tokio::task::JoinHandle<()>, String) {
    let behind = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let inside = behind.local_addr().expect("an address");
    let serving = tokio::spawn(async move {
        while let Ok((mut stream, _)) = behind.accept().await {
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let head = b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n";
                let _ = stream.write_all(head).await;
                while stream.write_all(b" ").await.is_ok() {
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            });
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    (front(listener, inside, pair), serving, format!("https://{HOST}:{port}"))
}

/// The scripted server: down, of a certificate that nobody believes, slow without end.
#[tokio::test]
async fn a_campus_that_is_down_unproved_or_slow_is_told_within_its_time() {
    if !is_cas_ready() {
        return;
    }
    let authority = Authority::new();
    let hub = Hub::start_with(&authority, OUTBOUND).await;
    let (stranger, trusted) = (Authority::new().server(HOST), authority.server(HOST));
    let (_unproved, _one, unproved) = dribbling(&stranger).await;
    let (_slow, _two, slow) = dribbling(&trusted).await;
    for (server, longest_s) in
        [("https://dcas.test:1", 6), (unproved.as_str(), 6), (slow.as_str(), 12)]
    {
        apply(&hub, server, "").await;
        let mut reader = Reader::new(&authority.pem());
        reader.stops_at_host = Some(HOST);
        let login = log_in(&hub, &mut reader).await;
        let service = login.query("service").expect("a service");
        #[expect(clippy::disallowed_methods, reason = "how long a real program takes")]
        let begun = tokio::time::Instant::now();
        let page = reader.get(&format!("{service}?ticket=ST-1-harbour")).await;
        assert!(page.body.contains("CAS-006"), "{server}: {}", page.body);
        assert!(!page.body.contains("harbour"), "{server}");
        assert!(begun.elapsed().as_secs() < longest_s, "{server}: {:?}", begun.elapsed());
    }
}
