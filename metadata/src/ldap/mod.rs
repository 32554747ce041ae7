//! The settings of a connector of kind `ldap`: read where a folder is judged, and again where
//! a reader comes, by the same code.

mod template;

pub use template::{FilterTemplate, NameTemplate, filter_value, is_same_name, name_value};

use crate::public_url::is_loopback_name;
use crate::tcp::may_waive;
use ipnet::IpNet;
use model::ConnectorEntry;
use serde_json::Value;
use std::net::IpAddr;
use url::{Host, Url};

/// Servers of one directory.
const MOST_SERVERS: usize = 8;
/// Longest distinguished name in bytes.
const LONGEST_NAME: usize = 1_000;
const GROUP_BASE: &str = "group_base";

/// What is wrong with one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LdapFault {
    /// The setting.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

/// How one directory is asked; every value has been judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LdapSettings {
    /// In the order in which they are tried.
    pub servers: Vec<LdapServer>,
    /// A private network that the servers may lie in.
    pub network: Option<IpNet>,
    /// How a reader's password is checked.
    pub entrance: Entrance,
    /// How groups of groups are found.
    pub groups: Option<Groups>,
}

/// One server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LdapServer {
    /// Name, the one that its certificate must be for, or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub cover: Cover,
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// TLS from the first byte.
    Ldaps,
    /// TLS asked for, and no word before it.
    StartTls,
    /// None: this machine only.
    Plain,
}

/// How a reader's password is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entrance {
    /// The hub looks for the reader in its own name, then binds as the entry found.
    Search {
        /// The hub's own name; its password is a file.
        bind_dn: String,
        /// Where readers are.
        base: String,
        /// Which of them.
        filter: FilterTemplate,
    },
    /// The name follows from the login name, and the entry is read as that reader.
    Named(NameTemplate),
    /// The reader binds by a principal and is then looked for, as that reader.
    Principal {
        /// Which principal.
        name: NameTemplate,
        /// Where readers are.
        base: String,
        /// Which of them.
        filter: FilterTemplate,
    },
}

impl Entrance {
    /// The filter by which an entry is found, where one is.
    pub fn filter(&self) -> Option<&FilterTemplate> {
        match self {
            Self::Search { filter, .. } | Self::Principal { filter, .. } => Some(filter),
            Self::Named(_) => None,
        }
    }
}

/// How groups of groups are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// Where groups are.
    pub base: String,
    /// Who goes up the chain.
    pub by: NestedBy,
}

/// Who goes up the chain of groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NestedBy {
    /// Active Directory itself, by its matching rule in chain.
    ActiveDirectory,
    /// The hub, group by group, within bounds.
    Walk,
}

impl LdapSettings {
    /// Reads the settings of an entry, or says all that is wrong with them.
    pub fn read(entry: &ConnectorEntry) -> Result<Self, Vec<LdapFault>> {
        let mut reading = Reading { entry, faults: Vec::new() };
        let servers = reading.servers();
        let network = reading.network();
        let entrance = reading.entrance();
        let groups = reading.groups();
        reading.attributes();
        match (entrance, reading.faults.is_empty()) {
            (Some(entrance), true) => Ok(Self { servers, network, entrance, groups }),
            _ => Err(reading.faults),
        }
    }
}

struct Reading<'e> {
    entry: &'e ConnectorEntry,
    faults: Vec<LdapFault>,
}

impl<'e> Reading<'e> {
    fn say(&mut self, key: &str, what: impl Into<String>, remedy: &str) {
        let remedy = remedy.to_owned();
        self.faults.push(LdapFault { key: key.to_owned(), what: what.into(), remedy });
    }

    fn text(&mut self, key: &str) -> Option<&'e str> {
        match self.entry.settings.get(key)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.as_str()),
            _ => {
                self.say(key, "not a text", "write it in quotation marks, or remove it");
                None
            }
        }
    }

    /// A distinguished name; only its outer form is judged, the directory knows the rest.
    fn name(&mut self, key: &str) -> Option<&'e str> {
        let name = self.text(key)?;
        if name.contains('=') && name.len() <= LONGEST_NAME && !name.chars().any(char::is_control) {
            return Some(name);
        }
        self.say(key, "no distinguished name", "write it as the directory does: ou=people,dc=…");
        None
    }

    fn servers(&mut self) -> Vec<LdapServer> {
        const KEY: &str = "servers";
        let remedy = "name them: servers = [\"ldaps://ldap1.example.edu.cn\", …]";
        let Some(Value::Array(listed)) = self.entry.settings.get(KEY) else {
            self.say(KEY, "missing, or not a list", remedy);
            return Vec::new();
        };
        if listed.is_empty() || listed.len() > MOST_SERVERS {
            self.say(KEY, format!("not 1 to {MOST_SERVERS} of them"), remedy);
        }
        let is_plain = self.entry.settings.get("plain") == Some(&Value::Bool(true));
        let mut servers = Vec::new();
        for one in listed {
            let text = one.as_str().unwrap_or_default();
            match server(text, is_plain) {
                Ok(server) => servers.push(server),
                Err(what) => self.say(KEY, format!("`{text}` {what}"), remedy),
            }
        }
        if self.entry.settings.get("plain").is_some_and(|value| !value.is_boolean()) {
            self.say("plain", "not true or false", "remove it");
        }
        servers
    }

    fn network(&mut self) -> Option<IpNet> {
        let text = self.text("network")?;
        let network = text.parse::<IpNet>().ok().filter(|network| may_waive(*network));
        if network.is_none() {
            let remedy =
                "write the private network that the servers lie in, e.g. 10.3.0.0/16, or remove it";
            self.say("network", format!("`{text}` is no private network"), remedy);
        }
        network
    }

    fn entrance(&mut self) -> Option<Entrance> {
        let has = |key: &str| self.entry.settings.contains_key(key);
        let (is_search, is_direct) = (has("bind_dn"), has("bind_dn_template"));
        if is_search == is_direct {
            let remedy = "write bind_dn, bind_password_file, base and filter (the hub looks for \
                          the reader), or bind_dn_template (the reader's name follows from the login)";
            self.say("bind_dn", "exactly one of bind_dn and bind_dn_template is needed", remedy);
            return None;
        }
        if is_search { self.search() } else { self.direct() }
    }

    fn search(&mut self) -> Option<Entrance> {
        let bind_dn = self.text("bind_dn").map(str::to_owned);
        if self.text("bind_password_file").is_none() && self.faults.is_empty() {
            let remedy = "name the file with the password of bind_dn; without one the directory \
                          would answer as to nobody";
            self.say("bind_password_file", "missing", remedy);
        }
        let (base, filter) = (self.base(), self.filter());
        Some(Entrance::Search { bind_dn: bind_dn?, base: base?, filter: filter? })
    }

    fn direct(&mut self) -> Option<Entrance> {
        const KEY: &str = "bind_dn_template";
        let text = self.text(KEY)?;
        let name = match NameTemplate::parse(text) {
            Ok(name) => name,
            Err(what) => {
                let remedy =
                    "e.g. uid={login},ou=people,dc=example,dc=org, or {login}@corp.example.org";
                self.say(KEY, what, remedy);
                return None;
            }
        };
        let mut useless = vec!["bind_password_file"];
        if matches!(name, NameTemplate::Distinguished(_)) {
            useless.extend(["base", "filter"]);
        }
        for key in useless.into_iter().filter(|key| self.entry.settings.contains_key(*key)) {
            self.say(key, "has no use with this bind_dn_template", "remove it");
        }
        if matches!(name, NameTemplate::Distinguished(_)) {
            return Some(Entrance::Named(name));
        }
        let (base, filter) = (self.base(), self.filter());
        Some(Entrance::Principal { name, base: base?, filter: filter? })
    }

    fn base(&mut self) -> Option<String> {
        if !self.entry.settings.contains_key("base") {
            self.say("base", "missing", "name where the readers are: ou=people,dc=…");
        }
        self.name("base").map(str::to_owned)
    }

    fn filter(&mut self) -> Option<FilterTemplate> {
        let remedy = "e.g. (&(objectClass=person)(uid={login})); for Active Directory \
                      (&(objectCategory=person)(sAMAccountName={login}))";
        if !self.entry.settings.contains_key("filter") {
            self.say("filter", "missing", remedy);
        }
        let text = self.text("filter")?;
        FilterTemplate::parse(text).map_err(|what| self.say("filter", what, remedy)).ok()
    }

    /// `*` and `+` would ask for everything that the directory has (RFC 4511 4.5.1.8).
    fn attributes(&mut self) {
        let entry = self.entry;
        for (ours, sources) in &entry.attributes {
            for name in sources.names().filter(|name| !template::is_attribute(name)) {
                let what = format!("`{name}` is no name of an attribute");
                self.say(&format!("attributes.{ours}"), what, "write it as the directory does");
            }
        }
    }

    fn groups(&mut self) -> Option<Groups> {
        const KEY: &str = "nested_groups";
        let settings = &self.entry.settings;
        if !settings.contains_key(KEY) && !settings.contains_key(GROUP_BASE) {
            return None;
        }
        let by = match self.text(KEY) {
            Some("active_directory") => Some(NestedBy::ActiveDirectory),
            Some("walk") => Some(NestedBy::Walk),
            _ => {
                let remedy =
                    "write nested_groups = \"active_directory\" or \"walk\", with group_base";
                self.say(KEY, "neither active_directory nor walk", remedy);
                None
            }
        };
        if !settings.contains_key(GROUP_BASE) {
            self.say(GROUP_BASE, "missing", "name where the groups are: ou=groups,dc=…");
        }
        let base = self.name(GROUP_BASE)?;
        Some(Groups { base: base.to_owned(), by: by? })
    }
}

fn server(text: &str, is_plain: bool) -> Result<LdapServer, &'static str> {
    const SHAPE: &str = "is not ldaps://HOST[:PORT] or ldap://HOST[:PORT]";
    let url = Url::parse(text).map_err(|_| SHAPE)?;
    let is_bare = matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if !is_bare {
        return Err(SHAPE);
    }
    // The url crate takes hosts of these schemes as they stand.
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    Host::parse(url.host_str().unwrap_or_default()).map_err(|_| SHAPE)?;
    let (cover, port) = match url.scheme() {
        "ldaps" => (Cover::Ldaps, 636),
        "ldap" if !is_plain => (Cover::StartTls, 389),
        "ldap" if is_here(&host) => (Cover::Plain, 389),
        "ldap" => return Err("is another machine, and passwords never go there without TLS"),
        _ => return Err(SHAPE),
    };
    Ok(LdapServer { host, port: url.port().unwrap_or(port), cover })
}

fn is_here(host: &str) -> bool {
    is_loopback_name(host) || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests;
