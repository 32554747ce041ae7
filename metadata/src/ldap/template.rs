//! Where a login name stands in a filter or in a name, and how it is written there.

use std::fmt::Write as _;

/// The one placeholder.
const LOGIN: &str = "{login}";
/// Longest template, and how deep a filter may be nested.
const LONGEST: usize = 1_000;
const DEEPEST: usize = 8;

/// A search filter (RFC 4515) with the login name in it.
///
/// The placeholder stands only where a whole value is compared, so that a login name can
/// become nothing but a value, and the entry that comes back can be held against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterTemplate {
    text: String,
    compared: Vec<Compared>,
}

/// One comparison with the login name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Compared {
    attribute: String,
    before: String,
    after: String,
}

impl FilterTemplate {
    /// Reads a template; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("is longer than {LONGEST} bytes"));
        }
        let mut reading = Reading { rest: text, compared: Vec::new() };
        reading.filter(0, true)?;
        if !reading.rest.is_empty() {
            return Err(format!("goes on after its end: `{}`", reading.rest));
        }
        if reading.compared.is_empty() {
            return Err("does not compare anything with {login}".to_owned());
        }
        Ok(Self { text: text.to_owned(), compared: reading.compared })
    }

    /// As written in the file.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The filter for one login name, which can change nothing but the values.
    pub fn filled(&self, login: &str) -> String {
        self.text.replace(LOGIN, &filter_value(login))
    }

    /// The attributes that are compared with the login name: an entry is asked for them too.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.compared.iter().map(|one| one.attribute.as_str())
    }

    /// Whether an entry with these values is one that this filter finds for `login`;
    /// `values` gives those of an attribute. Case and outer spaces make no difference, as in
    /// the matching rules of these attributes.
    pub fn finds<'v, I: Iterator<Item = &'v str>>(
        &self,
        login: &str,
        values: impl Fn(&str) -> I,
    ) -> bool {
        self.compared.iter().any(|one| {
            let wanted = folded(&format!("{}{login}{}", one.before, one.after));
            values(&one.attribute).any(|value| folded(value) == wanted)
        })
    }
}

/// RFC 4518 2.6.1 and 2.3: compared without regard to case and to how many spaces there are.
fn folded(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

struct Reading<'t> {
    rest: &'t str,
    compared: Vec<Compared>,
}

impl<'t> Reading<'t> {
    fn take(&mut self, what: char) -> bool {
        let rest = self.rest.strip_prefix(what);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, what: char) -> Result<(), String> {
        if self.take(what) {
            return Ok(());
        }
        let there = self.rest.chars().next().map_or("its end".to_owned(), |c| format!("`{c}`"));
        Err(format!("has {there} where `{what}` belongs"))
    }

    /// RFC 4515 3: `filter`. `may_ask`: the login name may stand here.
    fn filter(&mut self, depth: usize, may_ask: bool) -> Result<(), String> {
        if depth > DEEPEST {
            return Err(format!("is nested more than {DEEPEST} deep"));
        }
        self.expect('(')?;
        if self.take('&') || self.take('|') {
            self.filter(depth + 1, may_ask)?;
            while self.rest.starts_with('(') {
                self.filter(depth + 1, may_ask)?;
            }
        } else if self.take('!') {
            self.filter(depth + 1, false)?;
        } else {
            self.item(may_ask)?;
        }
        self.expect(')')
    }

    fn item(&mut self, may_ask: bool) -> Result<(), String> {
        let end = self.rest.find(['=', '(', ')']).unwrap_or(self.rest.len());
        let (left, right) = self.rest.split_at(end);
        self.rest = right;
        let attribute = left.trim_end_matches([':', '~', '<', '>']);
        let is_equality = attribute.len() == left.len() && !attribute.contains(':');
        if !is_attribute(attribute) {
            return Err(format!("has `{left}` where the name of an attribute belongs"));
        }
        self.expect('=')?;
        let value = self.value()?;
        let Some((before, after)) = value.split_once(LOGIN) else {
            return if value.contains(['{', '}']) {
                Err("has a placeholder other than {login}".to_owned())
            } else {
                Ok(())
            };
        };
        if [before, after].iter().any(|part| part.contains(['{', '}', '*', '\\'])) {
            return Err(format!("has something beside {{login}} in `{value}` that it cannot have"));
        }
        if !is_equality || !may_ask {
            return Err("has {login} elsewhere than in a plain comparison `(name={login})`".into());
        }
        self.compared.push(Compared {
            attribute: attribute.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
        });
        Ok(())
    }

    fn value(&mut self) -> Result<&'t str, String> {
        let end = self.rest.find(['(', ')']).unwrap_or(self.rest.len());
        let (value, rest) = self.rest.split_at(end);
        self.rest = rest;
        let mut bytes = value.bytes();
        while let Some(byte) = bytes.next() {
            let is_escape = byte == b'\\';
            let digits = is_escape.then(|| [bytes.next(), bytes.next()]);
            let is_good = digits.is_none_or(|both| {
                both.iter().all(|digit| digit.is_some_and(|d| d.is_ascii_hexdigit()))
            });
            if byte == 0 || !is_good {
                return Err(format!("has a bad escape in `{value}`: write \\ and two hex digits"));
            }
        }
        Ok(value)
    }
}

/// RFC 4512 2.5, with a matching rule perhaps: `member:1.2.840.113556.1.4.1941`.
pub(super) fn is_attribute(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ';' | ':');
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(is_part)
}

/// The name that a reader binds by, made of the login name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameTemplate {
    /// A distinguished name: `uid={login},ou=people,dc=example,dc=org`.
    Distinguished(String),
    /// A principal of Active Directory: `{login}@corp.example.org` or `CORP\{login}`.
    Principal(String),
}

impl NameTemplate {
    /// Reads a template; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split(LOGIN);
        let (Some(before), Some(after), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err("must hold {login} once".to_owned());
        };
        if text.len() > LONGEST || text.chars().any(char::is_control) {
            return Err("is too long or not printable".to_owned());
        }
        if [before, after].iter().any(|part| part.contains(['{', '}'])) {
            return Err("has a placeholder other than {login}".to_owned());
        }
        if before.contains('=') {
            let is_whole = before.ends_with('=') && (after.is_empty() || after.starts_with(','));
            return if is_whole {
                Ok(Self::Distinguished(text.to_owned()))
            } else {
                Err("must hold {login} as the whole value of an attribute".to_owned())
            };
        }
        let is_upn = before.is_empty() && after.len() > 1 && after.starts_with('@');
        let is_down_level = before.len() > 1 && before.ends_with('\\') && after.is_empty();
        if is_upn || is_down_level {
            Ok(Self::Principal(text.to_owned()))
        } else {
            Err("is neither a name such as uid={login},ou=people,… nor {login}@domain".to_owned())
        }
    }

    /// The name for one login; `None`: no reader of this directory has such a login name.
    ///
    /// A principal has no escapes, so a login that could mean more than a name in the
    /// template's own domain (`a@other`) is nobody's.
    pub fn filled(&self, login: &str) -> Option<String> {
        match self {
            Self::Distinguished(text) => Some(text.replace(LOGIN, &name_value(login))),
            Self::Principal(text) => {
                let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
                login.chars().all(is_plain).then(|| text.replace(LOGIN, login))
            }
        }
    }
}

/// A value in a filter (RFC 4515 3): whatever is not a letter or a digit is escaped, since
/// every octet may be.
pub fn filter_value(text: &str) -> String {
    escaped(text, |byte| byte.is_ascii_alphanumeric())
}

/// A value in a distinguished name (RFC 4514 2.4), escaped the same way.
pub fn name_value(text: &str) -> String {
    escaped(text, |byte| byte.is_ascii_alphanumeric())
}

fn escaped(text: &str, is_plain: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_plain(byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(out, "\\{byte:02x}");
        }
    }
    out
}

/// Whether two distinguished names are one, apart from case, spaces around separators and
/// how values are escaped (RFC 4518 is not applied in full: a difference means "another").
pub fn is_same_name(one: &str, other: &str) -> bool {
    let (one, other) = (name_parts(one), name_parts(other));
    one.is_some() && one == other
}

/// Attribute and value of each step, in order; an escaped separator is part of a value.
fn name_parts(name: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let (mut parts, mut part) = (Vec::new(), Vec::new());
    let mut bytes = name.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b',' | b';' => parts.push(std::mem::take(&mut part)),
            b'\\' => {
                let first = bytes.next()?;
                let digit = |byte: u8| char::from(byte).to_digit(16);
                match digit(first) {
                    Some(high) => {
                        let low = digit(bytes.next()?)?;
                        part.push((true, u8::try_from(high * 16 + low).ok()?));
                    }
                    None => part.push((true, first)),
                }
            }
            plain => part.push((false, plain)),
        }
    }
    parts.push(part);
    parts.into_iter().map(|part| step(&part)).collect()
}

/// `uid = Reader A`: bytes, each with whether it was escaped.
fn step(part: &[(bool, u8)]) -> Option<(String, Vec<u8>)> {
    let middle = part.iter().position(|(is_escaped, byte)| !is_escaped && *byte == b'=')?;
    let (left, right) = part.split_at(middle);
    let attribute: Vec<u8> = left.iter().map(|(_, byte)| *byte).collect();
    let attribute = String::from_utf8(attribute).ok()?.trim().to_ascii_lowercase();
    let is_space = |one: &&(bool, u8)| !one.0 && one.1 == b' ';
    let right = right.get(1..)?;
    let start = right.iter().take_while(is_space).count();
    let end = right.iter().rev().take_while(is_space).count();
    let value = right.get(start..right.len().saturating_sub(end)).unwrap_or_default();
    let value: Vec<u8> = value.iter().map(|(_, byte)| *byte).collect();
    let value = match String::from_utf8(value) {
        Ok(text) => text.to_lowercase().into_bytes(),
        Err(no_text) => no_text.into_bytes(),
    };
    Some((attribute, value))
}

#[cfg(test)]
mod tests;
