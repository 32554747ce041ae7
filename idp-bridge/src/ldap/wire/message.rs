//! What a directory may say, checked whole before anything reads it.
//!
//! The shapes are those of RFC 4511 4.2 to 4.12. Whatever passes here has the form that the
//! client library takes for granted.

use super::ber::{ENUMERATED, Elements, Fault, INTEGER, OCTETS, SEQUENCE, SET};

/// Attributes of one entry, and values of one attribute.
const MOST_ATTRIBUTES: usize = 64;
const MOST_VALUES: usize = 2_000;
/// Longest name, diagnostic text or address in bytes.
const LONGEST_TEXT: usize = 8 * 1024;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Bind,
    Search,
    Extended,
}

impl Asked {
    /// By the identifier octet of a request; `None`: nothing that has an answer.
    pub(crate) fn of(tag: u8) -> Option<Self> {
        match tag {
            0x60 => Some(Self::Bind),
            0x63 => Some(Self::Search),
            0x77 => Some(Self::Extended),
            _ => None,
        }
    }
}

/// What an answer is to the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// An entry of several.
    Entry,
    /// A reference to another server: it is not followed.
    Reference,
    /// The last word.
    Last,
}

/// A message, cut apart.
pub(crate) struct Message<'a> {
    pub(crate) id: u32,
    id_whole: &'a [u8],
    pub(crate) tag: u8,
    content: &'a [u8],
    op_whole: &'a [u8],
    /// Response controls, as they came; empty where there were none.
    pub(crate) controls: &'a [u8],
}

impl<'a> Message<'a> {
    /// Reads the envelope: a number, an operation, controls perhaps.
    pub(crate) fn read(frame: &'a [u8]) -> Result<Self, Fault> {
        let mut outside = Elements::of(frame);
        let envelope = outside.expect(SEQUENCE, "no envelope")?;
        if !outside.is_empty() {
            return Err(Fault::Malformed);
        }
        let mut inside = Elements::of(envelope.content);
        let number = inside.expect(INTEGER, "no message number")?;
        let id = small(number.content).ok_or(Fault::Shape("message number"))?;
        let op = inside.next()?.ok_or(Fault::Shape("no operation"))?;
        // Some directories send controls that nobody asked for: kept apart.
        let controls = match inside.next()? {
            None => &[][..],
            Some(last) if last.tag == CONTROLS => last.content,
            Some(last) if id == 0 && last.tag == MISPLACED_NAME => &[][..],
            Some(_) => return Err(Fault::Shape("something after the operation")),
        };
        if !inside.is_empty() {
            return Err(Fault::Shape("something after the operation"));
        }
        let (id_whole, op_whole) = (number.whole, op.whole);
        Ok(Self { id, id_whole, tag: op.tag, content: op.content, op_whole, controls })
    }

    /// The same without controls, in the shortest form.
    pub(crate) fn without_controls(&self) -> Vec<u8> {
        let length = self.id_whole.len() + self.op_whole.len();
        let mut bytes = vec![SEQUENCE];
        match u8::try_from(length) {
            Ok(short) if short < 0x80 => bytes.push(short),
            _ => {
                bytes.push(0x84);
                bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
            }
        }
        bytes.extend_from_slice(self.id_whole);
        bytes.extend_from_slice(self.op_whole);
        bytes
    }

    /// Whether it answers `asked`, and is of the form that such an answer has.
    pub(crate) fn answers(&self, asked: Asked) -> Result<Part, Fault> {
        match (asked, self.tag) {
            (Asked::Bind, BIND_RESPONSE) => self.result(&[REFERRAL, SASL]),
            (Asked::Extended, EXTENDED_RESPONSE) => self.result(&[REFERRAL, NAME, VALUE]),
            (Asked::Search, SEARCH_DONE) => self.result(&[REFERRAL]),
            (Asked::Search, SEARCH_ENTRY) => self.entry(),
            (Asked::Search, SEARCH_REFERENCE) => Ok(Part::Reference),
            _ => Err(Fault::Unasked),
        }
    }

    /// The code of a result; only of one that [`Self::answers`] let pass.
    pub(crate) fn result_code(&self) -> Option<u32> {
        let code = Elements::of(self.content).expect(ENUMERATED, "result code").ok()?;
        small(code.content)
    }

    /// RFC 4511 4.1.9.
    fn result(&self, may_follow: &[u8]) -> Result<Part, Fault> {
        let mut parts = Elements::of(self.content);
        let code = parts.expect(ENUMERATED, "result code")?;
        small(code.content).ok_or(Fault::Shape("result code"))?;
        text(parts.expect(OCTETS, "matched name")?.content)?;
        text(parts.expect(OCTETS, "diagnostic text")?.content)?;
        let mut last = 0;
        while let Some(part) = parts.next()? {
            if !may_follow.contains(&part.tag) || part.tag & 0x1f <= last {
                return Err(Fault::Shape("something after the result"));
            }
            last = part.tag & 0x1f;
            match part.tag {
                REFERRAL => addresses(part.content)?,
                NAME => text(part.content)?,
                _ => {}
            }
        }
        Ok(Part::Last)
    }

    /// RFC 4511 4.5.2.
    fn entry(&self) -> Result<Part, Fault> {
        let mut parts = Elements::of(self.content);
        text(parts.expect(OCTETS, "name of an entry")?.content)?;
        let mut attributes = Elements::of(parts.expect(SEQUENCE, "attributes")?.content);
        if !parts.is_empty() {
            return Err(Fault::Shape("something after the attributes"));
        }
        let mut count = 0;
        while !attributes.is_empty() {
            count += 1;
            let one = attributes.expect(SEQUENCE, "attribute")?;
            let mut halves = Elements::of(one.content);
            text(halves.expect(OCTETS, "name of an attribute")?.content)?;
            let mut values = Elements::of(halves.expect(SET, "values")?.content);
            let mut held = 0;
            while !values.is_empty() {
                values.expect(OCTETS, "value")?;
                held += 1;
            }
            if !halves.is_empty() || held > MOST_VALUES {
                return Err(Fault::Shape("values"));
            }
        }
        if count > MOST_ATTRIBUTES { Err(Fault::TooMany) } else { Ok(Part::Entry) }
    }
}

fn addresses(bytes: &[u8]) -> Result<(), Fault> {
    let mut all = Elements::of(bytes);
    while !all.is_empty() {
        text(all.expect(OCTETS, "address")?.content)?;
    }
    Ok(())
}

fn text(bytes: &[u8]) -> Result<(), Fault> {
    if bytes.len() > LONGEST_TEXT {
        return Err(Fault::Shape("a text too long"));
    }
    std::str::from_utf8(bytes).map(drop).map_err(|_| Fault::Shape("a text that is not UTF-8"))
}

/// A number from 0 to 2^31 - 1.
fn small(octets: &[u8]) -> Option<u32> {
    let [first, ..] = octets else { return None };
    if *first >= 0x80 || octets.len() > 4 {
        return None;
    }
    Some(octets.iter().fold(0, |sum, octet| (sum << 8) | u32::from(*octet)))
}

const BIND_RESPONSE: u8 = 0x61;
const SEARCH_ENTRY: u8 = 0x64;
const SEARCH_DONE: u8 = 0x65;
const SEARCH_REFERENCE: u8 = 0x73;
pub(crate) const EXTENDED_RESPONSE: u8 = 0x78;
const CONTROLS: u8 = 0xa0;
const REFERRAL: u8 = 0xa3;
const SASL: u8 = 0x87;
const NAME: u8 = 0x8a;
const VALUE: u8 = 0x8b;
/// Active Directory writes the name of its last notice beside the operation, not into it.
const MISPLACED_NAME: u8 = 0x8a;

#[cfg(test)]
mod tests;
