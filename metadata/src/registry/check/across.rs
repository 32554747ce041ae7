//! What may be claimed by one only.

use super::member::claimed_twice;
use crate::registry::Fault;
use crate::registry::content::{Content, Owner};
use crate::registry::read::Reading;
use crate::sector::sector;
use crate::settings::CasSettings;
use ipnet::IpNet;
use model::{Member, ServiceId};
use std::collections::HashMap;
use std::net::IpAddr;

/// Claims that are looked up without knowing whose they are.
#[derive(Default)]
struct Claims(HashMap<String, String>);

impl Claims {
    /// Claims `value` for `owner`; the fault names who has it already.
    fn claim(
        &mut self,
        value: String,
        owner: &str,
        file: &str,
        key: &str,
        what: &str,
    ) -> Option<Fault> {
        if let Some(other) = self.0.get(&value) {
            return Some(claimed_twice(file, key, what, other));
        }
        self.0.insert(value, owner.to_owned());
        None
    }
}

/// Judges the files against each other.
pub(in crate::registry) fn across(reading: &mut Reading) {
    let content = &reading.content;
    let mut faults = codes(&content.members);
    faults.extend(scopes(&content.members));
    faults.extend(client_ids(content));
    faults.extend(entity_ids(content));
    faults.extend(networks(&content.members));
    faults.extend(login_servers(&content.members));
    reading.faults.extend(faults);
}

fn codes(members: &[Member]) -> Vec<Fault> {
    let (mut claims, mut faults) = (Claims::default(), Vec::new());
    for member in members {
        let file = format!("members/{}.toml", member.id);
        faults.extend(claims.claim(member.id.to_string(), &file, &file, "id", "the id"));
    }
    for member in members {
        let file = format!("members/{}.toml", member.id);
        for (place, code) in member.codes.iter().enumerate() {
            let folded = code.to_ascii_lowercase();
            // A member's own id may be written again as a code, once.
            if folded == member.id.as_str() {
                continue;
            }
            let (key, what) = (format!("codes[{place}]"), format!("the code `{code}`"));
            faults.extend(claims.claim(folded, &file, &file, &key, &what));
        }
    }
    faults
}

fn scopes(members: &[Member]) -> Vec<Fault> {
    let (mut claims, mut faults) = (Claims::default(), Vec::new());
    for member in members {
        let file = format!("members/{}.toml", member.id);
        for (place, scope) in member.scopes.iter().enumerate() {
            let (key, what) = (format!("scopes[{place}]"), format!("the scope `{scope}`"));
            faults.extend(claims.claim(scope.to_ascii_lowercase(), &file, &file, &key, &what));
        }
    }
    faults
}

/// Rule 5: a CAS server names readers and not libraries, so each of two members behind one
/// server would vouch for the readers of the other.
fn login_servers(members: &[Member]) -> Vec<Fault> {
    let (mut claims, mut faults) = (Claims::default(), Vec::new());
    for member in members {
        let file = format!("members/{}.toml", member.id);
        for (place, entry) in member.connectors.iter().enumerate().filter(|(_, e)| e.kind == "cas")
        {
            let Ok(CasSettings { server, .. }) = CasSettings::of(entry) else { continue };
            // A member may speak to its own server in two ways.
            if claims.0.get(&server) != Some(&file) {
                let key = format!("connector[{place}].server");
                let what = format!("the server `{server}`");
                faults.extend(claims.claim(server, &file, &file, &key, &what));
            }
        }
    }
    faults
}

fn client_ids(content: &Content) -> Vec<Fault> {
    let (mut claims, mut faults) = (Claims::default(), Vec::new());
    for service in &content.services {
        let file = format!("services/{}.toml", service.id);
        if let Some(client) = &service.oidc {
            let what = format!("the client_id `{}`", client.client_id);
            faults.extend(claims.claim(
                client.client_id.clone(),
                &file,
                &file,
                "oidc.client_id",
                &what,
            ));
        }
    }
    faults
}

/// An issuer must lead to one connector, and a requester to one service.
pub(in crate::registry) fn entity_ids(content: &Content) -> Vec<Fault> {
    let (mut providers, mut services) = (Claims::default(), Claims::default());
    let mut faults = Vec::new();
    for member in &content.members {
        let file = format!("members/{}.toml", member.id);
        for (place, entry) in member.connectors.iter().enumerate() {
            let Some(id) = entry.id() else { continue };
            let Some(entity) = content.entities.get(&Owner::connector(&member.id, &id)) else {
                continue;
            };
            let (key, what) =
                (format!("connector[{place}].metadata"), format!("the entityID `{entity}`"));
            faults.extend(providers.claim(entity.clone(), &file, &file, &key, &what));
        }
    }
    for service in &content.services {
        let file = format!("services/{}.toml", service.id);
        let Some(entity) = content.entities.get(&Owner::service(&service.id)) else { continue };
        let what = format!("the entityID `{entity}`");
        faults.extend(services.claim(entity.clone(), &file, &file, "saml.metadata", &what));
    }
    faults.extend(sectors(content));
    faults
}

/// A reader's name is made for an entityID at a SAML service and for a sector at an OpenID
/// client: where the two are one text, two services could compare their readers.
fn sectors(content: &Content) -> Vec<Fault> {
    let clients: HashMap<String, &ServiceId> = content
        .services
        .iter()
        .filter_map(|s| Some((sector(&s.id, &s.oidc.as_ref()?.redirect_uris), &s.id)))
        .collect();
    let mut faults = Vec::new();
    for service in &content.services {
        let Some(entity) = content.entities.get(&Owner::service(&service.id)) else { continue };
        let taken = match clients.get(entity) {
            Some(other) if **other != service.id => {
                format!("the sector under which services/{other}.toml knows its readers")
            }
            _ if entity == saml::attr::SUBJECT_ID => {
                "the name of the identifier that all services share".to_owned()
            }
            _ => continue,
        };
        let what = format!("the entityID `{entity}` is {taken}: both would see the same names");
        let remedy = "give the SAML service an entityID that is an address, as in https://ill.example.org/metadata";
        faults.push(Fault::key(
            &format!("services/{}.toml", service.id),
            "saml.metadata",
            what,
            remedy,
        ));
    }
    faults
}

struct Network<'m> {
    net: IpNet,
    member: &'m Member,
    key: String,
}

/// An address belongs to one member; the same member may list a network inside its own.
fn networks(members: &[Member]) -> Vec<Fault> {
    let mut all: Vec<Network<'_>> = Vec::new();
    for member in members {
        for (name, nets) in [("ranges", &member.ranges), ("reading_rooms", &member.reading_rooms)] {
            let listed = nets.iter().enumerate().map(|(place, net)| Network {
                net: net.trunc(),
                member,
                key: format!("{name}[{place}]"),
            });
            all.extend(listed);
        }
    }
    // In order of address, wider first: an overlap is with one that still reaches here.
    all.sort_by_key(|n| (first(&n.net), n.net.prefix_len()));
    let mut faults = Vec::new();
    let mut open: Vec<&Network<'_>> = Vec::new();
    for network in &all {
        open.retain(|o| o.net.contains(&network.net));
        let other = open.iter().find(|o| o.member.id != network.member.id);
        if let Some(other) = other {
            let file = format!("members/{}.toml", network.member.id);
            let owner = format!("members/{}.toml", other.member.id);
            let what = format!("{} overlaps {} of {owner}", network.net, other.net);
            faults.push(Fault::key(
                &file,
                &network.key,
                what,
                "an address belongs to one member: part them",
            ));
        }
        open.push(network);
    }
    faults
}

fn first(net: &IpNet) -> IpAddr {
    net.network()
}
