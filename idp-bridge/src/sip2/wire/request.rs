//! What we say.

use super::{Charset, Checksum, WireFault, checksum};
use zeroize::Zeroizing;

/// Longest value, in bytes on the wire: 255 characters by the specification, and some
/// systems cut a request above 4,096 bytes.
const MOST_VALUE: usize = 255;
/// Room for the longest request, so that no copy of a password is left behind by growth.
const ROOM: usize = 4096;

/// A request whose every value fits its field. Wiped when dropped.
pub(crate) struct Request {
    text: Zeroizing<String>,
    bytes: Zeroizing<Vec<u8>>,
    charset: Charset,
}

impl Request {
    /// Begins with the two digits and the part of fixed length, which are ours.
    pub(crate) fn new(head: &str, charset: Charset) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(ROOM));
        text.push_str(head);
        let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM));
        bytes.extend_from_slice(head.as_bytes());
        Self { text, bytes, charset }
    }

    /// Adds a field.
    ///
    /// Whoever could write a delimiter or a line end into a value could write fields and
    /// messages of their own, so a value that holds one is refused; also where only its
    /// bytes do, as a GBK character whose second byte a careless system takes for one.
    pub(crate) fn field(mut self, code: &'static str, value: &str) -> Result<Self, WireFault> {
        let encoded = self.charset.encode(value).ok_or(WireFault::Unsendable(code))?;
        let is_plain = |b: &u8| *b != b'|' && !b.is_ascii_control();
        if encoded.len() > MOST_VALUE
            || !encoded.iter().all(is_plain)
            || value.chars().any(char::is_control)
        {
            return Err(WireFault::Unsendable(code));
        }
        self.text.push_str(code);
        self.text.push_str(value);
        self.text.push('|');
        self.bytes.extend_from_slice(code.as_bytes());
        self.bytes.extend_from_slice(&encoded);
        self.bytes.push(b'|');
        Ok(self)
    }

    /// The message as it is sent; without a number where it is sent once more.
    pub(crate) fn bytes(&self, mode: Checksum, sequence: Option<u8>) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(ROOM + 16));
        bytes.extend_from_slice(&self.bytes);
        checksum::finish(&mut bytes, &self.text, mode, sequence);
        bytes
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Request(***)")
    }
}
