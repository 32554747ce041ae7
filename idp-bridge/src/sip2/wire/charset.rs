//! Bytes to characters and back, as the member's system writes them.

use super::cp850;
use encoding_rs::{Encoding, GB18030, GBK, UTF_8};
use serde::Deserialize;
use zeroize::Zeroizing;

/// The charset of a member's system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(crate) enum Charset {
    /// What most systems of today write.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// GBK, and GB2312 with it.
    #[serde(rename = "gbk", alias = "gb2312")]
    Gbk,
    /// GB18030: as GBK, with four-byte characters.
    #[serde(rename = "gb18030")]
    Gb18030,
    /// DOS Latin 1, the charset of the specification.
    #[serde(rename = "cp850")]
    Cp850,
}

impl Charset {
    /// The text of `bytes`; what is no character becomes U+FFFD.
    pub(crate) fn decode(self, bytes: &[u8]) -> String {
        match self.encoding() {
            // Never by a byte order mark: a message begins with its two digits.
            Some(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
            None => bytes.iter().map(|byte| cp850::character(*byte)).collect(),
        }
    }

    /// The bytes of `text`; `None` where a character has none.
    pub(crate) fn encode(self, text: &str) -> Option<Zeroizing<Vec<u8>>> {
        if let Some(encoding) = self.encoding() {
            let (bytes, _, has_unmappable) = encoding.encode(text);
            return (!has_unmappable).then(|| Zeroizing::new(bytes.into_owned()));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
        for character in text.chars() {
            bytes.push(cp850::byte(character)?);
        }
        Some(bytes)
    }

    fn encoding(self) -> Option<&'static Encoding> {
        match self {
            Self::Utf8 => Some(UTF_8),
            Self::Gbk => Some(GBK),
            Self::Gb18030 => Some(GB18030),
            Self::Cp850 => None,
        }
    }
}
