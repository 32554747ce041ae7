//! A small, safe XML reader, and the canonical writer beside it.
//!
//! The only door through which XML comes into the hub. No DTD, no entities
//! but the five of XML, no external anything, capped in bytes, depth and
//! attributes; UTF-8 only. Names are compared with their namespace, and the
//! text of an element is always its whole text (CVE-2017-11428).

mod shape;
mod tree;
mod write;

pub use tree::{Document, Element};
pub(crate) use write::Canonical;

use bergshamra::xml::uppsala::Parser;

/// What a document may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes.
    pub bytes: usize,
    /// Deepest nesting of elements.
    pub depth: u32,
    /// Most attributes and namespace declarations of one element.
    pub attributes: usize,
    /// Whether comments and processing instructions may stand in it.
    pub comments: bool,
}

impl Limits {
    /// A request of a service: 64 kB. No comments.
    pub const REQUEST: Self = Self { bytes: 64 << 10, ..Self::RESPONSE };
    /// A response of a member: 256 kB. No comments: a signature does not cover
    /// them, so whoever carries the message can insert them (CVE-2017-11428).
    pub const RESPONSE: Self =
        Self { bytes: 256 << 10, depth: 32, attributes: 32, comments: false };
    /// Metadata: 16 MB.
    pub const METADATA: Self = Self { bytes: 16 << 20, depth: 32, attributes: 64, comments: true };
}

/// Why something is not read as XML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlFault {
    /// More bytes than allowed.
    #[error("larger than {0} bytes")]
    TooLarge(usize),
    /// Nested deeper than allowed.
    #[error("nested deeper than {0} elements")]
    TooDeep(u32),
    /// An element with more attributes than allowed.
    #[error("an element with more than {0} attributes")]
    TooManyAttributes(usize),
    /// A document type declaration: the door to entities and external files.
    #[error("a document type declaration is not accepted")]
    Dtd,
    /// A comment or a processing instruction where none may be.
    #[error("a comment or processing instruction is not accepted")]
    Comment,
    /// Another encoding than UTF-8.
    #[error("not UTF-8")]
    Encoding,
    /// Not well-formed, or not as expected.
    #[error("{0}")]
    Malformed(Box<str>),
}

impl XmlFault {
    pub(crate) fn malformed(what: impl Into<Box<str>>) -> Self {
        Self::Malformed(what.into())
    }

    /// Whether it is about size and not about form.
    pub(crate) const fn is_size(&self) -> bool {
        matches!(self, Self::TooLarge(_) | Self::TooDeep(_) | Self::TooManyAttributes(_))
    }
}

/// Parses a whole document within `limits`.
pub fn parse<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Document<'a>, XmlFault> {
    if bytes.len() > limits.bytes {
        return Err(XmlFault::TooLarge(limits.bytes));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| XmlFault::Encoding)?;
    shape::check(text, limits)?;
    let document = Parser::new()
        .with_forbid_dtd(true)
        .with_max_depth(limits.depth)
        .parse(text)
        .map_err(|e| XmlFault::malformed(format!("not well-formed XML: {e}")))?;
    Document::new(document)
}

#[cfg(test)]
mod tests;
