//! What an entry of a connector says, read into types: one file a kind.
//!
//! `check` and the connector read the same way, so what the one lets pass the other
//! understands. Which keys a kind knows stands in its file of the check.

mod cas;
mod signed_link;

pub use cas::{CasCallback, CasSettings, CasVersion};
pub use signed_link::SignedLinkSettings;

use crate::registry::web_address;
use model::ConnectorEntry;
use serde_json::Value;

/// A setting that cannot be used as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingFault {
    /// The key, as in `server`.
    pub key: &'static str,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub remedy: &'static str,
}

/// Reads one entry key by key, and collects what is wrong with it.
struct Reader<'e> {
    entry: &'e ConnectorEntry,
    faults: Vec<SettingFault>,
}

impl<'e> Reader<'e> {
    fn of(entry: &'e ConnectorEntry) -> Self {
        Self { entry, faults: Vec::new() }
    }

    fn fault(&mut self, key: &'static str, what: impl Into<String>, remedy: &'static str) {
        self.faults.push(SettingFault { key, what: what.into(), remedy });
    }

    /// A text, where the key is there.
    fn text(&mut self, key: &'static str, remedy: &'static str) -> Option<&'e str> {
        let value = self.entry.settings.get(key)?;
        if let Value::String(text) = value {
            return Some(text);
        }
        self.fault(key, "wrong type", remedy);
        None
    }

    /// An address that a browser or the hub is sent to, without fragment: https, or http
    /// for loopback names.
    fn address(&mut self, key: &'static str, remedy: &'static str) -> Option<&'e str> {
        let text = self.text(key, remedy)?;
        let fault = match web_address(text) {
            Err((what, _)) => what,
            Ok(_) if text.contains('#') => "a fragment",
            Ok(_) if !text.is_ascii() => "a character that is not ASCII",
            Ok(_) => return Some(text),
        };
        self.fault(key, format!("`{text}`: {fault}"), remedy);
        None
    }

    /// One of these words, the first where the key is absent.
    fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        all: &[(&str, T)],
        remedy: &'static str,
    ) -> Option<T> {
        let Some(value) = self.entry.settings.get(key) else {
            return all.first().map(|(_, default)| *default);
        };
        // A number may stand without quotes.
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let found = all.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            self.fault(key, format!("`{text}` is none of its values"), remedy);
        }
        found
    }
}
