//! A first look at the bytes, in one pass and without memory.
//!
//! The parser behind checks well-formedness; this refuses first what would
//! make it slow or what must never reach it: its duplicate-attribute check
//! is quadratic, and DTDs are never legitimate here.

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
            let (attributes, empty, after) = tag(rest);
            if attributes > limits.attributes {
                return Err(XmlFault::TooManyAttributes(limits.attributes));
            }
            depth += u32::from(!empty);
            if depth > limits.depth {
                return Err(XmlFault::TooDeep(limits.depth));
            }
            rest = after;
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

/// Counts the quoted values of a start tag: (values, whether it closes itself, what follows it).
fn tag(text: &str) -> (usize, bool, &str) {
    let mut values = 0;
    let mut quote = None;
    let mut last = b' ';
    for (place, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (None, b'"' | b'\'') => {
                quote = Some(byte);
                values += 1;
            }
            (None, b'>') => {
                return (values, last == b'/', text.get(place + 1..).unwrap_or_default());
            }
            _ => {}
        }
        last = byte;
    }
    (values, false, "")
}
