//! A CAS server of the tests' own, with tickets as the protocol has them, and a hub that
//! knows two libraries behind it. What a real server never does, it does when told to.

use super::browser::{Browser, Seen};
use super::world::{HUB, World};
use metadata::{HttpClient, HttpSettings};
use readerpass::assemble::{Appearance, assemble};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;

/// How far it keeps to the protocol.
#[derive(Debug, Clone, Default)]
pub struct Manner {
    /// Takes a ticket as often as it comes.
    pub takes_tickets_again: bool,
    /// Takes a ticket for whatever address asks.
    pub takes_any_service: bool,
    /// Says this instead of an answer.
    pub says: Option<(u16, String)>,
}

#[derive(Default)]
struct Inside {
    /// Ticket → the service it was issued for, and the user.
    tickets: HashMap<String, (String, String)>,
    manner: Manner,
    /// Addresses that were asked, in order.
    asked: Vec<Url>,
}

pub struct Campus {
    origin: String,
    inside: Arc<Mutex<Inside>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Campus {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Campus {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let origin = format!("http://cas.localhost:{port}");
        let inside = Arc::new(Mutex::new(Inside::default()));
        let (told, base) = (Arc::clone(&inside), origin.clone());
        let serving = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = vec![0; 16 * 1024];
                let length = stream.read(&mut request).await.unwrap_or_default();
                let text = String::from_utf8_lossy(&request[..length]).into_owned();
                let path = text.split(' ').nth(1).unwrap_or("/");
                let url = Url::parse(&base).and_then(|base| base.join(path)).expect("an address");
                let (status, body) = told.lock().expect("the inside").answer(&url);
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { origin, inside, serving }
    }

    pub fn behaves(&self, manner: Manner) {
        self.inside.lock().expect("the inside").manner = manner;
    }

    /// The reader has logged in: a ticket for the address that the login page was given.
    pub fn issue(&self, service: &str, user: &str) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let ticket = format!("ST-{}-harbour", COUNT.fetch_add(1, Ordering::Relaxed));
        let held = (service.to_owned(), user.to_owned());
        self.inside.lock().expect("the inside").tickets.insert(ticket.clone(), held);
        ticket
    }

    pub fn asked(&self) -> Vec<Url> {
        self.inside.lock().expect("the inside").asked.clone()
    }

    fn settings(&self, id: &str, prefix: &str, further: &str) -> String {
        format!(
            "id = \"{id}\"\nname = {{ zh = \"{id} 图书馆\", en = \"{id} library\" }}\nregion = \"北京\"\n\
             class = \"A\"\nscopes = [\"{id}.test\"]\nstatus = \"live\"\n\
             [[connector]]\nid = \"campus\"\nkind = \"cas\"\nserver = \"{}{prefix}/cas\"\nreassignable = true\n\
             attributes = {{ local_id = \"user\", name = \"XM\", affiliation = \"role\" }}\n{further}",
            self.origin
        )
    }
}

impl Inside {
    fn answer(&mut self, url: &Url) -> (u16, String) {
        self.asked.push(url.clone());
        let of = |name: &str| {
            url.query_pairs()
                .find(|(n, _)| n == name)
                .map(|(_, v)| v.into_owned())
                .unwrap_or_default()
        };
        if let Some((status, body)) = &self.manner.says {
            return (*status, body.clone());
        }
        let (ticket, service) = (of("ticket"), of("service"));
        // CAS Protocol 3.1.1: used up whatever comes of it.
        let held = if self.manner.takes_tickets_again {
            self.tickets.get(&ticket).cloned()
        } else {
            self.tickets.remove(&ticket)
        };
        let verdict = match held {
            None => "<cas:authenticationFailure code='INVALID_TICKET'/>".to_owned(),
            Some((for_service, _)) if for_service != service && !self.manner.takes_any_service => {
                "<cas:authenticationFailure code='INVALID_SERVICE'/>".to_owned()
            }
            Some((_, user)) => success(&user),
        };
        (200, response(&verdict))
    }
}

pub fn response(verdict: &str) -> String {
    format!(
        "<cas:serviceResponse xmlns:cas='http://www.yale.edu/tp/cas'>{verdict}</cas:serviceResponse>"
    )
}

pub fn success(user: &str) -> String {
    format!(
        "<cas:authenticationSuccess><cas:user>{user}</cas:user><cas:attributes>\
         <cas:XM>读者{user}</cas:XM><cas:role>student</cas:role></cas:attributes></cas:authenticationSuccess>"
    )
}

/// The notice by which a server says that the login of a ticket has ended.
pub fn notice(ticket: &str) -> String {
    format!(
        "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"LR-1\" Version=\"2.0\" \
         IssueInstant=\"2026-11-21T12:00:00Z\"><saml:NameID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">\
         @NOT_USED@</saml:NameID><samlp:SessionIndex>{ticket}</samlp:SessionIndex></samlp:LogoutRequest>"
    )
}

impl World {
    /// The consortium with two more libraries behind one CAS server: `ruc` by prefix,
    /// `exact` letter for letter.
    pub async fn with_campus(campus: &Campus) -> Self {
        let mut world = Self::new().await;
        // The server speaks plain http on loopback, which a hub on loopback alone may reach.
        let loopback = HttpSettings { hub_on_loopback: true, ..HttpSettings::default() };
        world.hub.installation.http = HttpClient::new(&loopback).expect("a client");
        world.hub.router =
            assemble(&world.hub.installation, Appearance::default()).expect("a router");
        let ruc = campus.settings("ruc", "", "");
        let exact = campus.settings("exact", "/b", "callback = \"exact\"\n");
        world.hub.apply(&[("members/ruc.toml", ruc), ("members/exact.toml", exact)]).await;
        world
    }
}

/// The `service` that the campus was given, as it stands in the address of its login page.
pub fn service_of(seen: &Seen) -> String {
    assert!(seen.outside && seen.url.path().ends_with("/cas/login"), "{}: {}", seen.url, seen.body);
    let service = seen.query("service").expect("a service");
    assert!(service.starts_with(&format!("{HUB}/in/")), "{service}");
    service
}

/// Comes back from the campus with a ticket.
pub async fn bring(browser: &mut Browser, from: &Seen, service: &str, ticket: &str) -> Seen {
    browser.click(from, &format!("{service}?ticket={ticket}")).await
}

/// The campus's server posts a notice of logout to a callback: it carries no cookies.
pub async fn notify(browser: &Browser, callback: &str, ticket: &str) -> Seen {
    let mut server = Browser::new(browser.net.clone());
    server.plain = true;
    server.post(callback, &[("logoutRequest", &notice(ticket))], "https://cas.test/").await
}
