//! DEFLATE as the Redirect binding has it (SAML Bindings section 3.4.4.1, RFC 1951).

use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};
use std::io::Read as _;

pub(super) fn deflate(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() / 2);
    // Reading from memory cannot fail.
    let _ = DeflateEncoder::new(data, Compression::default()).read_to_end(&mut out);
    out
}

/// Inflates at most `most` bytes: a few kilobytes can inflate to gigabytes (CVE-2025-25293).
pub(super) fn inflate(data: &[u8], most: usize) -> Result<Vec<u8>, &'static str> {
    let mut out = Vec::new();
    let mut decoder = DeflateDecoder::new(data);
    decoder.by_ref().take(most as u64 + 1).read_to_end(&mut out).map_err(|_| "not DEFLATE")?;
    if out.len() > most {
        return Err("inflates to more than is accepted");
    }
    if decoder.total_in() != data.len() as u64 {
        return Err("something follows the DEFLATE stream");
    }
    Ok(out)
}
