//! What a member's entry says about its SIP2 server.

use super::wire::{Charset, Checksum, Flag, Zone};
use crate::At;
use ipnet::IpNet;
use metadata::{KeyRing, TcpTrust};
use model::{ConnectorEntry, Refusal, code};
use serde::Deserialize;
use serde_json::Value;
use std::fmt;
use zeroize::Zeroizing;

/// The port of SIP2 servers where none is named.
const PORT: u16 = 6001;
const CONNECTIONS: usize = 2;

/// When the status is asked for (99), which some servers want first and some never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum AskStatus {
    /// After the terminal's login.
    #[default]
    After,
    /// Before it.
    Before,
    /// Never.
    Never,
}

/// By which message a patron is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum AskPatron {
    /// By 63 where the status says that it is known, or says nothing.
    #[default]
    Auto,
    /// 63, patron information.
    Information,
    /// 23, patron status.
    Status,
}

/// Whether the number of a reply must be that of its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sequence {
    #[default]
    Lenient,
    Strict,
}

/// Only one value is built: a reader proves it by a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PasswordUse {
    #[default]
    Required,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    host: String,
    #[serde(default)]
    port: Option<u16>,
    #[serde(default)]
    network: Option<IpNet>,
    #[serde(default)]
    tls: Option<bool>,
    #[serde(default)]
    ca: Option<String>,
    #[serde(default)]
    charset: Charset,
    #[serde(default)]
    checksum: Checksum,
    #[serde(default)]
    sequence: Sequence,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    password_file: Option<String>,
    #[serde(default)]
    location: Option<String>,
    #[serde(default)]
    institution: Option<String>,
    #[serde(default)]
    terminal_password_file: Option<String>,
    #[serde(default)]
    status: AskStatus,
    #[serde(default)]
    ask: AskPatron,
    #[serde(default)]
    end_session: bool,
    #[serde(default)]
    aliases: bool,
    #[serde(default)]
    #[expect(dead_code, reason = "read so that any other value is refused")]
    password: PasswordUse,
    #[serde(default)]
    connections: Option<usize>,
    #[serde(default)]
    zone: Option<String>,
    #[serde(default)]
    blocked_by: Option<Vec<Flag>>,
}

/// How the terminal, which is the hub, logs in to the server.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct Terminal {
    pub(super) user: Option<String>,
    pub(super) password: Option<Zeroizing<String>>,
    pub(super) location: Option<String>,
    pub(super) institution: String,
    /// AC of every question about a patron.
    pub(super) patron_password: Option<Zeroizing<String>>,
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Terminal(***)")
    }
}

/// Everything that one connection and one login need to know.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Settings {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) network: Option<IpNet>,
    pub(super) trust: Option<TcpTrust>,
    pub(super) charset: Charset,
    pub(super) checksum: Checksum,
    pub(super) is_strict: bool,
    pub(super) terminal: Terminal,
    pub(super) status: AskStatus,
    pub(super) ask: AskPatron,
    pub(super) end_session: bool,
    pub(super) aliases: bool,
    pub(super) connections: usize,
    pub(super) zone: Zone,
    pub(super) blocked_by: Vec<Flag>,
}

/// The settings of an entry as they are written; the error names the setting.
fn written(entry: &ConnectorEntry) -> Result<Written, String> {
    let table = entry.settings.iter().map(|(key, value)| (key.clone(), value.clone()));
    serde_json::from_value(Value::Object(table.collect())).map_err(|e| e.to_string())
}

impl Settings {
    /// Of nobody: what a judge of replies needs.
    #[cfg(feature = "fuzzing")]
    pub(super) fn for_fuzzing() -> Self {
        Self {
            host: String::new(),
            port: PORT,
            network: None,
            trust: None,
            charset: Charset::default(),
            checksum: Checksum::default(),
            is_strict: false,
            terminal: Terminal::default(),
            status: AskStatus::default(),
            ask: AskPatron::default(),
            end_session: false,
            aliases: false,
            connections: CONNECTIONS,
            zone: Zone::default(),
            blocked_by: Vec::new(),
        }
    }

    /// Reads the entry with its files and opened secrets.
    pub(super) fn read(at: &At<'_>, keys: &KeyRing) -> Result<Self, Refusal> {
        let bad = |what: String| {
            Refusal::new(code::HUB_INTERNAL, format!("sip2 settings: {what}"))
                .at_member(&at.member.id)
        };
        let written = written(at.entry).map_err(bad)?;
        let secret = |key: &str, name: &Option<String>| {
            if name.is_none() {
                return Ok(None);
            }
            let found = at.snapshot.setting_secret(keys, &at.member.id, at.connector, key);
            let missing = || bad(format!("{key} is not there: apply the registry again"));
            found.map(Some).ok_or_else(missing)
        };
        let terminal = Terminal {
            password: secret("password_file", &written.password_file)?,
            patron_password: secret("terminal_password_file", &written.terminal_password_file)?,
            user: written.user,
            location: written.location,
            institution: written.institution.unwrap_or_default(),
        };
        let trust = match (&written.ca, written.tls) {
            (Some(_), _) => {
                let pem = at.snapshot.setting_file(&at.member.id, at.connector, "ca");
                let pem = pem.ok_or_else(|| bad("the file of `ca` is not there".to_owned()))?;
                Some(TcpTrust::pinned(pem).map_err(bad)?)
            }
            (None, Some(true)) => Some(TcpTrust::system().map_err(bad)?),
            (None, _) => None,
        };
        let zone = match &written.zone {
            None => Zone::default(),
            Some(zone) => Zone::parse(zone).ok_or_else(|| bad("zone".to_owned()))?,
        };
        let blocking = || Flag::ALL.into_iter().filter(|f| !Flag::HARMLESS.contains(f)).collect();
        Ok(Self {
            host: written.host,
            port: written.port.unwrap_or(PORT),
            network: written.network,
            trust,
            charset: written.charset,
            checksum: written.checksum,
            is_strict: written.sequence == Sequence::Strict,
            terminal,
            status: written.status,
            ask: written.ask,
            end_session: written.end_session,
            aliases: written.aliases,
            connections: written.connections.unwrap_or(CONNECTIONS).clamp(1, 4),
            zone,
            blocked_by: written.blocked_by.unwrap_or_else(blocking),
        })
    }
}
