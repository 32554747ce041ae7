//! A first look at the bytes, in one pass and without memory.
//!
//! The parser behind checks well-formedness; this refuses first what would
//! make it slow or what must never reach it: its duplicate-attribute check
//! is quadratic, DTDs are never legitimate here, and it takes names that
//! Namespaces in XML does not allow, which other readers take for others.

use super::{Limits, XmlFault};

pub(super) fn check(text: &str, limits: &Limits) -> Result<(), XmlFault> {
    let mut rest = text;
    let mut depth = 0_u32;
    while let Some(at) = rest.find('<') {
        rest = rest.get(at + 1..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix("!--") {
            refuse_comment(limits)?;
            rest = past(after, "-->");
        } else if let Some(after) = rest.strip_prefix("![CDATA[") {
            rest = past(after, "]]>");
        } else if rest.starts_with('!') {
            return Err(XmlFault::Dtd);
        } else if let Some(after) = rest.strip_prefix('?') {
            if !is_declaration(after) {
                refuse_comment(limits)?;
            }
            rest = past(after, "?>");
        } else if rest.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else {
            let tag = Tag::read(rest);
            if tag.values > limits.attributes {
                return Err(XmlFault::TooManyAttributes(limits.attributes));
            }
            if !tag.are_names_qualified {
                return Err(XmlFault::malformed("a name with a colon where none may stand"));
            }
            depth += u32::from(!tag.is_empty);
            if depth > limits.depth {
                return Err(XmlFault::TooDeep(limits.depth));
            }
            rest = tag.after;
        }
    }
    Ok(())
}

/// `xml` of the XML declaration; `xml-stylesheet` and the like are instructions.
fn is_declaration(after: &str) -> bool {
    after.strip_prefix("xml").is_some_and(|r| r.starts_with([' ', '\t', '\r', '\n']))
}

const fn refuse_comment(limits: &Limits) -> Result<(), XmlFault> {
    if limits.comments { Ok(()) } else { Err(XmlFault::Comment) }
}

/// What follows `end`; nothing where it does not come, which the parser then reports.
fn past<'a>(text: &'a str, end: &str) -> &'a str {
    text.split_once(end).map_or("", |(_, after)| after)
}

/// A start tag, as far as its shape goes.
struct Tag<'a> {
    /// Quoted values: its attributes and declarations.
    values: usize,
    /// Whether its own name and those of its attributes are each a `QName`.
    are_names_qualified: bool,
    /// Whether it closes itself.
    is_empty: bool,
    /// What follows it; nothing where it does not end, which the parser then reports.
    after: &'a str,
}

impl<'a> Tag<'a> {
    fn read(text: &'a str) -> Self {
        let mut tag = Tag { values: 0, are_names_qualified: true, is_empty: false, after: "" };
        let mut quote = None;
        let mut name = Some(0);
        for (place, byte) in text.bytes().enumerate() {
            if let Some(open) = quote {
                quote = quote.filter(|_| byte != open);
                continue;
            }
            let is_in_name =
                !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'=' | b'/' | b'>' | b'"' | b'\'');
            match name {
                None if is_in_name => name = Some(place),
                Some(from) if !is_in_name => {
                    tag.are_names_qualified &= text.get(from..place).is_some_and(is_qualified);
                    name = None;
                }
                _ => {}
            }
            match byte {
                b'"' | b'\'' => {
                    quote = Some(byte);
                    tag.values += 1;
                }
                b'>' => {
                    tag.is_empty = text.get(..place).is_some_and(|t| t.ends_with('/'));
                    tag.after = text.get(place + 1..).unwrap_or_default();
                    return tag;
                }
                _ => {}
            }
        }
        tag
    }
}

/// `QName` as far as its colon goes (Namespaces in XML 1.0, section 4); the parser sees to the
/// letters of the name as a whole, and this to the first one after the colon.
fn is_qualified(name: &str) -> bool {
    let Some((prefix, local)) = name.split_once(':') else { return true };
    let cannot_begin = |c: char| c.is_ascii_digit() || matches!(c, '-' | '.' | '\u{B7}' | ':');
    !prefix.is_empty()
        && !local.contains(':')
        && local.chars().next().is_some_and(|c| !cannot_begin(c))
}
