//! Where one message ends and the next begins.

use super::WireFault;

/// Longest message in bytes. A field has 255 characters by the specification and a patron
/// some thirty fields; servers that list loans unasked stay below.
pub(super) const MOST_BYTES: usize = 16 * 1024;

/// Cuts what arrives into messages, however the network cut it.
///
/// Ends are CR, LF or both; blank lines, a line feed left over from the message before and
/// stray delimiters between messages are skipped. Holds at most [`MOST_BYTES`] and one read.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    buffer: Vec<u8>,
    /// So many bytes hold no line end: they are not looked at again.
    seen: usize,
}

impl Frames {
    /// Takes what was read.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        self.skip_between();
    }

    /// The next whole message without its end; `None`: more must be read.
    pub(crate) fn next(&mut self) -> Result<Option<Vec<u8>>, WireFault> {
        let unseen = self.buffer.get(self.seen..).unwrap_or_default();
        let Some(more) = unseen.iter().position(|b| is_end(*b)) else {
            self.seen = self.buffer.len();
            return if self.seen > MOST_BYTES { Err(WireFault::Oversized) } else { Ok(None) };
        };
        let end = self.seen + more;
        if end > MOST_BYTES {
            return Err(WireFault::Oversized);
        }
        let rest = self.buffer.split_off(end);
        let frame = std::mem::replace(&mut self.buffer, rest);
        self.seen = 0;
        self.skip_between();
        Ok(Some(frame))
    }

    /// Whether nothing is left of what was read.
    pub(crate) fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    fn skip_between(&mut self) {
        if self.seen == 0 {
            let blank = self.buffer.iter().take_while(|b| is_between(**b)).count();
            self.buffer.drain(..blank);
        }
    }
}

/// No charset of ours has these bytes inside a character.
fn is_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// A message begins with a digit.
fn is_between(byte: u8) -> bool {
    is_end(byte) || matches!(byte, b' ' | b'\t' | b'|' | 0)
}
