//! How a member's directory stands, and what its settings should be.

use super::directory::Directory;
use super::reader::{Asker, NoVerdict, require_success};
use super::wire::{Door, Link, LinkError, Scope, StartTlsError};
use crate::Probe;
use metadata::ldap::Entrance;
use metadata::{CertificateFacts, TcpError};
use model::{Moment, Timestamp};
use std::time::Duration;

/// One server: connection and TLS.
const ATTEMPT: Duration = Duration::from_secs(3);
/// A certificate that ends within this wants a successor.
const SOON_DAYS: i64 = 30;

/// Knocks at every server, then searches as the hub does for a reader who is none.
pub(super) async fn probe(directory: &Directory, moment: &Moment) -> Probe {
    let mut findings = Vec::new();
    let mut is_any_there = false;
    for door in &directory.doors {
        match Link::open(door, ATTEMPT).await {
            Ok(link) => {
                is_any_there = true;
                findings.extend(certificate(door, &link, moment.now));
            }
            Err(e) => findings.push(format!("{}:{}: {e}: {}", door.host, door.port, remedy(&e))),
        }
    }
    if !is_any_there {
        return Probe { is_ready: false, findings };
    }
    match rehearse(directory, moment).await {
        Ok(()) => Probe { is_ready: true, findings },
        Err(finding) => {
            findings.push(finding);
            Probe { is_ready: false, findings }
        }
    }
}

fn certificate(door: &Door, link: &Link, now: Timestamp) -> Option<String> {
    let end = CertificateFacts::of(link.certificate()?)?.not_after;
    let days = end.seconds_since(now).div_euclid(86_400);
    (days < SOON_DAYS).then(|| {
        format!(
            "{}:{}: its certificate ends in {days} days, on {}: ask the campus network centre for a new one",
            door.host,
            door.port,
            end.rfc3339()
        )
    })
}

/// Everything that a login does, but for a reader's password.
async fn rehearse(directory: &Directory, moment: &Moment) -> Result<(), String> {
    let said = |e: LinkError| format!("{e}: {}", remedy(&e));
    directory.bind_link(moment).await.map(|link| directory.keep_bind(link)).map_err(said)?;
    let Entrance::Search { base, filter, .. } = &directory.settings.entrance else {
        return Ok(());
    };
    let mut link = directory.search_link(moment).await.map_err(said)?.0;
    let nobody: String =
        moment.entropy.short_token().chars().filter(char::is_ascii_alphanumeric).collect();
    let mut places = vec![(base.as_str(), Scope::Base, "(objectClass=*)".to_owned(), "base")];
    places.push((base.as_str(), Scope::Subtree, filter.filled(&nobody), "filter"));
    if let Some(groups) = &directory.settings.groups {
        let any = "(objectClass=*)".to_owned();
        places.push((groups.base.as_str(), Scope::Base, any, "group_base"));
    }
    for (base, scope, filter, key) in places {
        let mut asker = Asker::Hub(&mut link);
        let found = asker.search((base, scope), &filter, &["1.1".to_owned()], 2).await;
        let found = found.map_err(said)?;
        if let Err(NoVerdict::Said(_, why)) = require_success(&found) {
            return Err(format!("{key}: {why} (result {}): correct it", found.said.code));
        }
        match (scope, found.entries.len()) {
            (Scope::Base, 0) => {
                return Err(format!(
                    "{key}: nothing can be read there: correct it, or ask for \
                                    the right to read for the hub's own name"
                ));
            }
            (Scope::Subtree, 1..) => {
                return Err("filter: it finds somebody for a login name that nobody has: compare \
                            {login} with the attribute that holds login names"
                    .to_owned());
            }
            _ => {}
        }
    }
    directory.keep_search(link);
    Ok(())
}

/// What to do about it; the codes of results are those of RFC 4511.
fn remedy(error: &LinkError) -> &'static str {
    match error {
        LinkError::Dial(TcpError::Refused { .. }) => {
            "name the private network that the servers lie in, as in network = \"10.1.0.0/16\""
        }
        LinkError::Dial(TcpError::Tls(_)) => {
            "check the server's certificate: its name must be the one in `servers`, its authority \
             the one in `ca`, and it must not have ended"
        }
        LinkError::Dial(_) => "check host and port, and that the campus firewall lets the hub in",
        LinkError::StartTls(StartTlsError::Declined(_)) => {
            "the server has no certificate set up for StartTLS: set one up, or write ldaps://"
        }
        LinkError::StartTls(_) => {
            "check port and protocol: ldaps:// (636) or ldap:// (389, StartTLS)"
        }
        LinkError::Service(said) if said.code == 49 => "check bind_dn and bind_password_file",
        LinkError::Service(_) => "ask the directory's administrator why it refuses bind_dn",
        LinkError::LetsAnyoneIn => {
            "the directory accepts any password: nobody may log in by it until that is put right"
        }
        LinkError::Unauthenticated => "write bind_dn, and bind_password_file with its password",
        LinkError::Resting => "it is tried again within a minute",
        LinkError::Answer(_) | LinkError::Broken => {
            "check that what answers there is an LDAP server"
        }
    }
}
