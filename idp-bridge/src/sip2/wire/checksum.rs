//! The sum at the end of a message, and the number of the message in its session.

use super::Charset;
use serde::Deserialize;
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// How a member's system sums its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Checksum {
    /// The bytes up to and including `AZ`, as the specification says.
    #[default]
    Spec,
    /// The code points of the text before `|AYnAZ`, as dp2 does.
    Dp2,
    /// Not looked at, and none is sent: error detection stays off.
    Ignore,
}

/// What stands at the end of a message, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trailer {
    /// The digit after `AY`.
    pub(super) sequence: Option<u8>,
    stated: Option<u16>,
    /// Length of what comes before.
    pub(super) body: usize,
    /// Length up to and including `AZ`.
    summed: usize,
}

/// Finds the trailer of a frame, stray delimiters after it or not.
///
/// It is cut off as bytes: digits are in no character of GBK or UTF-8, so what ends in
/// `AZ` and four of them is no text.
pub(super) fn trailer(frame: &[u8]) -> Trailer {
    let none = Trailer { sequence: None, stated: None, body: frame.len(), summed: frame.len() };
    let strays = frame.iter().rev().take_while(|b| matches!(b, b'|' | b' ' | b'\t')).count();
    let end = frame.len() - strays;
    let whole = frame.get(..end).unwrap_or_default();
    let Some((before, digits)) = whole.split_last_chunk::<4>() else { return none };
    let Some(head) = before.strip_suffix(b"AZ") else { return none };
    let Some(stated) = hex(*digits) else { return none };
    let sequenced = head.split_last_chunk::<3>().and_then(|(body, ay)| match ay {
        [b'A', b'Y', digit @ b'0'..=b'9'] => Some((body.len(), digit - b'0')),
        _ => None,
    });
    Trailer {
        sequence: sequenced.map(|(_, digit)| digit),
        stated: Some(stated),
        body: sequenced.map_or(head.len(), |(body, _)| body),
        summed: before.len(),
    }
}

impl Trailer {
    /// Whether the sum that it states is that of the frame; one that is absent fits.
    pub(super) fn fits(&self, mode: Checksum, frame: &[u8], charset: Charset) -> bool {
        let Some(stated) = self.stated else { return true };
        match mode {
            Checksum::Ignore => true,
            Checksum::Spec => stated == by_bytes(frame.get(..self.summed).unwrap_or_default()),
            Checksum::Dp2 => {
                let body = frame.get(..self.body).unwrap_or_default();
                stated == by_code_points(&charset.decode(body))
            }
        }
    }
}

/// Ends an encoded message: its number, where it has one, and its sum. `text` is what was encoded.
pub(super) fn finish(
    bytes: &mut Zeroizing<Vec<u8>>,
    text: &str,
    mode: Checksum,
    sequence: Option<u8>,
) {
    if mode != Checksum::Ignore {
        let mut end = String::with_capacity(9);
        if let Some(digit) = sequence {
            let _ = write!(end, "AY{digit}");
        }
        end.push_str("AZ");
        bytes.extend_from_slice(end.as_bytes());
        let sum = if mode == Checksum::Spec { by_bytes(bytes) } else { by_code_points(text) };
        bytes.extend_from_slice(format!("{sum:04X}").as_bytes());
    }
    bytes.push(b'\r');
}

fn by_bytes(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte))).wrapping_neg()
}

fn by_code_points(text: &str) -> u16 {
    let text = text.strip_suffix('|').unwrap_or(text);
    let sum = text.chars().fold(0_u32, |sum, c| sum.wrapping_add(u32::from(c)));
    u16::try_from(sum & 0xffff).unwrap_or_default().wrapping_neg()
}

fn hex(digits: [u8; 4]) -> Option<u16> {
    let text = std::str::from_utf8(&digits).ok()?;
    // `from_str_radix` takes a sign too.
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    is_hex.then(|| u16::from_str_radix(text, 16).ok()).flatten()
}
