//! The connector `sip2`: the reader's card number and password, checked by the library system.
//!
//! ```text
//! form ─▶ a turn at the member's few connections ─▶ guess counted ─▶ 63 or 23 ─▶ 64 or 24
//!      ─▶ the answer to this very question? BL and CQ both Y? ─▶ PatronAccepted ─▶ Claimed
//! ```
//! SIP2 has no word for whose answer comes: a connection with any doubt on it is closed, and a
//! question is put again only where nothing of it had left.

mod facts;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod link;
mod pool;
mod probe;
mod settings;
mod verdict;
pub(crate) mod wire;

pub(crate) use verdict::PatronAccepted;

use crate::central::{Typed, bad_form, sign_in_form};
use crate::claimed::{Claimed, Proof};
use crate::{Ask, At, Begun, Clue, Connector, Entry, Finished, Probe};
use accounts::{Accounts, Attempt};
use async_trait::async_trait;
use link::{Answer, Link, LinkFault, patron_head};
use metadata::{KeyRing, TcpDialer};
use model::{ConnectorId, Handle, Inbound, MemberId, Method, Next, Refusal, Timestamp, code};
use pool::{Pool, Turn};
use settings::Settings;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;
use verdict::{Verdict, judge};
use wire::{MessageId, Request, WireFault};

/// Far above any form of ours.
const BODY_LIMIT: usize = 16 * 1024;
/// From the wait for a connection to the last byte of the answer.
const WHOLE: Duration = Duration::from_secs(8);
/// A patron's session at the library's system is ended within this, or left to it.
const ENDING: Duration = Duration::from_secs(1);
/// What `finish` must see again: there is one step only.
const STATE: &[u8] = b"sip2 password";

type Place = (MemberId, ConnectorId);

/// Asks for card number and password on the hub's own page, and the member's server for both.
pub struct Sip2Connector {
    accounts: Accounts,
    keys: Arc<KeyRing>,
    dialer: TcpDialer,
    /// By member and entry, with the version of the registry that they were looked at under.
    pools: Mutex<HashMap<Place, (u64, Arc<Pool>)>>,
    whole: Duration,
}

impl std::fmt::Debug for Sip2Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sip2Connector")
    }
}

/// Card number and password as they go over the wire.
struct Credentials<'t> {
    patron: String,
    password: &'t str,
}

impl Sip2Connector {
    /// Over the guess counters of these accounts; `keys` open the terminals' passwords.
    pub fn new(accounts: Accounts, keys: Arc<KeyRing>, dialer: TcpDialer) -> Self {
        Self { accounts, keys, dialer, pools: Mutex::default(), whole: WHOLE }
    }

    async fn prove(&self, at: &At<'_>, typed: &Typed<'_>) -> Result<Finished, Refusal> {
        if typed.username.trim().is_empty() || typed.password.is_empty() {
            // Some servers answer CQY to an empty password.
            return Err(Refusal::new(code::ACC_PASSWORD_EMPTY, "empty card number or password"));
        }
        let pool = self.pool(at)?;
        let whole = timeout(self.whole, self.ask_member(at, &pool, typed));
        whole.await.unwrap_or_else(|_| Err(unreachable("no answer in time")))
    }

    async fn ask_member(
        &self,
        at: &At<'_>,
        pool: &Arc<Pool>,
        typed: &Typed<'_>,
    ) -> Result<Finished, Refusal> {
        let settings = &pool.settings;
        let turn = pool.turn().await.map_err(|_| {
            Refusal::new(code::CON_BUSY, "too many logins wait for the library's system")
        })?;
        let attempt = Attempt {
            member: Some(&at.member.id),
            login: typed.username,
            password: typed.password,
            client: at.client,
            code: at.code,
        };
        // Not before its turn: who is sent away as busy has used up no guess.
        let guess = self.accounts.count_elsewhere(&attempt, at.connector, at.moment).await?;
        let who = Credentials { patron: half_width(typed.username), password: typed.password };
        if question("23", &who, settings).is_err() {
            return Err(guess.missed(at.moment).await);
        }
        let now = at.moment.now;
        let (mut link, answer) = ask(&turn, settings, &who, now).await.map_err(|f| fault(&f))?;
        let verdict = judge(answer, &who.patron, settings)
            .map_err(|doubt| Refusal::new(code::CON_ANSWER, doubt.to_string()))?;
        match verdict {
            Verdict::Wrong { is_own, is_unsaid } => {
                if is_unsaid {
                    let member = at.member.id.as_str();
                    tracing::warn!(
                        member,
                        "its SIP2 server does not say whether passwords match (CQ)"
                    );
                }
                if is_own {
                    turn.keep(link, now);
                }
                Err(guess.missed(at.moment).await)
            }
            Verdict::Accepted(proof) => {
                guess.hit().await?;
                if !settings.end_session || end_session(&mut link, settings, &who, now).await {
                    turn.keep(link, now);
                }
                let facts = facts::facts(at, settings, &proof)?;
                let claim = Claimed::new(Proof::Patron(proof), at, facts);
                Ok(Finished::Claimed(Box::new(claim)))
            }
        }
    }

    /// The connections of this entry, new ones where its settings are others than they were.
    fn pool(&self, at: &At<'_>) -> Result<Arc<Pool>, Refusal> {
        let version = at.snapshot.version();
        let place = (at.member.id.clone(), at.connector.clone());
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((seen, pool)) = pools.get(&place)
            && *seen == version
        {
            return Ok(Arc::clone(pool));
        }
        // What no entry names any more closes its connections.
        pools.retain(|(member, connector), _| {
            at.snapshot.member(member).is_some_and(|m| m.connector(connector).is_some())
        });
        let settings = Settings::read(at, &self.keys)?;
        let pool = match pools.remove(&place) {
            Some((_, pool)) if pool.settings == settings => pool,
            _ => Pool::new(settings, self.dialer),
        };
        pools.insert(place, (version, Arc::clone(&pool)));
        Ok(pool)
    }
}

/// Puts the question, and puts it again by a new connection only where a kept one was not fit
/// and nothing had left.
async fn ask(
    turn: &Turn,
    settings: &Settings,
    who: &Credentials<'_>,
    now: Timestamp,
) -> Result<(Link, Answer), LinkFault> {
    if let Some(mut kept) = turn.kept(now) {
        match ask_by(&mut kept, settings, who, now).await {
            Err(fault) if fault.is_unheard() => {}
            outcome => return outcome.map(|answer| (kept, answer)),
        }
    }
    let mut fresh = turn.fresh(now).await?;
    let answer = ask_by(&mut fresh, settings, who, now).await?;
    Ok((fresh, answer))
}

async fn ask_by(
    link: &mut Link,
    settings: &Settings,
    who: &Credentials<'_>,
    now: Timestamp,
) -> Result<Answer, LinkFault> {
    let is_information = link.asks_information(settings);
    let head = patron_head(settings, is_information, now);
    let request = question(&head, who, settings)?;
    let wanted =
        if is_information { MessageId::PatronInformation } else { MessageId::PatronStatus };
    link.ask(settings, &request, wanted).await
}

fn question(head: &str, who: &Credentials<'_>, settings: &Settings) -> Result<Request, WireFault> {
    let terminal = &settings.terminal;
    let patron_password = terminal.patron_password.as_ref().map_or("", |secret| secret.as_str());
    Request::new(head, settings.charset)
        .field("AO", &terminal.institution)?
        .field("AA", &who.patron)?
        .field("AC", patron_password)?
        .field("AD", who.password)
}

/// Tells the system that the patron is done; whether the connection is still in step.
async fn end_session(
    link: &mut Link,
    settings: &Settings,
    who: &Credentials<'_>,
    now: Timestamp,
) -> bool {
    let head = format!("35{}", wire::stamp(now, settings.zone));
    let Ok(request) = question(&head, who, settings) else { return false };
    let ended = timeout(ENDING, link.ask(settings, &request, MessageId::EndSession)).await;
    matches!(ended, Ok(Ok(_)))
}

#[async_trait]
impl Connector for Sip2Connector {
    fn kind(&self) -> &'static str {
        "sip2"
    }

    fn entries(&self) -> Vec<Entry> {
        vec![Entry { path: "/login", method: Method::Post, body_limit: BODY_LIMIT }]
    }

    fn identify(&self, inbound: &Inbound) -> Option<Clue> {
        let params = inbound.form_params().ok()?;
        let handle = params.one("handle").ok()??;
        Handle::parse(handle).ok().map(Clue::Handle)
    }

    async fn begin(&self, at: &At<'_>, ask: &Ask<'_>) -> Result<Begun, Refusal> {
        if ask.passive {
            return Err(Refusal::new(code::LOG_LOGIN_REQUIRED, "a password cannot be had unasked")
                .at_member(&at.member.id));
        }
        let form = sign_in_form(at, ask, ask.login_hint.unwrap_or_default(), None);
        Ok(Begun { next: Next::Ask(form), state: STATE.to_vec() })
    }

    async fn finish(
        &self,
        at: &At<'_>,
        inbound: &Inbound,
        state: Option<&[u8]>,
        ask: Option<&Ask<'_>>,
    ) -> Result<Finished, Refusal> {
        let (Some(state), Some(ask)) = (state, ask) else {
            let log = "a password without a login in flight";
            return Err(Refusal::new(code::LOG_STATE_MISSING, log));
        };
        if state != STATE {
            return Err(Refusal::new(code::LOG_STATE_FORGED, "sip2 state cannot be read"));
        }
        let params = inbound.form_params().map_err(bad_form)?;
        let typed = Typed::read(&params)?;
        match self.prove(at, &typed).await {
            Err(refusal) if can_correct(&refusal) => {
                let form = sign_in_form(at, ask, typed.username, Some(refusal.code()));
                Ok(Finished::Again(Begun { next: Next::Ask(form), state: STATE.to_vec() }))
            }
            Err(refusal) => Err(refusal.at_member(&at.member.id)),
            done => done,
        }
    }

    async fn probe(&self, at: &At<'_>) -> Probe {
        match self.pool(at) {
            Ok(pool) => probe::probe(&pool.settings, self.dialer, at.moment.now).await,
            Err(refusal) => Probe { is_ready: false, findings: vec![refusal.to_string()] },
        }
    }
}

fn can_correct(refusal: &Refusal) -> bool {
    let code = refusal.code();
    code.as_str().starts_with("ACC-") && code.info().next == model::NextStep::Correct
}

/// A fault of the connection as its readers meet it.
fn fault(fault: &LinkFault) -> Refusal {
    let code = match fault {
        LinkFault::Dial(_) | LinkFault::Broken(_) | LinkFault::Unfit(_) => code::CON_UNREACHABLE,
        LinkFault::NotLetIn | LinkFault::Offline => code::CON_NOT_LET_IN,
        LinkFault::Wire(_)
        | LinkFault::Other(..)
        | LinkFault::Second
        | LinkFault::Sequence
        | LinkFault::ResendLoop => code::CON_ANSWER,
    };
    Refusal::new(code, fault.to_string())
}

fn unreachable(why: &str) -> Refusal {
    Refusal::new(code::CON_UNREACHABLE, why)
}

/// Letters and digits of a Chinese input method are those of the card.
fn half_width(typed: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    typed.trim().chars().map(narrow).collect()
}

#[cfg(test)]
mod tests;
