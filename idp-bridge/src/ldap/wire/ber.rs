//! The few forms of BER that LDAP is written in (RFC 4511 5.1), and no others.

/// Why bytes are not an LDAP message that may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// Longer than anything that was asked for.
    #[error("an answer of more than {0} bytes")]
    TooLong(usize),
    /// Not BER as RFC 4511 5.1 restricts it.
    #[error("bytes that are no LDAP message")]
    Malformed,
    /// Of a form that RFC 4511 does not know.
    #[error("a message of the wrong shape: {0}")]
    Shape(&'static str),
    /// To a question that was not asked.
    #[error("an answer that was not asked for")]
    Unasked,
    /// More of them than were asked for.
    #[error("more answers than were asked for")]
    TooMany,
    /// The other side took its leave.
    #[error("the directory ended the connection")]
    Ended,
}

/// Elements one after another. Never recurses: a caller opens what it knows.
#[derive(Clone, Copy)]
pub(crate) struct Elements<'a>(&'a [u8]);

/// One element.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    /// Identifier octet.
    pub(crate) tag: u8,
    /// Its contents.
    pub(crate) content: &'a [u8],
    /// Identifier, length and contents.
    pub(crate) whole: &'a [u8],
}

impl<'a> Elements<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next one, if any is left.
    pub(crate) fn next(&mut self) -> Result<Option<Element<'a>>, Fault> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let header = header(self.0)?.ok_or(Fault::Malformed)?;
        let total = header.total().ok_or(Fault::Malformed)?;
        let (whole, rest) = self.0.split_at_checked(total).ok_or(Fault::Malformed)?;
        let content = whole.get(header.length..).ok_or(Fault::Malformed)?;
        self.0 = rest;
        Ok(Some(Element { tag: header.tag, content, whole }))
    }

    /// The next one, which must be there and be of that kind.
    pub(crate) fn expect(&mut self, tag: u8, what: &'static str) -> Result<Element<'a>, Fault> {
        self.next()?.filter(|element| element.tag == tag).ok_or(Fault::Shape(what))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

struct Header {
    tag: u8,
    length: usize,
    content: usize,
}

impl Header {
    fn total(&self) -> Option<usize> {
        self.length.checked_add(self.content)
    }
}

/// Identifier and length; `None`: not all of them are there yet.
fn header(bytes: &[u8]) -> Result<Option<Header>, Fault> {
    let [tag, first, rest @ ..] = bytes else { return Ok(None) };
    if tag & 0x1f == 0x1f {
        return Err(Fault::Malformed);
    }
    if *first < 0x80 {
        return Ok(Some(Header { tag: *tag, length: 2, content: usize::from(*first) }));
    }
    let count = usize::from(first & 0x7f);
    // RFC 4511 5.1: only the definite form. Some write the length in four octets whatever it is.
    if count == 0 || count > 4 {
        return Err(Fault::Malformed);
    }
    let Some(octets) = rest.get(..count) else { return Ok(None) };
    let content = octets.iter().fold(0_u64, |sum, octet| (sum << 8) | u64::from(*octet));
    let content = usize::try_from(content).map_err(|_| Fault::Malformed)?;
    Ok(Some(Header { tag: *tag, length: 2 + count, content }))
}

/// How many bytes the first message takes, once all of them are there; one that says it is
/// longer than `most` is refused before it has come.
pub(crate) fn first_message(bytes: &[u8], most: usize) -> Result<Option<usize>, Fault> {
    if bytes.first().is_some_and(|tag| *tag != SEQUENCE) {
        return Err(Fault::Malformed);
    }
    let Some(header) = header(bytes)? else { return Ok(None) };
    match header.total() {
        Some(total) if total <= most => Ok((bytes.len() >= total).then_some(total)),
        _ => Err(Fault::TooLong(most)),
    }
}

pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTETS: u8 = 0x04;
pub(crate) const ENUMERATED: u8 = 0x0a;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_measured_before_it_is_there() {
        assert_eq!(first_message(&[], 100), Ok(None));
        assert_eq!(first_message(&[0x30], 100), Ok(None));
        assert_eq!(first_message(&[0x30, 3, 1, 2], 100), Ok(None));
        assert_eq!(first_message(&[0x30, 3, 1, 2, 3, 9], 100), Ok(Some(5)));
        assert_eq!(first_message(&[0x30, 0x84, 0, 0, 0, 1, 7], 100), Ok(Some(7)));
        assert_eq!(
            first_message(&[0x30, 0x84, 0x7f, 0xff, 0xff, 0xff], 100),
            Err(Fault::TooLong(100))
        );
        assert_eq!(first_message(&[0x30, 98, 0], 99), Err(Fault::TooLong(99)));
    }

    #[test]
    fn what_is_no_message_is_refused_at_its_first_byte() {
        for bytes in [&b"HTTP/1.1 200"[..], &[0x31, 1], &[0x3f, 1, 1]] {
            assert_eq!(first_message(bytes, 100), Err(Fault::Malformed));
        }
        // The indefinite form, and lengths of more than four octets.
        for length in [0x80, 0x85, 0xff] {
            assert_eq!(first_message(&[0x30, length, 0, 0, 0, 0, 1], 100), Err(Fault::Malformed));
        }
    }
}
