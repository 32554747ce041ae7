//! The hub's cookies, and how many of them a browser may carry.
//!
//! One `Cookie` line must pass a proxy with default limits (8 kB), so a browser keeps the
//! states of its two newest logins, at most 3 kB each and 7 kB with all else of the hub.

use model::{Cookie, Handle, Inbound, LoginCode, MemberId, Moment, SameSite, Sid, Timestamp};
use std::collections::BTreeMap;

/// The session: `Lax`, so a cross-site post never carries it.
pub(crate) const SESSION: &str = "__Host-rp_sid";
/// Binds logins in flight to this browser: `None`, since a campus posts back across sites.
pub(crate) const BINDING: &str = "__Host-rp_b";
/// Whose session runs here, as a keyed hash: `None`, so that a campus's post carries it.
pub(crate) const MARK: &str = "__Host-rp_who";
/// Libraries used before.
pub(crate) const RECENT: &str = "__Host-rp_recent";
/// One login in flight, named by its handle.
pub(crate) const STATE_PREFIX: &str = "__Host-rp_s_";

/// Longest state cookie, name and value.
pub(crate) const LARGEST_STATE: usize = 3_000;
/// All state cookies together; leaves 500 bytes of 7 kB to all other cookies of the hub.
const LARGEST_ALL: usize = 7 * 1024 - 500;
/// Logins whose states are kept.
const MOST_LOGINS: usize = 2;
/// Cookies that one answer removes. A browser of ours never has so many; what a request
/// claims beyond them goes with the next answers, and none grows past a proxy's limit.
const MOST_REMOVED: usize = 32;
/// Libraries remembered.
const MOST_RECENT: usize = 5;
const YEAR_S: u32 = 365 * 86_400;
/// Characters of a binding: 128 bits, base64url.
const BINDING_LEN: usize = 22;
/// Characters of a session id: 256 bits, base64url.
const SID_LEN: usize = 43;

/// The value that binds logins to one browser.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    pub(crate) value: String,
    /// Drawn just now: the cookie must be set.
    pub(crate) is_new: bool,
}

impl Binding {
    /// The browser's own, else a fresh one. A malformed one is no binding (N23).
    pub(crate) fn of(inbound: &Inbound, moment: &Moment) -> Self {
        match sent_binding(inbound) {
            Some(value) => Self { value: value.to_owned(), is_new: false },
            None => Self { value: moment.entropy.short_token(), is_new: true },
        }
    }

    pub(crate) fn cookie(&self) -> Cookie {
        Cookie {
            name: BINDING.to_owned(),
            value: self.value.clone(),
            max_age_s: None,
            same_site: SameSite::None,
        }
    }
}

/// The binding as the browser sent it.
pub(crate) fn sent_binding(inbound: &Inbound) -> Option<&str> {
    inbound.cookie(BINDING).filter(|value| value.len() == BINDING_LEN && is_base64url(value))
}

/// The session id as the browser sent it; `None` for a malformed one.
pub(crate) fn sent_sid(inbound: &Inbound) -> Option<Sid> {
    let value = inbound.cookie(SESSION).filter(|value| value.len() == SID_LEN)?;
    Sid::parse(value).ok()
}

/// The session cookie; `None` ends with the browser.
pub(crate) fn session_cookie(sid: &Sid, max_age_s: Option<u32>) -> Cookie {
    Cookie {
        name: SESSION.to_owned(),
        value: sid.as_str().to_owned(),
        max_age_s,
        same_site: SameSite::Lax,
    }
}

/// The mark of the reader whose session runs, for as long as its cookie.
pub(crate) fn mark(value: String, max_age_s: Option<u32>) -> Cookie {
    Cookie { name: MARK.to_owned(), value, max_age_s, same_site: SameSite::None }
}

fn is_base64url(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Where a state lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// In the cookie, base64url.
    Here(&'a str),
    /// In the shared store under this key.
    Parked(&'a str),
}

/// The value of a state cookie: `SECONDS.CODE.sSTATE`, or `….pKEY` where it is parked.
///
/// Time and code stand in the clear and prove nothing: they only order the cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StateValue<'a> {
    pub(crate) made_s: i64,
    pub(crate) code: LoginCode,
    pub(crate) place: Place<'a>,
}

impl<'a> StateValue<'a> {
    pub(crate) fn write(&self) -> String {
        match self.place {
            Place::Here(state) => format!("{:x}.{}.s{state}", self.made_s, self.code),
            Place::Parked(key) => format!("{:x}.{}.p{key}", self.made_s, self.code),
        }
    }

    pub(crate) fn parse(value: &'a str) -> Option<Self> {
        let (made, rest) = value.split_once('.')?;
        let (code, body) = rest.split_once('.')?;
        let made_s = i64::from_str_radix(made, 16).ok()?;
        let code = LoginCode::parse(code).ok()?;
        let place = match body.split_at_checked(1)? {
            ("s", state) if is_base64url(state) => Place::Here(state),
            ("p", key) if is_base64url(key) && key.len() <= 64 => Place::Parked(key),
            _ => return None,
        };
        Some(Self { made_s, code, place })
    }
}

pub(crate) fn state_name(handle: &Handle) -> String {
    format!("{STATE_PREFIX}{handle}")
}

pub(crate) fn state_cookie(handle: &Handle, value: String, max_age_s: u32) -> Cookie {
    Cookie {
        name: state_name(handle),
        value,
        max_age_s: Some(max_age_s),
        same_site: SameSite::None,
    }
}

fn states(inbound: &Inbound) -> impl Iterator<Item = (&str, &str)> {
    inbound.cookies().filter(|(name, _)| name.starts_with(STATE_PREFIX))
}

/// The handles of logins that the browser carries, no more than it is given.
pub(crate) fn sent_handles(inbound: &Inbound) -> Vec<Handle> {
    let names = states(inbound).filter_map(|(name, _)| name.strip_prefix(STATE_PREFIX));
    names.filter_map(|handle| Handle::parse(handle).ok()).take(2 * MOST_LOGINS).collect()
}

/// Whether the browser sent any cookie of a login: none at all means that it keeps none.
pub(crate) fn sent_any(inbound: &Inbound) -> bool {
    inbound.cookie(BINDING).is_some() || states(inbound).next().is_some()
}

/// Removes every state of a login that has ended, and malformed ones.
pub(crate) fn removals_of(inbound: &Inbound, code: LoginCode) -> Vec<Cookie> {
    let parsed = || states(inbound).map(|(name, value)| (name, StateValue::parse(value)));
    let ended = parsed().filter(|(_, state)| state.is_some_and(|state| state.code == code));
    let malformed = parsed().filter(|(_, state)| state.is_none());
    removals(ended.chain(malformed).map(|(name, _)| name))
}

/// The first of these, so that those come first that must go.
fn removals<'n>(names: impl Iterator<Item = &'n str>) -> Vec<Cookie> {
    names.take(MOST_REMOVED).map(|name| Cookie::removal(name, SameSite::None)).collect()
}

/// Removes what must go so that `added` fits: all but the first and the newest state of a
/// login, logins beyond the two newest, the oldest while it is too much in all, and
/// malformed states.
pub(crate) fn make_room(inbound: &Inbound, added: &Cookie, code: LoginCode) -> Vec<Cookie> {
    let (mut removed, mut malformed) = (Vec::new(), Vec::new());
    let mut kept: Vec<(&str, &str, StateValue<'_>)> = Vec::new();
    for (name, value) in states(inbound).filter(|(name, _)| *name != added.name) {
        match StateValue::parse(value) {
            Some(state) => kept.push((name, value, state)),
            None => malformed.push(name),
        }
    }
    kept.sort_by_key(|(_, _, state)| std::cmp::Reverse(state.made_s));
    let mut of_login: BTreeMap<String, usize> = BTreeMap::new();
    of_login.insert(code.to_string(), 1);
    let mut size = cost(&added.name, &added.value);
    // The oldest state of a login is its choice of library, to which the back button leads.
    let first_of = |code: LoginCode| {
        kept.iter().rev().find(|(_, _, s)| s.code == code).map(|(name, _, _)| *name)
    };
    for (name, value, state) in &kept {
        let is_first = first_of(state.code) == Some(*name);
        let logins = of_login.len();
        let seen = of_login.get(&state.code.to_string()).copied();
        let fits = match seen {
            None => logins < MOST_LOGINS,
            Some(_) => is_first,
        };
        if fits && size + cost(name, value) <= LARGEST_ALL {
            size += cost(name, value);
            *of_login.entry(state.code.to_string()).or_default() += 1;
        } else {
            removed.push(*name);
        }
    }
    removals(removed.into_iter().chain(malformed))
}

/// `name=value; `
fn cost(name: &str, value: &str) -> usize {
    name.len() + value.len() + 3
}

/// Libraries this browser used, newest first. The cookie is not sealed and proves nothing.
pub(crate) fn recent(inbound: &Inbound) -> Vec<MemberId> {
    inbound
        .cookie(RECENT)
        .unwrap_or_default()
        .split('.')
        .filter_map(|id| MemberId::parse(id).ok())
        .take(MOST_RECENT)
        .collect()
}

/// Remembers a library as the newest.
pub(crate) fn remember(inbound: &Inbound, member: &MemberId) -> Cookie {
    let older = recent(inbound).into_iter().filter(|m| m != member).take(MOST_RECENT - 1);
    let ids: Vec<String> = std::iter::once(member.clone()).chain(older).map(String::from).collect();
    Cookie {
        name: RECENT.to_owned(),
        value: ids.join("."),
        max_age_s: Some(YEAR_S),
        same_site: SameSite::Lax,
    }
}

/// Seconds until `then`, for a cookie's life.
pub(crate) fn seconds_until(then: Timestamp, now: Timestamp) -> u32 {
    u32::try_from(then.seconds_since(now).max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
