//! DESIGN rule 7: no secret and no raw attribute in a log, at any level.
//!
//! ```text
//! browser, services, library ──▶ wire (keeps what is secret) ──▶ the program, HTTP/2, log at trace
//!                                        └──▶ is any of it in the log?
//! ```
//!
//! Whole logins, wrong passwords, refusals, second factors and commands, against the program
//! as it is shipped, once with a log for people and once as JSON.

mod commands;
mod flows;
mod secrets;
mod staff;
mod wire;

use crate::harness::Seen;
use crate::harness::browser::{Browser, Net};
use crate::harness::folder::Folder;
use crate::harness::world::{HUB, PASSWORD, hub_registry, idp_metadata, stranger_key};
use crate::nodes::process::{Manner, Node, command, ends_well};
use crate::peers::authority::Authority;
use axum::Router;
use std::sync::Mutex;
use wire::{Kept, tapped};

/// The loudest there is, of every crate.
const LOUD: [(&str, &str); 1] = [("READERPASS_LOG", "trace")];

/// A hub that runs, with everything that came to it or went out kept.
struct Overheard {
    folder: Folder,
    kept: Kept,
    hub: Router,
    /// What the commands wrote to standard error.
    told: Mutex<String>,
    _node: Node,
}

impl Overheard {
    async fn start(json: bool) -> Self {
        let folder = Folder::new("logs");
        let authority = Authority::new();
        let pair = authority.server("hub.test");
        folder.write("tls.crt", &pair.cert);
        folder.write_secret("tls.key", &pair.key);
        let tls = "tls = { cert = \"tls.crt\", key = \"tls.key\" }";
        folder.write("readerpass.toml", format!("public_url = \"{HUB}\"\n{tls}\n"));
        let nju = idp_metadata(
            "https://nju.test/saml/idp/metadata",
            "https://nju.test",
            &[stranger_key().certificate()],
            "nju.test",
        );
        for (name, text) in hub_registry(nju) {
            folder.write(&format!("registry/{name}"), text);
        }
        folder.write("password", PASSWORD);
        ends_well(command(&folder).args(["apply", "registry"])).await;
        let arguments: &[&str] = if json { &["--json"] } else { &[] };
        let authority = authority.pem();
        let manner = Manner { arguments, variables: &LOUD, authority: Some(&authority) };
        let node = Node::start_as(&folder, &manner).await;
        let kept = Kept::default();
        kept.lock().expect("secrets").add("password", PASSWORD);
        let hub = tapped(node.router.clone(), &kept);
        Self { folder, kept, hub, told: Mutex::default(), _node: node }
    }

    fn browser(&self) -> Browser {
        let mut net = Net::default();
        net.at(HUB, self.hub.clone());
        Browser::new(net)
    }

    /// What this page posts to a service or shows it in an address passes the hub no more.
    fn keep(&self, seen: &Seen) {
        let mut secrets = self.kept.lock().expect("secrets");
        seen.posted.iter().for_each(|(name, value)| secrets.add(name, value));
        for name in ["code", "SAMLRequest", "RelayState"] {
            seen.query(name).into_iter().for_each(|value| secrets.add(name, &value));
        }
    }

    fn log(&self) -> String {
        let served = std::fs::read_to_string(self.folder.path().join("log")).expect("a log");
        format!("{served}\n{}", self.told.lock().expect("a log"))
    }
}

async fn nothing_secret_is_logged(json: bool) {
    let all = Overheard::start(json).await;
    flows::readers(&all).await;
    flows::refusals(&all).await;
    staff::work(&all).await;
    commands::every_one(&all).await;
    let log = all.log();
    // The log is that of these logins, at that level, in that form.
    for part in ["answered", "refused", "TRACE", "LOG-022", "LOG-032", "token refused"] {
        let start: String = log.chars().take(4000).collect();
        assert!(log.contains(part), "no `{part}` in the log:\n{start}");
    }
    let first = log.lines().next().expect("a line");
    assert_eq!(first.starts_with('{'), json, "{first}");
    let secrets = all.kept.lock().expect("secrets");
    assert!(secrets.len() > 150, "only {} secrets were kept", secrets.len());
    let found = secrets.found_in(&log);
    assert!(found.is_empty(), "{} in the log:\n{found:#?}", found.len());
}

#[tokio::test]
async fn no_secret_and_nothing_personal_is_logged_for_people() {
    nothing_secret_is_logged(false).await;
}

#[tokio::test]
async fn no_secret_and_nothing_personal_is_logged_as_json() {
    nothing_secret_is_logged(true).await;
}
