//! Hashed names of rows, so that no store holds a code or a session id in clear.

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt::Write as _;

/// SHA-256 over parts, each led by its length: no two lists of parts meet.
pub(crate) fn digest(domain: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Hash::new(domain);
    for part in parts {
        hash.part(part);
    }
    hash.finish()
}

/// A SHA-256 in the making.
pub(crate) struct Hash(Context);

impl Hash {
    pub(crate) fn new(domain: &str) -> Self {
        let mut hash = Self(Context::new(&SHA256));
        hash.part(domain.as_bytes());
        hash
    }

    pub(crate) fn part(&mut self, part: &[u8]) {
        self.0.update(&(part.len() as u64).to_be_bytes());
        self.0.update(part);
    }

    /// Absent and empty differ.
    pub(crate) fn optional(&mut self, part: Option<&str>) {
        match part {
            None => self.part(&[0]),
            Some(text) => {
                self.part(&[1]);
                self.part(text.as_bytes());
            }
        }
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        let digest = self.0.finish();
        let mut out = [0; 32];
        for (to, from) in out.iter_mut().zip(digest.as_ref()) {
            *to = *from;
        }
        out
    }
}

/// 43 characters of base64url: a row name in Redis.
pub(crate) fn text(hash: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(hash)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}

/// The name of a session's row.
pub(crate) fn session_key(sid: &model::Sid) -> [u8; 32] {
    digest("readerpass session", &[sid.as_str().as_bytes()])
}

/// The name of a one-use or parked row.
pub(crate) fn row_key(space: crate::Space, key: &str) -> [u8; 32] {
    digest("readerpass row", &[space.as_str().as_bytes(), key.as_bytes()])
}

/// The name of a counter's row.
pub(crate) fn counter_key(name: &str) -> [u8; 32] {
    digest("readerpass counter", &[name.as_bytes()])
}

/// A network that saw a fault of a library; of each library another name.
pub(crate) fn network_key(member: &model::MemberId, network: &str) -> [u8; 32] {
    digest("readerpass network", &[member.as_str().as_bytes(), network.as_bytes()])
}

/// The name of an index of sessions.
pub(crate) fn index_key(index: &str) -> [u8; 32] {
    digest("readerpass index", &[index.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(digest("d", &[b"ab", b"c"]), digest("d", &[b"a", b"bc"]));
        assert_ne!(digest("d", &[b"ab"]), digest("da", &[b"b"]));
        assert_ne!(row_key(crate::Space::Leg, "x"), row_key(crate::Space::Login, "x"));
    }

    #[test]
    fn absent_and_empty_differ() {
        let of = |part| {
            let mut hash = Hash::new("d");
            hash.optional(part);
            hash.finish()
        };
        assert_ne!(of(None), of(Some("")));
    }
}
