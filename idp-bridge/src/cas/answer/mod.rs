//! What a CAS server answers about a ticket, in all the shapes that are in use.

mod json;
mod xml;

#[cfg(test)]
mod tests;

/// Largest answer that is read, in bytes.
pub(super) const LARGEST: usize = 64 << 10;
/// Most values of one answer.
const MOST_VALUES: usize = 512;
/// Longest login name in characters.
const LONGEST_USER: usize = 256;
/// JSON inside a text is opened this deep, and not inside itself again.
const DEEPEST: usize = 8;

/// The answer (CAS Protocol 2.5.2, 2.5.3).
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The ticket was good.
    Success(Success),
    /// It was not.
    Failure(Failure),
}

/// For whom a ticket was good. Debug shows no value.
#[derive(PartialEq, Eq)]
pub(super) struct Success {
    /// `cas:user`.
    pub(super) user: String,
    /// Name and value, in order; of nested ones with a dot between the names.
    pub(super) attributes: Vec<(String, String)>,
    /// The ticket came by way of another service.
    pub(super) is_proxied: bool,
}

impl std::fmt::Debug for Success {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.attributes.iter().map(|(name, _)| name)).finish()
    }
}

/// Why a ticket was not good: the code alone, capital letters and `_`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: String,
}

/// Why an answer is none. Holds nothing of it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("neither XML nor JSON")]
    Neither,
    #[error("a web page, and no answer of a CAS server: is `server` the right address?")]
    Page,
    #[error("XML: {0}")]
    Xml(saml::xml::XmlFault),
    #[error("not the JSON of a serviceResponse")]
    Json,
    #[error("{0}")]
    Shape(&'static str),
}

/// Reads an answer; XML or JSON is told by its first character.
pub(super) fn read(body: &[u8]) -> Result<Answer, Fault> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
    match body.first() {
        Some(b'{') => json::read(body),
        Some(b'<') if is_page(body) => Err(Fault::Page),
        Some(b'<') => xml::read(body),
        _ => Err(Fault::Neither),
    }
}

fn is_page(body: &[u8]) -> bool {
    let begins = |what: &[u8]| body.get(..what.len()).is_some_and(|b| b.eq_ignore_ascii_case(what));
    begins(b"<!doctype html") || begins(b"<html")
}

/// The values of an answer while it is read.
#[derive(Default)]
struct Collected(Vec<(String, String)>);

impl Collected {
    fn add(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        if self.0.len() == MOST_VALUES {
            return Err(Fault::Shape("more values than are read"));
        }
        self.0.push((name.to_owned(), value.trim().to_owned()));
        Ok(())
    }

    /// A text, and what lies in it where it is JSON itself, as some systems release lists.
    fn add_text(&mut self, name: &str, text: &str) -> Result<(), Fault> {
        let text = text.trim();
        let is_json = text.starts_with(['{', '[']);
        match is_json.then(|| serde_json::from_str::<serde_json::Value>(text)) {
            Some(Ok(inside)) => {
                if !name.is_empty() {
                    self.add(name, text)?;
                }
                self.add_json(name, &inside, 0)
            }
            // Text between elements has no name, and says nothing.
            _ if name.is_empty() => Ok(()),
            _ => self.add(name, text),
        }
    }

    /// `{"a": {"b": [1, 2]}}` below `x` is `x.a.b` twice.
    fn add_json(
        &mut self,
        name: &str,
        value: &serde_json::Value,
        depth: usize,
    ) -> Result<(), Fault> {
        use serde_json::Value;
        if depth > DEEPEST {
            return Err(Fault::Shape("JSON nested deeper than is read"));
        }
        match value {
            Value::Bool(_) | Value::Number(_) if !name.is_empty() => {
                self.add(name, &value.to_string())
            }
            Value::String(text) if !name.is_empty() => self.add(name, text),
            Value::Array(all) => {
                all.iter().try_for_each(|value| self.add_json(name, value, depth + 1))
            }
            Value::Object(all) => all.iter().try_for_each(|(key, value)| {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                self.add_json(&name, value, depth + 1)
            }),
            _ => Ok(()),
        }
    }
}

fn success(user: &str, attributes: Collected, is_proxied: bool) -> Result<Answer, Fault> {
    let user = user.trim();
    if user.is_empty() {
        return Err(Fault::Shape("an empty user"));
    }
    if user.chars().count() > LONGEST_USER || user.chars().any(char::is_control) {
        return Err(Fault::Shape("a user that is too long or not printable"));
    }
    Ok(Answer::Success(Success { user: user.to_owned(), attributes: attributes.0, is_proxied }))
}

/// A code is passed on to logs and pages of librarians, so nothing else passes for one.
fn failure(code: &str) -> Answer {
    let code: String =
        code.trim().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(64).collect();
    let code = if code.is_empty() { "NO_CODE".to_owned() } else { code };
    Answer::Failure(Failure { code: code.to_ascii_uppercase() })
}
