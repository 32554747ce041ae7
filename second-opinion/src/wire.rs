//! What goes over the pipe: four bytes of length, then JSON; one question, one reply.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml::Accepted;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What both sides must speak alike.
pub(crate) const VERSION: u32 = 1;
/// Most bytes of a frame: an answer of 256 kB, its opened assertion, and JSON around them.
pub(crate) const MOST_BYTES: usize = 2 << 20;
/// Bytes of a frame's length.
pub(crate) const HEAD_BYTES: usize = 4;

/// What the child says first, once nothing is open to it any more.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hello {
    pub(crate) version: u32,
    /// Why it ends before it was asked anything.
    pub(crate) fault: Option<String>,
}

/// Bytes to read, and who may vouch for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The answer as it arrived.
    pub xml: String,
    /// Its assertion as it was opened, where it was encrypted.
    pub opened: Option<String>,
    /// Certificates of the identity provider, DER in base64.
    pub certificates: Vec<String>,
}

impl Question {
    /// About what was accepted; of what was read nothing is told. `None` where it is not UTF-8,
    /// which our verifier accepts never.
    pub fn about(accepted: &Accepted<'_>) -> Option<Self> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        let opened = match accepted.opened {
            Some(bytes) => Some(text(bytes)?),
            None => None,
        };
        let certificates = accepted.idp.signing_certs.iter().map(|der| STANDARD.encode(der));
        Some(Self { xml: text(accepted.xml)?, opened, certificates: certificates.collect() })
    }
}

/// What the other verifier says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// It accepted the bytes, and read this.
    Read(Reading),
    /// It did not: why, in its own words, which may hold what the document says.
    Refused(String),
}

/// What was read, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// ID of the assertion.
    pub id: String,
    /// Its Issuer.
    pub issuer: String,
    /// Its subject's name.
    pub name_id: Option<NameId>,
    /// The audiences of each restriction.
    pub audiences: Vec<Vec<String>>,
    /// All attributes in order.
    pub attributes: Vec<Attribute>,
}

/// A NameID, as far as samael reads one: not its qualifiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameId {
    /// Format.
    pub format: Option<String>,
    /// The name.
    pub value: String,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// Name.
    pub name: String,
    /// FriendlyName.
    pub friendly_name: Option<String>,
    /// NameFormat.
    pub name_format: Option<String>,
    /// Values; empty ones too.
    pub values: Vec<String>,
}

/// Why a frame is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FrameFault {
    #[error("a frame of {0} bytes; {MOST_BYTES} at most")]
    TooLarge(usize),
    #[error("a frame that is not read: {0}")]
    Malformed(#[from] serde_json::Error),
}

/// A whole frame.
pub(crate) fn frame<T: Serialize>(value: &T) -> Result<Vec<u8>, FrameFault> {
    let mut bytes = vec![0; HEAD_BYTES];
    serde_json::to_writer(&mut bytes, value)?;
    let length = bytes.len().saturating_sub(HEAD_BYTES);
    let head = u32::try_from(length).ok().filter(|_| length <= MOST_BYTES);
    let head = head.ok_or(FrameFault::TooLarge(length))?.to_be_bytes();
    bytes.iter_mut().zip(head).for_each(|(to, from)| *to = from);
    Ok(bytes)
}

/// How many bytes follow.
pub(crate) fn length(head: [u8; HEAD_BYTES]) -> Result<usize, FrameFault> {
    let length = usize::try_from(u32::from_be_bytes(head)).unwrap_or(usize::MAX);
    if length > MOST_BYTES {
        return Err(FrameFault::TooLarge(length));
    }
    Ok(length)
}

/// What a frame holds.
pub(crate) fn value<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FrameFault> {
    Ok(serde_json::from_slice(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_says_its_length_and_gives_back_what_it_was_made_of() {
        let reply = Reply::Refused("读者甲".to_owned());
        let bytes = frame(&reply).expect("a frame");
        let (head, rest) = bytes.split_first_chunk().expect("a head");
        assert_eq!(length(*head).expect("a length"), rest.len());
        assert_eq!(value::<Reply>(rest).expect("a reply"), reply);
    }

    #[test]
    fn a_frame_that_is_too_large_is_neither_written_nor_waited_for() {
        assert!(matches!(frame(&"x".repeat(MOST_BYTES)), Err(FrameFault::TooLarge(_))));
        assert!(matches!(length([0xff; 4]), Err(FrameFault::TooLarge(_))));
        assert!(matches!(value::<Reply>(b"{\"Other\":1}"), Err(FrameFault::Malformed(_))));
    }
}
