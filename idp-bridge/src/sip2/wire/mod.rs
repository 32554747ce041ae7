//! SIP2 on the wire: bytes to frames, frames to replies, requests to bytes. Pure.
//!
//! ```text
//! bytes ─ Frames ─▶ frame ─ trailer cut, summed ─▶ decoded ─ Fields ─▶ Reply
//! Request ─ fields, each checked ─▶ encoded ─ summed ─▶ bytes
//! ```
//! A frame is decoded before it is split: 0x7C, the delimiter, is a legal second byte in
//! GBK, so names would be cut where bytes are split.

mod charset;
mod checksum;
mod cp850;
mod date;
mod fields;
mod frames;
mod patron;
mod reply;
mod request;

pub(crate) use charset::Charset;
pub(crate) use checksum::Checksum;
pub(crate) use date::{Zone, parse_end, stamp};
pub(crate) use fields::Contradiction;
pub(crate) use frames::Frames;
pub(crate) use patron::{Flag, PatronStatus};
pub(crate) use reply::{MessageId, Reply};
pub(crate) use request::Request;

/// Why bytes are no message, or values no request. Names what, never a value of a reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WireFault {
    /// No line end within the cap.
    #[error("a message without end after {} bytes", frames::MOST_BYTES)]
    Oversized,
    /// The two digits are none that a server sends.
    #[error("a message that no SIP2 server sends")]
    UnknownMessage,
    /// The part of fixed length is short, or not what the message has there.
    #[error("message {0}: the part of fixed length cannot be read")]
    FixedPart(&'static str),
    /// The sum that it states is not its sum.
    #[error("the checksum does not fit")]
    Checksum,
    /// A value that would end its field or message, or that the charset has no bytes for.
    #[error("a value for {0} that SIP2 cannot carry")]
    Unsendable(&'static str),
}

#[cfg(test)]
mod tests;
