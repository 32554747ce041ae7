//! The connector `ldap`: login name and password, checked by a bind at the member's directory
//! (OpenLDAP, Active Directory and their like; RFC 4511, RFC 4513).
//!
//! ```text
//! form ─▶ a turn at the directory ─▶ guess counted ─▶ search as the hub ─▶ bind as the reader
//!      ─▶ success, by name and password both not empty? ─▶ account state, groups ─▶ Bound ─▶ Claimed
//! ```
//! A directory says yes to an empty password, to nobody, or to whatever a name is made to mean:
//! none of these reaches it. What it answers is checked byte by byte before it is read.

mod account;
mod directory;
mod facts;
mod groups;
mod probe;
mod reader;
mod values;
mod wire;

pub(crate) use reader::Bound;

use crate::claimed::{Claimed, Proof};
use crate::{Ask, At, Begun, Clue, Connector, Entry, Finished, Probe, password_form};
use accounts::{Accounts, Attempt, CountedGuess};
use async_trait::async_trait;
use directory::Directory;
use metadata::ldap::{Cover, LdapServer, LdapSettings};
use metadata::{KeyRing, TcpDialer, TcpTrust};
use model::{ConnectorId, Inbound, MemberId, Refusal, code};
use reader::{NoVerdict, Question, Verdict};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;
use unicode_normalization::UnicodeNormalization as _;
use wire::{Door, LinkError};

/// From the wait for a turn to the last byte of the answer.
const WHOLE: Duration = Duration::from_secs(8);
/// What `finish` must see again: there is one step only.
const STATE: &[u8] = b"ldap password";

type Place = (MemberId, ConnectorId);

/// Asks for login name and password on the hub's own page, and the member's directory for both.
pub struct LdapConnector {
    accounts: Accounts,
    keys: Arc<KeyRing>,
    dialer: TcpDialer,
    /// By member and entry, with the version of the registry that they were looked at under.
    directories: Mutex<HashMap<Place, (u64, Arc<Directory>)>>,
    whole: Duration,
}

impl std::fmt::Debug for LdapConnector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LdapConnector")
    }
}

impl LdapConnector {
    /// Over the guess counters of these accounts; `keys` open the passwords of the hub's own
    /// names in the directories.
    pub fn new(accounts: Accounts, keys: Arc<KeyRing>, dialer: TcpDialer) -> Self {
        Self { accounts, keys, dialer, directories: Mutex::default(), whole: WHOLE }
    }

    async fn prove(
        &self,
        at: &At<'_>,
        username: &str,
        password: &str,
    ) -> Result<Finished, Refusal> {
        let directory = self.directory(at)?;
        let asked = timeout(self.whole, self.ask_directory(at, &directory, username, password));
        asked
            .await
            .unwrap_or_else(|_| Err(Refusal::new(code::CON_UNREACHABLE, "ldap: no answer in time")))
    }

    async fn ask_directory(
        &self,
        at: &At<'_>,
        directory: &Directory,
        username: &str,
        password: &str,
    ) -> Result<Finished, Refusal> {
        let _turn = directory.turn().await.map_err(|_| {
            Refusal::new(code::CON_BUSY, "ldap: too many logins wait for the directory")
        })?;
        let attempt = Attempt {
            member: Some(&at.member.id),
            login: username,
            password,
            client: at.client,
            code: at.code,
        };
        // Not before its turn: who is sent away as busy has used up no guess.
        let guess = self.accounts.count_elsewhere(&attempt, at.connector, at.moment).await?;
        if password.contains('\0') {
            // What ends a text in some servers would let `right\0anything` in.
            return Err(guess.missed(at.moment).await);
        }
        let login: String = username.trim().nfkc().collect();
        let attributes = facts::requested(at.entry, &directory.settings);
        let question = Question {
            directory,
            login: &login,
            password,
            attributes: &attributes,
            moment: at.moment,
        };
        self.judge(at, guess, question.put().await).await
    }

    async fn judge(
        &self,
        at: &At<'_>,
        guess: CountedGuess,
        verdict: Result<Verdict, NoVerdict>,
    ) -> Result<Finished, Refusal> {
        match verdict {
            Ok(Verdict::In(bound)) => {
                guess.hit().await?;
                let facts = facts::facts(at, &bound)?;
                let claim = Claimed::new(Proof::Bound(bound), at, facts);
                Ok(Finished::Claimed(Box::new(claim)))
            }
            Ok(Verdict::Wrong) => Err(guess.missed(at.moment).await),
            Ok(Verdict::Kept(code, why)) => {
                // Some directories say it to whoever asks: it stays a guess.
                let _ = guess.missed(at.moment).await;
                Err(Refusal::new(code, format!("ldap: {why}")))
            }
            Err(NoVerdict::Said(code, why)) => Err(Refusal::new(code, format!("ldap: {why}"))),
            Err(NoVerdict::Link(error)) => Err(refusal(&error)),
        }
    }

    /// The directory of an entry, made anew when its settings, or a file of theirs, have changed.
    fn directory(&self, at: &At<'_>) -> Result<Arc<Directory>, Refusal> {
        let place = (at.member.id.clone(), at.connector.clone());
        let version = at.snapshot.version();
        let mut all = self.directories.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((looked_at, directory)) = all.get(&place)
            && *looked_at == version
        {
            return Ok(Arc::clone(directory));
        }
        let fresh = self.set_up(at)?;
        let directory = match all.remove(&place) {
            // Another member's change; what is known of these servers stays known.
            Some((_, kept)) if kept.is_like(&fresh) => kept,
            _ => Arc::new(fresh),
        };
        all.insert(place, (version, Arc::clone(&directory)));
        Ok(directory)
    }

    fn set_up(&self, at: &At<'_>) -> Result<Directory, Refusal> {
        let unset = |what: String| Refusal::new(code::CON_NOT_LET_IN, format!("ldap: {what}"));
        let settings = LdapSettings::read(at.entry).map_err(|faults| {
            let first = faults.first().map_or("settings", |fault| fault.key.as_str());
            unset(format!("`{first}` cannot be used"))
        })?;
        let file = at.snapshot.setting_file(&at.member.id, at.connector, "ca");
        let trust = match file {
            Some(pem) => TcpTrust::pinned(pem),
            None => TcpTrust::system(),
        };
        let trust = trust.map_err(|e| unset(format!("ca {e}")))?;
        let doors = settings.servers.iter().map(|server| self.door(server, &settings, &trust));
        let doors = doors.collect();
        let key = "bind_password_file";
        let service = at.snapshot.setting_secret(&self.keys, &at.member.id, at.connector, key);
        Ok(Directory::new(settings, doors, service))
    }

    fn door(&self, server: &LdapServer, settings: &LdapSettings, trust: &TcpTrust) -> Door {
        Door {
            dialer: self.dialer,
            host: server.host.clone(),
            port: server.port,
            network: settings.network,
            trust: (server.cover != Cover::Plain).then(|| trust.clone()),
            start_tls: server.cover == Cover::StartTls,
        }
    }
}

/// What the reader is told about a connection that came to nothing.
fn refusal(error: &LinkError) -> Refusal {
    let code = match error {
        LinkError::Dial(_)
        | LinkError::StartTls(_)
        | LinkError::Resting
        | LinkError::Broken
        | LinkError::Answer(wire::Fault::Ended) => code::CON_UNREACHABLE,
        LinkError::Service(_) | LinkError::Unauthenticated => code::CON_NOT_LET_IN,
        LinkError::Answer(_) | LinkError::LetsAnyoneIn => code::CON_ANSWER,
    };
    Refusal::new(code, format!("ldap: {error}"))
}

#[async_trait]
impl Connector for LdapConnector {
    fn kind(&self) -> &'static str {
        "ldap"
    }

    fn entries(&self) -> Vec<Entry> {
        password_form::entries()
    }

    fn identify(&self, inbound: &Inbound) -> Option<Clue> {
        password_form::identify(inbound)
    }

    async fn begin(&self, at: &At<'_>, ask: &Ask<'_>) -> Result<Begun, Refusal> {
        password_form::begin(at, ask, STATE)
    }

    async fn finish(
        &self,
        at: &At<'_>,
        inbound: &Inbound,
        state: Option<&[u8]>,
        ask: Option<&Ask<'_>>,
    ) -> Result<Finished, Refusal> {
        let ask = password_form::in_flight(state, STATE, ask)?;
        let params = password_form::params(inbound)?;
        let (outcome, username) = match password_form::both(&params) {
            Ok(typed) => (self.prove(at, typed.username, typed.password).await, typed.username),
            Err((refusal, username)) => (Err(refusal), username),
        };
        match outcome {
            Err(refusal) => password_form::again(at, ask, username, refusal, STATE),
            finished => finished,
        }
    }

    async fn probe(&self, at: &At<'_>) -> Probe {
        match self.directory(at) {
            Ok(directory) => probe::probe(&directory, at.moment).await,
            Err(refusal) => Probe { is_ready: false, findings: vec![refusal.to_string()] },
        }
    }
}

#[cfg(test)]
mod tests;
