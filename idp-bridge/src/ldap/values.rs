//! Values of a directory as text.

use std::fmt::Write as _;

/// A value as text, trimmed: as it stands, or in the canonical form of an attribute that is
/// binary. `None`: binary, and nobody knows how to write it.
pub(super) fn text_of(name: &str, value: &[u8]) -> Option<String> {
    match name.to_ascii_lowercase().as_str() {
        "objectguid" | "ms-ds-consistencyguid" => guid(value),
        "objectsid" => sid(value),
        _ => std::str::from_utf8(value).ok().map(|text| text.trim().to_owned()),
    }
}

/// MS-DTYP 2.3.4: the first three groups lie backwards.
fn guid(value: &[u8]) -> Option<String> {
    let bytes: [u8; 16] = value.try_into().ok()?;
    let [a0, a1, a2, a3, b0, b1, c0, c1, rest @ ..] = bytes;
    let ordered = [[a3, a2, a1, a0].as_slice(), &[b1, b0], &[c1, c0]].concat();
    let mut text = String::with_capacity(36);
    for (place, byte) in ordered.iter().chain(&rest).enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    Some(text)
}

/// MS-DTYP 2.4.2: `S-1-5-21-…`.
fn sid(value: &[u8]) -> Option<String> {
    let ([revision, count], rest) = value.split_first_chunk::<2>()?;
    let (authority, rest) = rest.split_first_chunk::<6>()?;
    let (groups, []) = rest.as_chunks::<4>() else { return None };
    if groups.len() != usize::from(*count) || groups.len() > 15 {
        return None;
    }
    let authority = authority.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let mut text = format!("S-{revision}-{authority}");
    for group in groups {
        let _ = write!(text, "-{}", u32::from_le_bytes(*group));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_keys_have_one_form() {
        let bytes: Vec<u8> = (0..16).collect();
        let expected = "03020100-0504-0706-0809-0a0b0c0d0e0f";
        assert_eq!(text_of("objectGUID", &bytes).as_deref(), Some(expected));
        assert_eq!(text_of("objectGUID", &bytes[1..]), None);
        let sid = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0];
        assert_eq!(text_of("objectSid", &sid).as_deref(), Some("S-1-5-32-544"));
        assert_eq!(text_of("objectSid", &sid[..15]), None);
        assert_eq!(text_of("objectSid", &[1, 3, 0, 0, 0, 0, 0, 5]), None);
        assert_eq!(text_of("cn", " 读者甲 ".as_bytes()).as_deref(), Some("读者甲"));
        assert_eq!(text_of("jpegPhoto", &[0xff, 0xd8]), None);
    }
}
