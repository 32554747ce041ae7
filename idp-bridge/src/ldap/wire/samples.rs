//! What a directory would write, for tests.

use super::ber::{ENUMERATED, INTEGER, OCTETS, SEQUENCE};

/// One element, for tests that write what a directory would.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => bytes.push(short),
        _ => {
            bytes.push(0x84);
            bytes.extend(u32::try_from(content.len()).expect("short").to_be_bytes());
        }
    }
    bytes.extend_from_slice(content);
    bytes
}

pub(crate) fn message(id: &[u8], op: &[u8], after: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[tlv(INTEGER, id), op.to_vec(), after.to_vec()].concat())
}

pub(crate) fn result(tag: u8, code: u8, after: &[u8]) -> Vec<u8> {
    said(tag, code, "text", after)
}

/// The same with a diagnostic text.
pub(crate) fn said(tag: u8, code: u8, text: &str, after: &[u8]) -> Vec<u8> {
    let texts = [tlv(OCTETS, b""), tlv(OCTETS, text.as_bytes()), after.to_vec()].concat();
    tlv(tag, &[tlv(ENUMERATED, &[code]), texts].concat())
}

pub(crate) fn entry(name: &[u8], attributes: &[u8]) -> Vec<u8> {
    tlv(0x64, &[tlv(OCTETS, name), tlv(SEQUENCE, attributes)].concat())
}
