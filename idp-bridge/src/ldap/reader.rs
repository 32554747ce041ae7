//! A reader's login name and password are put to the directory.

use super::account::{self, BindOutcome, State};
use super::directory::Directory;
use super::groups;
use super::wire::{BindLink, Entry, Found, LinkError, SUCCESS, Scope, SearchLink};
use metadata::ldap::{Entrance, FilterTemplate, NameTemplate, is_same_name};
use model::{Code, Moment, code};

/// Finds the entry itself, whatever it is.
const ANY: &str = "(objectClass=*)";
/// One more than may be found: the second tells that there are several.
const ONE_OR_MORE: i32 = 2;

/// Proof that a directory let this reader in by this password, and what it says of them.
///
/// Made here alone, after a bind that succeeded, by name and password both not empty, over a
/// connection that had shown that it can say no.
pub(crate) struct Bound {
    pub(super) entry: Entry,
    pub(super) groups: Vec<String>,
    pub(super) state: State,
    pub(super) notes: Vec<String>,
}

impl std::fmt::Debug for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bound")
    }
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Name and password are right.
    In(Box<Bound>),
    /// Unknown name or wrong password: nobody is told which.
    Wrong,
    /// The account may not come in.
    Kept(Code, &'static str),
}

/// Why there is no verdict.
#[derive(Debug)]
pub(super) enum NoVerdict {
    /// The connection.
    Link(LinkError),
    /// What it said over the connection.
    Said(Code, &'static str),
}

impl From<LinkError> for NoVerdict {
    fn from(error: LinkError) -> Self {
        Self::Link(error)
    }
}

/// One question.
pub(super) struct Question<'q> {
    pub(super) directory: &'q Directory,
    pub(super) login: &'q str,
    pub(super) password: &'q str,
    /// The attributes that are asked for, and no others.
    pub(super) attributes: &'q [String],
    pub(super) moment: &'q Moment,
}

impl Question<'_> {
    /// Puts it.
    pub(super) async fn put(&self) -> Result<Verdict, NoVerdict> {
        match &self.directory.settings.entrance {
            Entrance::Search { base, filter, .. } => self.search_then_bind(base, filter).await,
            Entrance::Named(name) => self.bind_by_name(name).await,
            Entrance::Principal { name, base, filter } => {
                self.bind_by_principal(name, base, filter).await
            }
        }
    }

    async fn search_then_bind(
        &self,
        base: &str,
        filter: &FilterTemplate,
    ) -> Result<Verdict, NoVerdict> {
        let (mut searching, found) = self.look_for(base, filter).await?;
        let Some(entry) = self.one_of(found, filter)? else {
            self.directory.keep_search(searching);
            return self.bind_as_nobody().await;
        };
        let mut binding = self.directory.bind_link(self.moment).await?;
        let outcome = account::outcome(&binding.bind(&entry.name, self.password).await?);
        self.directory.keep_bind(binding);
        let state = account::state(&entry, self.moment.now);
        let verdict = if let Some(verdict) = verdict_on(outcome, &state)? {
            verdict
        } else {
            let place = Asker::Hub(&mut searching);
            let (groups, notes) = groups::of(self.directory, place, &entry.name).await?;
            Verdict::In(Box::new(Bound { entry, groups, state, notes }))
        };
        self.directory.keep_search(searching);
        Ok(verdict)
    }

    /// Searches; over a kept connection that has just died, once more over a new one.
    async fn look_for(
        &self,
        base: &str,
        filter: &FilterTemplate,
    ) -> Result<(SearchLink, Found), NoVerdict> {
        let filled = filter.filled(self.login);
        let (mut link, was_kept) = self.directory.search_link(self.moment).await?;
        let place = (base, Scope::Subtree);
        match link.search(place, &filled, self.attributes, ONE_OR_MORE).await {
            Err(LinkError::Broken | LinkError::Answer(super::wire::Fault::Ended)) if was_kept => {
                let mut link = self.directory.fresh_search_link(self.moment).await?;
                let found = link.search(place, &filled, self.attributes, ONE_OR_MORE).await?;
                Ok((link, found))
            }
            found => Ok((link, found?)),
        }
    }

    /// The one entry that was found, held against the login name.
    fn one_of(&self, found: Found, filter: &FilterTemplate) -> Result<Option<Entry>, NoVerdict> {
        if found.entries.len() > 1 || found.is_cut() {
            return Err(NoVerdict::Said(code::CON_SEVERAL, "several entries for one login name"));
        }
        require_success(&found)?;
        let Some(entry) = found.entries.into_iter().next() else { return Ok(None) };
        if entry.name.is_empty() || !filter.finds(self.login, |name| entry.texts(name)) {
            let what = "an entry that the filter does not find for this login name";
            return Err(NoVerdict::Said(code::CON_ANSWER, what));
        }
        Ok(Some(entry))
    }

    /// Takes the time that a wrong password takes.
    async fn bind_as_nobody(&self) -> Result<Verdict, NoVerdict> {
        let mut binding = self.directory.bind_link(self.moment).await?;
        let nobody = self.directory.nobody(&self.moment.entropy);
        let said = binding.bind(&nobody, &self.moment.entropy.token()).await?;
        if said.code == SUCCESS {
            return Err(LinkError::LetsAnyoneIn.into());
        }
        self.directory.keep_bind(binding);
        Ok(Verdict::Wrong)
    }

    async fn bind_by_name(&self, name: &NameTemplate) -> Result<Verdict, NoVerdict> {
        let Some(name) = name.filled(self.login) else { return self.bind_as_nobody().await };
        let mut link = match self.bind_directly(&name).await? {
            Ok(link) => link,
            Err(verdict) => return Ok(verdict),
        };
        let found = link.search((&name, Scope::Base), ANY, self.attributes, 1).await?;
        require_success(&found)?;
        let entry = found.entries.into_iter().next();
        let entry = entry.ok_or(NoVerdict::Said(code::CON_NOT_LET_IN, UNREAD))?;
        if !is_same_name(&entry.name, &name) {
            return Err(NoVerdict::Said(code::CON_ANSWER, "the entry of another reader"));
        }
        self.own_entry(link, entry).await
    }

    async fn bind_by_principal(
        &self,
        name: &NameTemplate,
        base: &str,
        filter: &FilterTemplate,
    ) -> Result<Verdict, NoVerdict> {
        let Some(name) = name.filled(self.login) else { return self.bind_as_nobody().await };
        let mut link = match self.bind_directly(&name).await? {
            Ok(link) => link,
            Err(verdict) => return Ok(verdict),
        };
        let place = (base, Scope::Subtree);
        let filled = filter.filled(self.login);
        let found = link.search(place, &filled, self.attributes, ONE_OR_MORE).await?;
        let entry = self.one_of(found, filter)?;
        let entry = entry.ok_or(NoVerdict::Said(code::CON_NOT_LET_IN, UNREAD))?;
        self.own_entry(link, entry).await
    }

    /// Binds as the reader; the connection, where that is the reader's now.
    async fn bind_directly(&self, name: &str) -> Result<Result<BindLink, Verdict>, NoVerdict> {
        let mut link = self.directory.bind_link(self.moment).await?;
        match account::outcome(&link.bind(name, self.password).await?) {
            BindOutcome::In => Ok(Ok(link)),
            BindOutcome::Wrong => {
                self.directory.keep_bind(link);
                Ok(Err(Verdict::Wrong))
            }
            BindOutcome::Kept(code, why) => {
                self.directory.keep_bind(link);
                Ok(Err(Verdict::Kept(code, why)))
            }
            BindOutcome::Fault(code, why) => Err(NoVerdict::Said(code, why)),
        }
    }

    /// What the reader's own entry says, read as that reader.
    async fn own_entry(&self, mut link: BindLink, entry: Entry) -> Result<Verdict, NoVerdict> {
        let state = account::state(&entry, self.moment.now);
        let verdict = if let Some(verdict) = verdict_on(BindOutcome::In, &state)? {
            verdict
        } else {
            let asker = Asker::Reader(&mut link);
            let (groups, notes) = groups::of(self.directory, asker, &entry.name).await?;
            Verdict::In(Box::new(Bound { entry, groups, state, notes }))
        };
        self.directory.keep_bind(link);
        Ok(verdict)
    }
}

const UNREAD: &str = "the reader is let in and may not read their own entry";

/// In whose name is asked.
pub(super) enum Asker<'l> {
    Hub(&'l mut SearchLink),
    Reader(&'l mut BindLink),
}

impl Asker<'_> {
    pub(super) async fn search(
        &mut self,
        place: (&str, Scope),
        filter: &str,
        attributes: &[String],
        most: i32,
    ) -> Result<Found, LinkError> {
        match self {
            Self::Hub(link) => link.search(place, filter, attributes, most).await,
            Self::Reader(link) => link.search(place, filter, attributes, most).await,
        }
    }
}

/// The verdict where the bind and the state of the account have settled it; `None`: let in.
fn verdict_on(outcome: BindOutcome, state: &State) -> Result<Option<Verdict>, NoVerdict> {
    match outcome {
        BindOutcome::In if state.must_change => {
            let why = "pwdReset: the password must be changed first";
            Ok(Some(Verdict::Kept(code::CON_PASSWORD_EXPIRED, why)))
        }
        BindOutcome::In => Ok(None),
        // A directory that keeps its locks to itself answers as to a wrong password.
        BindOutcome::Wrong if state.is_locked => {
            Ok(Some(Verdict::Kept(code::CON_LOCKED, "a lock stands in the entry")))
        }
        BindOutcome::Wrong => Ok(Some(Verdict::Wrong)),
        BindOutcome::Kept(code, why) => Ok(Some(Verdict::Kept(code, why))),
        BindOutcome::Fault(code, why) => Err(NoVerdict::Said(code, why)),
    }
}

/// A search that did not come to its end has found nothing that counts.
pub(super) fn require_success(found: &Found) -> Result<(), NoVerdict> {
    let (code, why) = match found.said.code {
        SUCCESS => return Ok(()),
        10 => (code::CON_NOT_LET_IN, "the directory refers the search to another server"),
        32 => (code::CON_NOT_LET_IN, "the search base does not exist"),
        50 => (code::CON_NOT_LET_IN, "the hub may not search there"),
        3 | 11 | 51 | 52 => (code::CON_UNREACHABLE, "the directory does not manage the search"),
        _ => (code::CON_ANSWER, "a search that ended with an error"),
    };
    Err(NoVerdict::Said(code, why))
}
