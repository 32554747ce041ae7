//! The key that a member knows its reader by.

use super::names::{is_scoped, is_subject_identifier};
use super::reading::{Reading, bad, split_scope};
use super::take::{Taken, Why};
use super::usual::usual;
use model::{AttributeName, LocalKey, Refusal, code};

/// Longest key in bytes.
const KEY_BYTES: usize = 512;

impl Reading<'_> {
    /// The reader's key: of the first attribute present, which must then be good.
    pub(super) fn key(&mut self) -> Result<LocalKey, Refusal> {
        let Some(taken) = self.take(AttributeName::LocalId)? else {
            let what = format!("local_id: none of {} is there with a lasting value", self.tried());
            return Err(Refusal::new(code::LOG_NO_LOCAL_ID, what));
        };
        let Taken { name, values, is_made } = taken;
        let [value] = values.as_slice() else {
            return Err(bad(&name, "more than one value for one reader"));
        };
        if value.len() > KEY_BYTES || value.chars().any(char::is_control) {
            return Err(bad(&name, "too long or not printable"));
        }
        if !is_made {
            self.key_scope(&name, value).map_err(|why| why.refusal(&name))?;
        }
        // Subject Identifier Attributes 3.3.1, eduPerson: compared without regard to case.
        let key = if is_scoped(&name) { value.to_lowercase() } else { value.clone() };
        let key = LocalKey::new(&key).ok_or_else(|| bad(&name, "too long or not printable"))?;
        self.kept.insert(AttributeName::LocalId);
        Ok(key)
    }

    fn tried(&self) -> String {
        let entry = self.at.entry;
        let names: Vec<&str> = match entry.attributes.get(&AttributeName::LocalId) {
            Some(sources) => sources.names().collect(),
            None => usual(&entry.kind, AttributeName::LocalId).to_vec(),
        };
        names.join(", ")
    }

    /// Rule 5 for a key as the member wrote it.
    pub(super) fn key_scope(&self, name: &str, value: &str) -> Result<(), Why> {
        if !is_scoped(name) {
            return Ok(());
        }
        let Some((_, scope)) = split_scope(value) else {
            return Err(Why::bad("without a scope"));
        };
        if is_subject_identifier(name) && !is_subject_form(value) {
            return Err(Why::bad("not of the form that its profile fixes"));
        }
        if !self.at.member.owns_scope(scope) {
            return Err(Why::FOREIGN);
        }
        Ok(())
    }
}

/// `[A-Za-z0-9][-=A-Za-z0-9]{0,126}` before the scope, `[-.A-Za-z0-9]{1,127}` after it.
fn is_subject_form(value: &str) -> bool {
    let Some((local, scope)) = split_scope(value) else { return false };
    let is_part = |part: &str, extra: &[u8]| {
        part.len() <= 127
            && part.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || extra.contains(&b))
    };
    is_part(local, b"-=") && is_part(scope, b"-.")
}
