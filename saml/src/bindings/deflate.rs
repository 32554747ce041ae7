//! DEFLATE as the Redirect binding has it (SAML Bindings section 3.4.4.1, RFC 1951).

use flate2::read::DeflateDecoder;
use flate2::{Compress, Compression, FlushCompress};
use std::cell::RefCell;
use std::io::Read as _;

thread_local! {
    /// A compressor holds a third of a megabyte: making one anew costs ten times what a
    /// message of some hundred bytes does.
    static COMPRESSOR: RefCell<Compress> = RefCell::new(Compress::new(Compression::default(), false));
}

pub(super) fn deflate(data: &[u8]) -> Vec<u8> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        // A stored block adds five bytes to 64 kB, so all fits even where nothing compresses.
        let mut out = Vec::with_capacity(data.len() + data.len() / 1000 + 64);
        // Into memory with room enough: it cannot fail, and ends in one step.
        let _ended = compressor.compress_vec(data, &mut out, FlushCompress::Finish);
        out
    })
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
