//! What the service remembers of its browsers, in memory.

use crate::clock::{now_s, token};
use axum::http::{HeaderMap, header};
use std::collections::HashMap;
use std::sync::Mutex;

/// Most browsers remembered; the oldest is forgotten first.
const MOST: usize = 10_000;
const LIFE_S: i64 = 3600;
const PENDING_S: i64 = 600;

/// Values kept per browser under a random cookie.
pub(crate) struct Browsers<T> {
    cookie: &'static str,
    kept: Mutex<HashMap<String, (i64, T)>>,
}

impl<T: Clone> Browsers<T> {
    pub(crate) fn new(cookie: &'static str) -> Self {
        Self { cookie, kept: Mutex::new(HashMap::new()) }
    }

    /// Keeps a value and returns its `Set-Cookie` header.
    pub(crate) fn keep(&self, value: T) -> String {
        let key = token();
        if let Ok(mut kept) = self.kept.lock() {
            let now = now_s();
            if kept.len() >= MOST {
                kept.retain(|_, (at, _)| now - *at < LIFE_S);
            }
            if kept.len() >= MOST {
                kept.clear();
            }
            kept.insert(key.clone(), (now, value));
        }
        format!("{}={key}; Path=/; HttpOnly; SameSite=Lax", self.cookie)
    }

    /// The value of this browser, while it lives.
    pub(crate) fn find(&self, headers: &HeaderMap) -> Option<T> {
        let key = cookie(headers, self.cookie)?;
        let kept = self.kept.lock().ok()?;
        let (at, value) = kept.get(&key)?;
        (now_s() - at < LIFE_S).then(|| value.clone())
    }

    /// Takes the value away: it works once.
    pub(crate) fn take(&self, headers: &HeaderMap) -> Option<T> {
        let key = cookie(headers, self.cookie)?;
        let (at, value) = self.kept.lock().ok()?.remove(&key)?;
        (now_s() - at < LIFE_S).then_some(value)
    }
}

/// Logins under way: kept under a key that travels in the protocol (`state`,
/// a request id), bound to the browser that began, taken once.
pub(crate) struct Pending<T> {
    kept: Mutex<HashMap<String, (i64, String, T)>>,
}

/// The cookie that binds a login to its browser; `None`, as SAML posts back across sites.
const VISITOR: &str = "visitor";

impl<T> Pending<T> {
    pub(crate) fn new() -> Self {
        Self { kept: Mutex::new(HashMap::new()) }
    }

    /// Keeps a value; returns the `Set-Cookie` header that binds it.
    pub(crate) fn keep(&self, headers: &HeaderMap, key: String, value: T) -> String {
        let visitor = cookie(headers, VISITOR).unwrap_or_else(token);
        if let Ok(mut kept) = self.kept.lock() {
            let now = now_s();
            if kept.len() >= MOST {
                kept.retain(|_, (at, ..)| now - *at < PENDING_S);
            }
            if kept.len() < MOST {
                kept.insert(key, (now, visitor.clone(), value));
            }
        }
        format!("{VISITOR}={visitor}; Path=/; Secure; HttpOnly; SameSite=None")
    }

    /// Takes the value, in the browser that began only.
    pub(crate) fn take(&self, headers: &HeaderMap, key: &str) -> Option<T> {
        let (at, visitor, value) = self.kept.lock().ok()?.remove(key)?;
        let same = cookie(headers, VISITOR).is_some_and(|v| v == visitor);
        (same && now_s() - at < PENDING_S).then_some(value)
    }
}

fn cookie(headers: &HeaderMap, wanted: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == wanted && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}
