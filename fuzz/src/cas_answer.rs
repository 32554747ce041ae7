//! Answers of CAS servers, XML and JSON.

use idp_bridge::cas_fuzzing::answer;

/// One input.
pub fn run(data: &[u8]) {
    let Some((user, values)) = answer(data) else { return };
    assert_eq!(user, user.trim());
    assert!(!user.is_empty() && user.chars().count() <= 256, "no name, or none that fits");
    assert!(!user.chars().any(char::is_control), "a name that a log would be broken by");
    assert!(values.len() <= 512, "{} values", values.len());
    assert!(data.len() <= 64 << 10, "read beyond the cap");
    let text = std::str::from_utf8(data).expect("only UTF-8 is read");
    assert!(text.contains("authenticationSuccess") || text.contains("\\u"), "no success in it");
    assert!(!text.contains("<!DOCTYPE") || is_text(text), "a document type was read");
    assert_eq!(answer(data), Some((user, values)), "read twice, and otherwise");
}

/// Where the letters of a document type stand in text, and not in the document.
fn is_text(text: &str) -> bool {
    text.trim_start().starts_with(['{', '\u{feff}'])
        || text.contains("<![CDATA[")
        || text.contains("<!--")
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_holds() {
        let mut read = 0;
        for (name, seed) in crate::seeds("cas_answer") {
            super::run(&seed);
            read += usize::from(super::answer(&seed).is_some());
            assert_eq!(super::answer(&seed).is_some(), name.starts_with("good"), "{name}");
        }
        assert!(read >= 6, "{read} good ones");
    }
}
